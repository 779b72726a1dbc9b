// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/piece.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace sinks::slack {

namespace {

using nlohmann::json;

// Short names: the note is written with every send.
constexpr std::array<const char*, 10> kKinds{"fields", "log",  "chart",    "picture", "events",
                                             "table",  "text", "analysis", "labels",  "file"};

void put(json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

json to_json(const Piece& piece) {
  json object{{"k", kKinds[static_cast<std::size_t>(piece.kind)]}};
  put(object, "title", piece.title);
  put(object, "text", piece.text);
  put(object, "alt", piece.alt);
  put(object, "note", piece.note);
  if (!piece.rows.empty()) object["rows"] = piece.rows;
  if (piece.has_header) object["header"] = true;
  if (piece.upload != Piece::kNoUpload) object["file"] = piece.upload;
  if (piece.is_partial) object["partial"] = true;
  return object;
}

Piece piece_of(const json& object) {
  Piece piece;
  auto kind = std::find(kKinds.begin(), kKinds.end(), object.at("k").get<std::string>());
  if (kind != kKinds.end()) piece.kind = static_cast<PieceKind>(kind - kKinds.begin());
  piece.title = object.value("title", "");
  piece.text = object.value("text", "");
  piece.alt = object.value("alt", "");
  piece.note = object.value("note", "");
  piece.rows = object.value("rows", piece.rows);
  piece.has_header = object.value("header", false);
  piece.upload = object.value("file", Piece::kNoUpload);
  piece.is_partial = object.value("partial", false);
  return piece;
}

}  // namespace

std::string encode(const Drawing& drawing) {
  json object = json::object();
  put(object, "text", drawing.description);
  for (const auto& piece : drawing.pieces) object["pieces"].push_back(to_json(piece));
  if (!drawing.missing.empty()) object["missing"] = drawing.missing;
  if (drawing.left_out > 0) object["left_out"] = drawing.left_out;
  for (const auto& link : drawing.links) object["links"].push_back({link.name, link.url});
  if (!drawing.mentions.empty()) object["mentions"] = drawing.mentions;
  if (drawing.whole != Piece::kNoUpload) object["whole"] = drawing.whole;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Drawing decode_drawing(const std::string& text) {
  Drawing drawing;
  try {
    auto object = json::parse(text);
    drawing.description = object.value("text", "");
    for (const auto& piece : object.value("pieces", json::array())) drawing.pieces.push_back(piece_of(piece));
    drawing.missing = object.value("missing", drawing.missing);
    drawing.left_out = object.value("left_out", std::size_t{0});
    for (const auto& link : object.value("links", json::array())) {
      drawing.links.push_back({link.at(0).get<std::string>(), link.at(1).get<std::string>()});
    }
    drawing.mentions = object.value("mentions", drawing.mentions);
    drawing.whole = object.value("whole", Piece::kNoUpload);
  } catch (const json::exception&) {
    return {};
  }
  return drawing;
}

}  // namespace sinks::slack
