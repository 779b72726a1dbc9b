// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/terminal.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sinks {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kTab = 4;

// The next character, and how many bytes it takes. Anything wrong is one replacement character a byte (RFC 3629).
struct Decoded {
  char32_t code;
  std::size_t bytes;
};

Decoded decode(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = first >= 0xF0 && first <= 0xF4  ? 4
                       : first >= 0xE0 && first < 0xF0 ? 3
                       : first >= 0xC2 && first < 0xE0 ? 2
                                                       : 0;
  if (length == 0 || text.size() < length) return {kReplacement, 1};
  char32_t code = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {kReplacement, 1};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  bool is_bad = code < kLeast[length] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF;
  return is_bad ? Decoded{kReplacement, 1} : Decoded{code, length};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const Range& range) { return code >= range.first && code <= range.last; });
}

// The blocks of East Asian wide characters and emoji (Unicode Standard Annex 11), coarse but enough to align tables.
constexpr std::array<Range, 9> kWide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> kZero{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
// What would change how the rest of the line is read: controls, and marks of writing direction.
constexpr std::array<Range, 5> kUnfit{
    {{0x00, 0x1F}, {0x7F, 0x9F}, {0x202A, 0x202E}, {0x2066, 0x2069}, {0x200E, 0x200F}}};

std::size_t columns_of(char32_t code) {
  if (is_in(kZero, code)) return 0;
  return is_in(kWide, code) ? 2 : 1;
}

// The bytes at the front of `text` that fit into `width` columns.
std::size_t bytes_within(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  std::size_t used = 0;
  while (at < text.size()) {
    Decoded next = decode(text.substr(at));
    used += columns_of(next.code);
    if (used > width) break;
    at += next.bytes;
  }
  return at;
}

// How many bytes a control sequence (ECMA-48: ESC [ parameters final) takes at the front of `text`; 0: there is none.
std::size_t control_sequence(std::string_view text) {
  if (!text.starts_with("\033[")) return 0;
  std::size_t at = 2;
  while (at < text.size() && text[at] >= 0x20 && text[at] < 0x40) ++at;
  return at < text.size() && text[at] >= 0x40 && text[at] < 0x7F ? at + 1 : 0;
}

void wrap_line(std::string_view line, std::size_t width, std::vector<std::string>& lines) {
  // What a line begins with, a list's indentation say, its continuation begins with too.
  std::string indent(std::min(line.find_first_not_of(' '), width / 2), ' ');
  if (line.find_first_not_of(' ') == std::string_view::npos) {
    lines.emplace_back();
    return;
  }
  // Looks no further than a line at a time: one word can be as long as a log.
  for (std::size_t end = bytes_within(line, width); end < line.size(); end = bytes_within(line, width)) {
    std::size_t space = line.rfind(' ', end);
    bool at_word = space != std::string_view::npos && space > indent.size();
    std::size_t cut = at_word ? space : std::max<std::size_t>(end, 1);
    lines.emplace_back(line.substr(0, cut));
    line.remove_prefix(cut);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty()) return;
    if (!indent.empty()) {
      std::vector<std::string> rest;
      wrap_line(line, width - indent.size(), rest);
      for (auto& text : rest) lines.push_back(indent + text);
      return;
    }
  }
  lines.emplace_back(line);
}

}  // namespace

std::string clean_for_terminal(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    if (auto skipped = control_sequence(text)) {  // Programs colour their logs.
      text.remove_prefix(skipped);
      continue;
    }
    Decoded next = decode(text);
    if (text.front() == '\t') {
      clean.append(kTab, ' ');
    } else if (text.front() == '\n') {
      clean.push_back('\n');
    } else if (next.code == kReplacement) {
      clean.append("\uFFFD");
    } else if (!is_in(kUnfit, next.code)) {
      clean.append(text.substr(0, next.bytes));
    }
    text.remove_prefix(next.bytes);
  }
  return clean;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    Decoded next = decode(text);
    count += columns_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return count;
}

std::string fit_line(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  return width == 0 ? std::string() : std::string(text.substr(0, bytes_within(text, width - 1))) + "…";
}

std::string fit(std::string_view text, std::size_t width, bool right_aligned) {
  std::string fitted = fit_line(text, width);
  std::string fill(width - columns(fitted), ' ');
  return right_aligned ? fill + fitted : fitted + fill;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (auto line : lines_of(text)) wrap_line(line, std::max<std::size_t>(width, 2), lines);
  return lines;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string Paint::operator()(Style style, std::string_view text) const {
  if (!colour_ || style == Style::kPlain || text.empty()) return std::string(text);
  // ECMA-48 select graphic rendition, in the order of Style.
  constexpr std::array<std::string_view, 11> kCodes{"0",  "1",       "2",     "31",    "33",   "32",
                                                    "34", "1;97;41", "30;43", "97;44", "30;42"};
  std::string painted = "\033[";
  painted += kCodes[static_cast<std::size_t>(style)];
  painted += "m";
  painted += text;
  painted += "\033[0m";
  return painted;
}

}  // namespace sinks
