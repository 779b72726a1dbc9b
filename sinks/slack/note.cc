// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/note.h"

#include <nlohmann/json.hpp>

namespace sinks::slack {

using nlohmann::json;

Note decode_note(std::string_view text) {
  Note note;
  auto from = json::parse(text, nullptr, false);
  if (!from.is_object()) return note;
  try {
    note.channel = from.value("channel", "");
    note.ts = from.value("ts", "");
    note.thread = from.value("thread", "");
    note.opened_by = from.value("opened_by", "");
    note.evidence = from.value("evidence", "{}");
    note.evidence_of = from.value("evidence_of", "");
    note.joined = from.value("joined", false);
    note.files = from.value("files", std::vector<std::string>{});
    note.shared = from.value("shared", "");
    note.replies = from.value("replies", 0);
    note.replied = from.value("replied", "");
    note.has_more = from.value("has_more", false);
    note.in_the_dark = from.value("in_the_dark", "");
    auto since = base::parse_rfc3339(from.value("dark_since", ""));
    if (since) note.dark_since = since.value();
  } catch (const json::exception&) {
    return {};
  }
  return note;
}

std::string encode(const Note& note) {
  json to = {{"channel", note.channel}, {"ts", note.ts}, {"evidence", note.evidence}};
  auto add = [&](const char* member, const std::string& text) {
    if (!text.empty()) to[member] = text;
  };
  add("thread", note.thread);
  add("opened_by", note.opened_by);
  add("evidence_of", note.evidence_of);
  add("shared", note.shared);
  add("replied", note.replied);
  add("in_the_dark", note.in_the_dark);
  if (note.joined) to["joined"] = true;
  if (!note.files.empty()) to["files"] = note.files;
  if (note.replies > 0) to["replies"] = note.replies;
  if (note.has_more) to["has_more"] = true;
  if (note.dark_since) to["dark_since"] = base::to_rfc3339(*note.dark_since);
  return to.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sinks::slack
