// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/labels.h"
#include "schemas/scope/beginnings.h"

namespace schemas {

// What scopes and matches look at: the attributes of an event or of a finding. Views of something that outlives it.
struct Attributes {
  std::vector<std::pair<std::string_view, std::string_view>> texts;  // "title", "namespace", "severity", ...
  const Labels* labels = nullptr;
  const Labels* annotations = nullptr;
  const Labels* namespace_labels = nullptr;

  std::string_view text(std::string_view name) const;
};

// What is known of a label of whatever a scope accepts: its value, without space around it, begins with the text or is
// it.
struct LabelClue {
  std::string label;
  Beginning value;
};

// Robusta's `scope`: include and exclude are lists of conditions (any of them), the keys of a condition must all match,
// the values of a key are alternatives; exclude wins. Values are RE2 regexes that must match wholly; labels and
// annotations are "key=regex,key2!=regex", where a missing key does not match, also not by "!=".
// (reference: Robusta docs, "scope"; regexes never backtrack.)
//
// The attribute `severity` has an order: HIGH also matches CRITICAL, and MEDIUM unless `medium_is_named`; "=HIGH" is
// exact, ">=LOW" and "<=LOW" are ranges. For `source`, `type` and `kind` the letter case doesn't matter, and an
// attribute that is missing matches like an empty text. Immutable and thread-safe; copies share.
class Scope {
 public:
  // Empty: accepts everything.
  Scope() = default;

  // `attributes` are the names allowed besides labels and annotations (and namespace_labels where listed). Problems: an
  // unknown key or attribute (with the nearest valid one), a regex that doesn't compile, a label condition without '=',
  // a list without conditions, a severity that there is not.
  static Scope read(const base::yaml::Node& node, const std::vector<std::string>& attributes, bool medium_is_named,
                    base::yaml::Problems& problems);

  enum class Verdict { kIncluded, kExcluded, kNotIncluded, kNoScope };
  // `why`, if given, gets the condition that decided, for explain.
  Verdict judge(const Attributes& attributes, std::string* why = nullptr) const;
  bool accepts(const Attributes& attributes) const;

  // For an index: for whatever the scope accepts, at least one of these holds. Empty: nothing is known.
  std::vector<LabelClue> clues() const;

 private:
  struct Conditions;
  std::shared_ptr<const Conditions> conditions_;
};

// Robusta's older `match`: keys must all match, the values of a key are alternatives; a regex matches from the start
// but not to the end; labels and annotations are "key=value,key2=value2", exact. Severity as in Scope. Immutable.
class Match {
 public:
  Match() = default;
  static Match read(const base::yaml::Node& node, const std::vector<std::string>& attributes, bool medium_is_named,
                    base::yaml::Problems& problems);
  bool accepts(const Attributes& attributes, std::string* why = nullptr) const;

 private:
  struct Conditions;
  std::shared_ptr<const Conditions> conditions_;
};

// Whether a scope or match, as YAML, names MEDIUM as a severity; what `medium_is_named` is made of, over all sinks.
bool names_medium(const base::yaml::Node& scope_or_match);

}  // namespace schemas
