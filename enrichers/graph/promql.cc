// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql.h"

#include <algorithm>
#include <array>

#include "enrichers/graph/promql_constant.h"
#include "enrichers/graph/promql_tokens.h"

namespace enrichers::promql {

namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

struct Comparison {
  std::size_t begin;
  std::size_t end;  // Behind the operator and a `bool`.
};

struct TopLevel {
  std::optional<Comparison> last;
  bool has_set_operator = false;
};

bool is_comparison(const Token& token) {
  constexpr std::array<std::string_view, 6> kComparisons = {"==", "!=", "<=", ">=", "<", ">"};
  return token.kind == Token::Kind::kSymbol && std::ranges::find(kComparisons, token.text) != kComparisons.end();
}

// What stands outside of all brackets.
TopLevel look(const std::vector<Token>& all) {
  TopLevel found;
  for (std::size_t at = 0; at < all.size(); ++at) {
    const Token& token = all[at];
    if (token.is_open()) {
      at = closing(all, at);
    } else if (token.kind == Token::Kind::kWord) {
      found.has_set_operator |= token.text == "and" || token.text == "or" || token.text == "unless";
    } else if (is_comparison(token)) {
      bool has_bool = at + 1 < all.size() && all[at + 1].text == "bool";
      found.last = Comparison{token.begin, has_bool ? all[at + 1].end() : token.end()};
    }
  }
  return found;
}

}  // namespace

Split split_threshold(std::string_view expression) {
  expression = trim(expression);
  Split whole{std::string(expression), std::nullopt};
  TopLevel top = look(tokens(expression));
  if (!top.last || top.has_set_operator) return whole;
  std::string_view left = trim(expression.substr(0, top.last->begin));
  std::string_view right = trim(expression.substr(top.last->end));
  if (auto number = constant(right); number && !left.empty()) return {std::string(left), number};
  if (auto number = constant(left); number && !right.empty()) return {std::string(right), number};
  return whole;
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

std::string escape_regex(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view(".+*?()[]{}^$|\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace enrichers::promql
