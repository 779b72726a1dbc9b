// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace enrichers::promql {

// An alert's expression without the comparison that makes it an alert.
struct Split {
  std::string query;
  std::optional<double> threshold;  // What it was compared with; nullopt where the expression was left as it is.
};

// Takes off a comparison with a constant at either end ("x > 0.9", "5 * 60 < x", also "> bool"), so that the series is
// seen below its threshold too. An expression with a set operator (and, or, unless) outside of brackets is left as it
// is.
Split split_threshold(std::string_view expression);

// A value as it stands between double quotes, or the quotes given: a server refuses the other ones escaped.
std::string escape(std::string_view value, char quote = '"');

// A text as a regular expression that matches just it (RE2). To stand in a query it must be escaped as well.
std::string escape_regex(std::string_view text);

}  // namespace enrichers::promql
