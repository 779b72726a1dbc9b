// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sinks/render/text_table.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

namespace {

using nlohmann::json;

constexpr std::size_t kLongestHeader = 150;
constexpr std::size_t kLongestButton = 75;
// Columns of an aligned table: what a code block shows without a scroll bar on a laptop.
constexpr std::size_t kTableWidth = 88;

std::string bold(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '*', ' ');
  return "*" + escaped(plain, 200) + "*";
}

// What untrusted text stands in must not be read for names and addresses: `verbatim`.
json mrkdwn_object(std::string text) { return {{"type", "mrkdwn"}, {"text", std::move(text)}, {"verbatim", true}}; }

json plain_object(std::string_view text, std::size_t limit) {
  return {{"type", "plain_text"}, {"text", escaped(text, limit)}, {"emoji", true}};
}

json table_block(const Piece& piece) {
  json rows = json::array();
  for (const auto& row : piece.rows) {
    json cells = json::array();
    for (const auto& cell : row) cells.push_back({{"type", "raw_text"}, {"text", cell}});
    rows.push_back(std::move(cells));
  }
  return {{"type", "table"}, {"rows", std::move(rows)}};
}

std::string aligned(const Piece& piece) {
  auto rows = piece.rows;
  std::vector<std::string> headers;
  if (piece.has_header && !rows.empty()) {
    headers = rows.front();
    rows.erase(rows.begin());
  }
  std::string text;
  for (const auto& line : table_lines(headers, rows, kTableWidth, Paint(false))) text += line + "\n";
  if (!text.empty()) text.pop_back();
  return text;
}

json fields_block(const Piece& piece) {
  json fields = json::array();
  for (const auto& row : piece.rows) {
    if (row.size() < 2) continue;
    auto value = row[1].empty() ? "–" : escaped(row[1], 1000);
    fields.push_back(mrkdwn_object(bold(row[0].empty() ? "–" : row[0]) + "\n" + value));
  }
  json block{{"type", "section"}, {"fields", std::move(fields)}};
  if (!piece.title.empty()) block["text"] = mrkdwn_object(bold(piece.title));
  return block;
}

// The characters of a table's widest row, by which the one that is worst as aligned text is found.
std::size_t width_of(const Piece& piece) {
  std::size_t widest = 0;
  for (const auto& row : piece.rows) {
    std::size_t width = 0;
    for (const auto& cell : row) width += length(cell) + 2;
    widest = std::max(widest, width);
  }
  return widest;
}

// Slack takes one table a message.
const Piece* table_of(const Drawing& drawing) {
  const Piece* widest = nullptr;
  for (const auto& piece : drawing.pieces) {
    bool is_table = piece.kind == PieceKind::kTable || piece.kind == PieceKind::kEvents;
    bool is_list = std::all_of(piece.rows.begin(), piece.rows.end(), [](const auto& row) { return row.size() < 2; });
    if (is_table && !is_list && (!widest || width_of(piece) > width_of(*widest))) widest = &piece;
  }
  return widest;
}

// Blocks of pieces, one after the other.
class EvidenceBlocks {
 public:
  EvidenceBlocks(const Drawing& drawing, const std::vector<std::string>& file_ids)
      : drawing_(drawing), file_ids_(file_ids), table_(table_of(drawing)) {}

  std::vector<json> take() {
    for (const auto& piece : drawing_.pieces) add(piece);
    return std::move(blocks_);
  }

 private:
  std::string file_of(const Piece& piece) const {
    auto at = static_cast<std::size_t>(piece.upload);
    return piece.upload >= 0 && at < file_ids_.size() ? file_ids_[at] : std::string();
  }

  std::string note_of(const Piece& piece) const {
    auto note = piece.note;
    bool is_there = !file_of(piece).empty();
    if (is_there && !note.empty()) note += piece.is_partial ? ", more" : ", all";
    if (is_there) note += note.empty() ? "in the thread" : " of it in the thread";
    return note;
  }

  void add_caption(const Piece& piece) {
    auto text = caption(piece, note_of(piece));
    if (!text.empty()) blocks_.push_back(section_block(std::move(text)));
  }

