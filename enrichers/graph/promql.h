// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace enrichers::promql {

// As much of PromQL as it takes to draw an alert's expression: strings, comments and brackets are told apart, the rest
// is text. (https://prometheus.io/docs/prometheus/latest/querying/basics/)

// An alert's expression without the comparison that makes it an alert.
struct Split {
  std::string query;
  std::optional<double> threshold;  // What it was compared with; nullopt where the expression was left as it is.
};

// Takes off a comparison with a constant at either end ("x > 0.9", "5 * 60 < x", also "> bool"), so that the series is
// seen below its threshold too. An expression with a set operator (and, or, unless) outside of brackets is left as it
// is.
Split split_threshold(std::string_view expression);

// Puts label="value" into the braces of every selector. A selector without braces stays as it is.
std::string add_labels(std::string_view expression, const std::map<std::string, std::string>& labels);

// A value as it stands between double quotes, or the quotes given: a server refuses the other ones escaped.
std::string escape(std::string_view value, char quote = '"');

}  // namespace enrichers::promql
