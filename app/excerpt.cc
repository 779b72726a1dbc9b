// SPDX-License-Identifier: Apache-2.0
#include "app/excerpt.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

// A terminal of 80 columns shows an excerpt on one line.
constexpr std::size_t kWidest = 72;
constexpr std::size_t kBefore = 48;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string_view line_of(std::string_view text, int number) {
  for (; number > 1 && !text.empty(); --number) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

std::string excerpt(std::string_view text, base::yaml::Mark mark) {
  if (mark.line < 1 || mark.column < 1) return "";
  std::string_view line = line_of(text, mark.line);
  std::size_t at = std::min(static_cast<std::size_t>(mark.column) - 1, line.size());
  if (line.empty()) return "";
  std::size_t begin = at > kBefore ? at - kBefore : 0;
  while (begin > 0 && continues(line[begin])) --begin;
  std::size_t end = std::min(begin + kWidest, line.size());
  while (end < line.size() && continues(line[end])) ++end;
  std::string indent;
  for (char c : line.substr(begin, at - begin)) {
    if (!continues(c)) indent += c == '\t' ? '\t' : ' ';
  }
  return fmt::format("    {}\n    {}^\n", line.substr(begin, end - begin), indent);
}

}  // namespace app
