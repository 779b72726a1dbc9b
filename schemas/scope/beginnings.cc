// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope/beginnings.h"

#include <optional>

namespace schemas {

namespace {

// More alternatives than these are looked at one by one by nobody: the regex does that better.
constexpr std::size_t kMostAlternatives = 64;

bool is_escapable(char c) {
  return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && static_cast<unsigned char>(c) < 0x80;
}

// One past a class of characters: "[^]a-z]".
std::size_t class_end(std::string_view regex, std::size_t at) {
  ++at;
  if (at < regex.size() && regex[at] == '^') ++at;
  if (at < regex.size() && regex[at] == ']') ++at;
  while (at < regex.size() && regex[at] != ']') at += regex[at] == '\\' ? 2 : 1;
  return at + 1;
}

// The parts between the bars that stand outside of all brackets.
std::vector<std::string_view> alternatives(std::string_view regex) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < regex.size();) {
    char c = regex[at];
    if (c == '[') {
      at = class_end(regex, at);
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == '|' && depth == 0) {
      parts.push_back(regex.substr(begin, at - begin));
      begin = at + 1;
    }
    at += c == '\\' ? 2 : 1;
  }
  parts.push_back(regex.substr(begin));
  return parts;
}

// Takes the last character off, which a repetition made optional.
void drop_last(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

// Of a regex without a bar outside of brackets.
std::optional<Beginning> beginning(std::string_view regex) {
  Beginning found;
  if (regex.starts_with('^')) regex.remove_prefix(1);
  if (regex.ends_with('$') && !regex.ends_with("\\$")) regex.remove_suffix(1);
  std::size_t at = 0;
  for (; at < regex.size(); ++at) {
    char c = regex[at];
    if (c == '*' || c == '?' || c == '{') {
      drop_last(found.text);
      break;
    }
    if (c == '\\') {
      if (at + 1 >= regex.size() || !is_escapable(regex[at + 1])) break;
      c = regex[++at];
    } else if (std::string_view("+.()[]|^$").find(c) != std::string_view::npos) {
      break;
    }
    found.text += c;
  }
  found.is_whole = at == regex.size();
  return found.text.empty() ? std::nullopt : std::optional(found);
}

}  // namespace

std::vector<Beginning> beginnings(std::string_view regex) {
  // Flags reach over what follows, and \Q takes its power from everything.
  if (regex.find("(?") != std::string_view::npos || regex.find("\\Q") != std::string_view::npos) return {};
  std::vector<std::string_view> parts = alternatives(regex);
  if (parts.size() > kMostAlternatives) return {};
  std::vector<Beginning> all;
  for (std::string_view part : parts) {
    auto one = beginning(part);
    if (!one) return {};
    all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace schemas