  void add_text(const Piece& piece, std::string_view mark = {}) {
    auto head = caption(piece, note_of(piece));
    std::string text = std::string(mark) + head;
    if (!text.empty() && !text.ends_with('\n')) text += "\n";
    blocks_.push_back(section_block(text + piece.text));
  }

  void add_preformatted(const Piece& piece, const std::string& text) {
    add_caption(piece);
    if (!text.empty()) blocks_.push_back(preformatted_block(text));
  }

  void add_picture(const Piece& piece) {
    if (auto id = file_of(piece); !id.empty()) {
      blocks_.push_back(image_block(id, piece.title, piece.alt));
    } else if (piece.kind == PieceKind::kChart) {
      add_preformatted(piece, piece.text);
    } else {
      blocks_.push_back(context_block("🖼 " + escaped(piece.alt, 400) + " _(not shown)_"));
    }
  }

  void add(const Piece& piece) {
    switch (piece.kind) {
      case PieceKind::kFields:
        blocks_.push_back(fields_block(piece));
        return;
      case PieceKind::kLog:
        return add_preformatted(piece, piece.text);
      case PieceKind::kChart:
      case PieceKind::kPicture:
        return add_picture(piece);
      case PieceKind::kEvents:
      case PieceKind::kTable:
        if (&piece != table_) return add_preformatted(piece, aligned(piece));
        add_caption(piece);
        blocks_.push_back(table_block(piece));
        return;
      case PieceKind::kText:
        return add_text(piece);
      case PieceKind::kAnalysis:
        if (!std::exchange(has_analysis_, true)) {
          blocks_.push_back({{"type", "divider"}});
          return add_text(piece, "🤖 *Analysis by a model* _(may be wrong)_\n");
        }
        return add_text(piece);
      case PieceKind::kLabels:
        blocks_.push_back(context_block((piece.title.empty() ? "" : bold(piece.title) + "  ") + piece.text));
        return;
      case PieceKind::kFile:
        blocks_.push_back(context_block("📎 " + bold(piece.title) + "  " + escaped(note_of(piece), 200)));
        return;
    }
  }

  const Drawing& drawing_;
  const std::vector<std::string>& file_ids_;
  const Piece* table_;
  std::vector<json> blocks_;
  bool has_analysis_ = false;
};

}  // namespace

json header_block(std::string_view clean) {
  return {{"type", "header"}, {"text", plain_object(clean, kLongestHeader)}};
}

json section_block(std::string mrkdwn) {
  return {{"type", "section"}, {"text", mrkdwn_object(std::move(mrkdwn))}, {"expand", true}};
}

json context_block(std::string mrkdwn) {
  return {{"type", "context"}, {"elements", json::array({mrkdwn_object(std::move(mrkdwn))})}};
}

json image_block(const std::string& file_id, std::string_view title, std::string_view alt) {
  json block{{"type", "image"}, {"slack_file", {{"id", file_id}}}, {"alt_text", alt.empty() ? "Picture" : alt}};
  if (!title.empty()) block["title"] = plain_object(title, 200);
  return block;
}

json preformatted_block(std::string_view clean) {
  json text{{"type", "text"}, {"text", clean}};
  json element{{"type", "rich_text_preformatted"}, {"elements", json::array({std::move(text)})}};
  return {{"type", "rich_text"}, {"elements", json::array({std::move(element)})}};
}

json link_button(const schemas::Link& link, std::size_t number) {
  return {{"type", "button"},
          {"text", plain_object(link.name, kLongestButton)},
          {"url", link.url},
          {"action_id", fmt::format("link_{}", number)}};
}

std::string caption(const Piece& piece, const std::string& note) {
  std::string text = piece.title.empty() ? std::string() : bold(piece.title);
  if (!note.empty()) text += (text.empty() ? "_" : "  _") + escaped(note, 200) + "_";
  return text;
}

std::vector<json> evidence_blocks(const Drawing& drawing, const std::vector<std::string>& file_ids) {
  return EvidenceBlocks(drawing, file_ids).take();
}

}  // namespace sinks::slack
