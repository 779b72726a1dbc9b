// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/finding.h"
#include "schemas/scope/pattern.h"

namespace enrichers {

// One item of `finding_label_rules`, as it is written.
struct LabelRuleOptions {
  std::vector<std::string> source_fields;
  std::string regex;
  std::string target_label;
  std::string replacement;
  std::string separator = ";";
};
const base::OptionTable<LabelRuleOptions>& label_rule_options();

// Derives a label from what a finding is about, as Prometheus' relabel_config does from labels. Immutable.
class LabelRule {
 public:
  // Problems: a source field that there is not, a regex that doesn't compile. `node` is the rule's mapping.
  static std::optional<LabelRule> read(const LabelRuleOptions& options, const base::yaml::Node& node,
                                       base::yaml::Problems& problems);

  const std::string& target() const { return options_.target_label; }
  // The label's value, or nullopt where the regex does not match the whole of the joined fields.
  std::optional<std::string> value_for(const schemas::Subject& subject) const;

 private:
  LabelRule(LabelRuleOptions options, schemas::Pattern regex)
      : options_(std::move(options)), regex_(std::move(regex)) {}

  LabelRuleOptions options_;
  schemas::Pattern regex_;
};

}  // namespace enrichers
