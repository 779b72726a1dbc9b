// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql_tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace enrichers::promql {

namespace {

constexpr std::array<std::string_view, 6> kLongSymbols = {"==", "!=", "<=", ">=", "=~", "!~"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word_begin(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }
bool is_word(char c) { return is_word_begin(c) || is_digit(c); }

// One past the closing quote. Backquoted strings have no escapes.
std::size_t string_end(std::string_view text, std::size_t at) {
  char quote = text[at++];
  while (at < text.size() && text[at] != quote) at += text[at] == '\\' && quote != '`' ? 2 : 1;
  return std::min(at + 1, text.size());
}

// VictoriaMetrics' names may have dots and escaped characters in them: "a.b", "a\-b".
std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_word(text[at]) || text[at] == '.' || text[at] == '\\')) {
    at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at, text.size());
}

std::size_t number_end(std::string_view text, std::size_t at) {
  bool is_hex = text.substr(at).starts_with("0x") || text.substr(at).starts_with("0X");
  while (at < text.size()) {
    char c = text[at];
    bool is_signed_exponent = !is_hex && (c == 'e' || c == 'E') && at + 2 < text.size() &&
                              (text[at + 1] == '+' || text[at + 1] == '-') && is_digit(text[at + 2]);
    if (is_signed_exponent) {
      at += 2;
    } else if ((!is_word(c) && c != '.') || c == ':') {  // A colon is a subquery's: "[1h:5m]".
      break;
    } else {
      ++at;
    }
  }
  return at;
}

std::size_t symbol_end(std::string_view text, std::size_t at) {
  for (std::string_view symbol : kLongSymbols) {
    if (text.substr(at).starts_with(symbol)) return at + symbol.size();
  }
  return at + 1;
}

bool is_number(std::string_view rest) {
  return is_digit(rest[0]) || (rest[0] == '.' && rest.size() > 1 && is_digit(rest[1]));
}

}  // namespace

std::vector<Token> tokens(std::string_view expression) {
  using Kind = Token::Kind;
  std::vector<Token> found;
  for (std::size_t at = 0; at < expression.size();) {
    char c = expression[at];
    if (is_space(c)) {
      ++at;
      continue;
    }
    if (c == '#') {
      at = std::min(expression.find('\n', at), expression.size());
      continue;
    }
    Kind kind = Kind::kSymbol;
    std::size_t end = at;
    if (c == '"' || c == '\'' || c == '`') {
      kind = Kind::kString;
      end = string_end(expression, at);
    } else if (is_number(expression.substr(at))) {
      kind = Kind::kNumber;
      end = number_end(expression, at);
    } else if (is_word_begin(c)) {
      // A colon alone stands between the two durations of a subquery.
      bool is_colon = c == ':' && (at + 1 == expression.size() || !is_word_begin(expression[at + 1]));
      kind = is_colon ? Kind::kSymbol : Kind::kWord;
      end = is_colon ? at + 1 : word_end(expression, at);
    } else {
      end = symbol_end(expression, at);
    }
    found.push_back({kind, expression.substr(at, end - at), at});
    at = end;
  }
  return found;
}

std::size_t closing(const std::vector<Token>& tokens, std::size_t at) {
  int depth = 0;
  for (; at < tokens.size(); ++at) {
    if (tokens[at].is_open()) ++depth;
    if (tokens[at].is_close() && --depth == 0) return at;
  }
  return at;
}

}  // namespace enrichers::promql
