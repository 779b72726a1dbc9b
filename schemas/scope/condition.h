// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/scope.h"
#include "schemas/scope/pattern.h"
#include "schemas/scope/severity_set.h"

namespace schemas {

// How the values of a condition are written: in Robusta's `scope` or in its older `match`.
struct Dialect {
  Pattern::Extent extent;         // How far a regex must reach.
  bool regex_labels;              // Labels are "key=regex,key2!=regex", else "key=value,key2=value2".
  bool medium_is_named;           // Of severities.
  std::vector<std::string> keys;  // Allowed, besides labels and annotations.
};

// One mapping of a scope: all keys must match, and of each key any value. Immutable.
class Condition {
 public:
  // `what` names it in error texts. Nothing if it has problems.
  static std::optional<Condition> read(const base::yaml::Node& node, std::string_view what, const Dialect& dialect,
                                       base::yaml::Problems& problems);

  bool matches(const Attributes& attributes) const { return first_failing(attributes) == nullptr; }
  // What doesn't match, as "severity: HIGH does not match 'LOW'", or the empty string.
  std::string failing(const Attributes& attributes) const;
  // As Scope::clues().
  std::vector<LabelClue> clues() const;
  // As a user would write it: "namespace: prod, labels: [app=a, app=b]".
  std::string text() const;

 private:
  // One part of "app=web,tier!=db".
  struct LabelTest {
    std::string name;
    bool negated;
    Pattern pattern;
  };
  struct KeyTest {
    std::string key;
    std::string written;  // The values, for people.
    std::vector<Pattern> patterns;
    SeveritySet severities;
    std::vector<std::vector<LabelTest>> labels;  // Alternatives, all parts of one must match.
  };

  static bool read_value(const base::yaml::Node& value, const Dialect& dialect, KeyTest& test,
                         base::yaml::Problems& problems);
  static bool read_labels(const base::yaml::Node& value, const Dialect& dialect, KeyTest& test,
                          base::yaml::Problems& problems);
  static std::vector<LabelClue> clues(const KeyTest& test);
  static std::vector<LabelClue> clues(const std::vector<LabelTest>& all_of);
  const KeyTest* first_failing(const Attributes& attributes) const;
  static bool holds(const KeyTest& test, const Attributes& attributes);
  static bool holds(const std::vector<LabelTest>& all_of, const Labels& labels);

  std::vector<KeyTest> tests_;
};

}  // namespace schemas
