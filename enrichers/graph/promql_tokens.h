// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace enrichers::promql {

// A piece of an expression; comments and space are none. Strings keep their quotes.
struct Token {
  enum class Kind {
    kWord,    // A name or a keyword: which of them, only the place tells.
    kNumber,  // "0.9", "0x1F", "1e-3"; also a duration, "1h30m".
    kString,
    kSymbol,  // An operator or a bracket: "==", "=~", "{", ...
  };
  Kind kind;
  std::string_view text;
  std::size_t begin;  // Where it stands in the expression.

  std::size_t end() const { return begin + text.size(); }
  bool is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
  bool is_open() const { return is("(") || is("[") || is("{"); }
  bool is_close() const { return is(")") || is("]") || is("}"); }
};

// The tokens of a PromQL or MetricsQL expression, views into it. What is neither a known symbol nor a word becomes a
// symbol of one byte; a string without its end ends with the expression.
// (https://prometheus.io/docs/prometheus/latest/querying/basics/)
std::vector<Token> tokens(std::string_view expression);

// Where the bracket that opens at `at` is closed, or the end of the list. Requires: tokens[at].is_open().
std::size_t closing(const std::vector<Token>& tokens, std::size_t at);

}  // namespace enrichers::promql
