// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sinks::body {

// What is wrong with a template, and in which of its lines (from 1).
struct SyntaxError {
  int line = 1;
  std::string message;
};

// A name of the template's data: `finding.subject.labels["app"]` has four steps. An index of a list is a step in
// digits.
struct Path {
  std::vector<std::string> steps;
  int line = 1;
};

// What stands in {{ }}, or behind `if`, `elif` and `for x in`.
struct Expression {
  enum class Kind { kLiteral, kPath, kList, kNot, kAnd, kOr, kEqual, kDiffers, kIn, kFilter };
  Kind kind = Kind::kLiteral;
  std::shared_ptr<const nlohmann::json> literal;
  Path path;
  std::string filter;
  std::vector<Expression> operands;  // Of a filter: its input, then its arguments. Of a list: its elements.
};

struct Branch;

// A part of a template.
struct Part {
  enum class Kind { kText, kValue, kIf, kFor };
  Kind kind = Kind::kText;
  std::string text;              // kText: as it stands. kFor: the variable.
  Expression value;              // kValue; kFor: the list.
  bool in_string = false;        // kValue: it stands within a string of JSON.
  std::vector<Branch> branches;  // kIf: the first whose condition holds. kFor: one.
  int line = 1;
};

// Parts that belong together, and when.
struct Branch {
  std::optional<Expression> condition;  // nullopt: always.
  std::vector<Part> parts;
};

// Reads an expression that is all of `text`. nullopt: `error` says why.
std::optional<Expression> parse_expression(std::string_view text, int line, SyntaxError& error);

}  // namespace sinks::body
