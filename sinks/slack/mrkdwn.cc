// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/mrkdwn.h"

#include <fmt/format.h>

#include <algorithm>

#include "sinks/render/terminal.h"

namespace sinks::slack {

namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kZeroWidthSpace = "\u200b";
constexpr std::size_t kLongestUrl = 3000;

std::size_t bytes_of_character(char first) {
  auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// Four bytes of UTF-8 are a surrogate pair of UTF-16.
std::size_t units_of_character(char first) { return bytes_of_character(first) == 4 ? 2 : 1; }

std::string_view entity_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

// The bytes at the front that have at most `limit` units once they are written by `units`.
template <class Units>
std::size_t bytes_within(std::string_view text, std::size_t limit, const Units& units) {
  std::size_t at = 0;
  for (std::size_t used = 0; at < text.size(); at += bytes_of_character(text[at])) {
    used += units(text[at]);
    if (used > limit) break;
  }
  return std::min(at, text.size());
}

std::size_t escaped_units(char first) {
  auto entity = entity_of(first);
  return entity.empty() ? units_of_character(first) : entity.size();
}

bool is_id(std::string_view text, std::string_view first) {
  constexpr std::size_t kShortest = 6;  // "U123456": ids have nine letters today, and had fewer.
  return text.size() >= kShortest && text.size() <= 32 && first.find(text[0]) != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

bool is_broadcast(std::string_view word) { return word == "here" || word == "channel" || word == "everyone"; }

// "2026-03-04 11:41 UTC"
std::string utc_minute(base::Time time) {
  auto text = base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string date(base::Time time, std::string_view format) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  // Clients show the fallback for what they can't read, a time before 1970 among it.
  if (seconds < 0) return utc_minute(time);
  return fmt::format("<!date^{}^{}|{}>", seconds, format, utc_minute(time));
}

}  // namespace

std::string clean(std::string_view text) { return clean_for_terminal(text); }

std::string clean_line(std::string_view text) {
  std::string line;
  for (char c : clean(text)) {
    if (c == '\n') c = ' ';
    if (c == ' ' && (line.empty() || line.back() == ' ')) continue;
    line += c;
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::size_t length(std::string_view utf8) {
  std::size_t units = 0;
  for (std::size_t at = 0; at < utf8.size(); at += bytes_of_character(utf8[at])) units += units_of_character(utf8[at]);
  return units;
}

std::string cut(std::string_view clean, std::size_t limit) {
  if (bytes_within(clean, limit, units_of_character) == clean.size()) return std::string(clean);
  if (limit == 0) return {};
  return std::string(clean.substr(0, bytes_within(clean, limit - 1, units_of_character))) + std::string(kEllipsis);
}

std::string cut_head(std::string_view clean, std::size_t limit) {
  std::size_t units = length(clean);
  if (units <= limit) return std::string(clean);
  if (limit == 0) return {};
  std::size_t at = 0;
  for (; units > limit - 1; at += bytes_of_character(clean[at])) units -= units_of_character(clean[at]);
  return std::string(kEllipsis) + std::string(clean.substr(at));
}

std::string without_fences(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '`' && out.ends_with("``")) out += kZeroWidthSpace;
    out += c;
  }
  return out;
}

std::string escaped(std::string_view text, std::size_t limit) {
  // What is cut off anyway is not looked at.
  auto clean = without_fences(text.substr(0, bytes_within(text, limit + 1, units_of_character)));
  std::size_t end = bytes_within(clean, limit, escaped_units);
  bool is_cut = end < clean.size();
  if (is_cut) end = limit > 0 ? bytes_within(clean, limit - 1, escaped_units) : 0;
  std::string out;
  for (char c : std::string_view(clean).substr(0, end)) {
    auto entity = entity_of(c);
    entity.empty() ? out.push_back(c) : void(out += entity);
  }
  if (is_cut && limit > 0) out += kEllipsis;
  return out;
}

std::string code(std::string_view text, std::size_t limit) {
  auto line = clean_line(text.substr(0, 4 * limit));
  std::replace(line.begin(), line.end(), '`', '\'');
  if (line.empty() || limit < 3) return {};
  return "`" + escaped(line, limit - 2) + "`";
}

bool is_link(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return false;
  constexpr std::size_t kScheme = 8;
  return url.size() > kScheme && url.size() <= kLongestUrl &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string link(std::string_view url, std::string_view label, std::size_t limit) {
  auto name = clean_line(label.substr(0, 4 * limit));
  if (name.empty()) name = clean_line(url);
  std::replace(name.begin(), name.end(), '|', '/');
  if (!is_link(url)) return escaped(name, limit);
  std::string address;
  for (char c : url) {
    if (c == '|') {
      address += "%7C";
    } else {
      auto entity = c == '&' ? entity_of(c) : c == '<' ? "%3C" : c == '>' ? "%3E" : std::string_view();
      entity.empty() ? address.push_back(c) : void(address += entity);
    }
  }
  std::size_t used = address.size() + 3;
  return used + 8 <= limit ? "<" + address + "|" + escaped(name, limit - used) + ">" : escaped(name, limit);
}

std::string moment(base::Time time) { return date(time, "{date_short_pretty} {time}"); }

std::string mention(std::string_view text) {
  if (text.starts_with('<') && text.ends_with('>')) {
    auto inner = text.substr(1, text.size() - 2);
    if (inner.starts_with('@') && is_id(inner.substr(1), "UW")) return std::string(text);
    if (inner.starts_with('!') && is_broadcast(inner.substr(1))) return std::string(text);
    constexpr std::string_view kGroup = "!subteam^";
    if (inner.starts_with(kGroup) && is_id(inner.substr(kGroup.size()), "S")) return std::string(text);
  }
  if (text.starts_with('@')) {
    text.remove_prefix(1);
    if (is_broadcast(text)) return fmt::format("<!{}>", text);
  }
  if (is_id(text, "UW")) return fmt::format("<@{}>", text);
  if (is_id(text, "S")) return fmt::format("<!subteam^{}>", text);
  auto line = clean_line(text.substr(0, 256));
  return line.empty() ? line : escaped((is_link(line) || line[0] == '<' ? "" : "@") + line, 80);
}

}  // namespace sinks::slack
