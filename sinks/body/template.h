// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "sinks/body/syntax.h"

namespace sinks::body {

// What a value must not break out of.
enum class Escape {
  kNone,
  kJson,  // Within a string of the template: its inside. Elsewhere: a JSON value of its own.
  kXml,   // & < > " ' as references: XML and HTML.
  kForm,  // Percent-encoded: application/x-www-form-urlencoded.
};
// The escape that a content type needs.
Escape escape_of(std::string_view content_type);

// A body template: a small part of Jinja (https://jinja.palletsprojects.com), with values escaped by what the body is.
// Text with {{ value }}, {% if %} {% elif %} {% else %} {% endif %}, {% for x in list %} {% endfor %}, {# comments #};
// a '-' inside of the marks takes the blanks beside them away. Values: names with .member and ["key"] or [0], texts,
// numbers, true, false, none, lists in [ ]; == != in, and or not, brackets; filters default(x), join(text), json,
// length, lower, truncate(n), upper. In a loop: loop.index, loop.first, loop.last. A name that is not there is none,
// which prints nothing, or null where JSON needs a value. It reads its data and nothing else, and ends: see kMostSteps.
//
// Immutable and thread-safe.
class Template {
 public:
  // Parts and values that one rendering may pass through: a hundred rows of evidence in a few nested loops.
  static constexpr std::size_t kMostSteps = 100'000;

  static std::variant<Template, SyntaxError> parse(std::string_view text, Escape escape);

  // The names of the data that the template uses, each where it first stands; loop variables aside.
  const std::vector<Path>& names() const { return names_; }

  // Fails with kTooLarge (never) for more than `limit` bytes or kMostSteps, and in JSON with kInternal (never) where
  // the result is none.
  base::Result<std::string> render(const nlohmann::json& data, std::size_t limit) const;

 private:
  Template() = default;

  std::shared_ptr<const std::vector<Part>> parts_;
  std::vector<Path> names_;
  Escape escape_ = Escape::kNone;
};

}  // namespace sinks::body
