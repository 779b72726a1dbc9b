// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql.h"

#include <algorithm>
#include <cctype>

#include "enrichers/graph/promql_constant.h"

namespace enrichers::promql {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':' || c == '.'; }

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Where a string that begins at `at` ends, one past its closing quote. Backquoted strings have no escapes.
std::size_t skip_string(std::string_view text, std::size_t at) {
  char quote = text[at++];
  while (at < text.size() && text[at] != quote) at += text[at] == '\\' && quote != '`' ? 2 : 1;
  return std::min(at + 1, text.size());
}

// Calls `visit(position)` for each character that is code: not within a string or a comment. `visit` returns how far to
// go on.
template <class Visit>
void scan(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (c == '"' || c == '\'' || c == '`') {
      at = skip_string(text, at);
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else {
      at += visit(at);
    }
  }
}

struct Comparison {
  std::size_t begin;
  std::size_t end;  // Behind the operator and a `bool`.
};

struct TopLevel {
  std::optional<Comparison> last;
  bool has_set_operator = false;
};

std::size_t operator_length(std::string_view rest) {
  for (std::string_view two : {"==", "!=", "<=", ">="}) {
    if (rest.starts_with(two)) return 2;
  }
  return rest.starts_with('<') || rest.starts_with('>') ? 1 : 0;
}

// What stands outside of all brackets.
TopLevel look(std::string_view text) {
  TopLevel found;
  int depth = 0;
  scan(text, [&](std::size_t at) -> std::size_t {
    char c = text[at];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth != 0) return 1;
    if (is_word(c)) {
      std::size_t end = at;
      while (end < text.size() && is_word(text[end])) ++end;
      std::string_view word = text.substr(at, end - at);
      found.has_set_operator |= word == "and" || word == "or" || word == "unless";
      return end - at;
    }
    std::size_t length = operator_length(text.substr(at));
    if (length == 0) return 1;
    std::string_view behind = trim(text.substr(at + length));
    std::size_t end = at + length;
    if (behind.starts_with("bool") && (behind.size() == 4 || !is_word(behind[4]))) {
      end = static_cast<std::size_t>(behind.data() - text.data()) + 4;
    }
    found.last = Comparison{at, end};
    return end - at;
  });
  return found;
}

}  // namespace

Split split_threshold(std::string_view expression) {
  expression = trim(expression);
  Split whole{std::string(expression), std::nullopt};
  TopLevel top = look(expression);
  if (!top.last || top.has_set_operator) return whole;
  std::string_view left = trim(expression.substr(0, top.last->begin));
  std::string_view right = trim(expression.substr(top.last->end));
  if (auto number = constant(right); number && !left.empty()) return {std::string(left), number};
  if (auto number = constant(left); number && !right.empty()) return {std::string(right), number};
  return whole;
}

std::string add_labels(std::string_view expression, const std::map<std::string, std::string>& labels) {
  if (labels.empty()) return std::string(expression);
  std::string matchers;
  for (const auto& [name, value] : labels)
    matchers += (matchers.empty() ? "" : ",") + name + "=\"" + escape(value) + '"';
  std::string out;
  std::size_t copied = 0;
  std::size_t opened = 0;
  scan(expression, [&](std::size_t at) -> std::size_t {
    if (expression[at] == '{') opened = at + 1;
    if (expression[at] != '}' || opened == 0) return 1;
    std::string_view inside = trim(expression.substr(opened, at - opened));
    out += expression.substr(copied, at - copied);
    if (!inside.empty() && !inside.ends_with(',')) out += ',';
    out += matchers;
    copied = at;
    return 1;
  });
  out += expression.substr(copied);
  return out;
}

std::string escape(std::string_view value, char quote) {
  std::string out;
  for (char c : value) {
    if (c == '\\' || c == quote) out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace enrichers::promql
