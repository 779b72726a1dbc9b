// SPDX-License-Identifier: Apache-2.0
#include "enrichers/finding/label_rule.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/labels.h"

namespace enrichers {

namespace {

constexpr std::string_view kLabels = "labels.";
constexpr std::string_view kAnnotations = "annotations.";
const std::vector<std::string> kFields = {"namespace", "name", "node", "kind"};

bool is_field(std::string_view name) {
  if (name.starts_with(kLabels)) return name.size() > kLabels.size();
  if (name.starts_with(kAnnotations)) return name.size() > kAnnotations.size();
  return std::ranges::find(kFields, name) != kFields.end();
}

const std::string& field_of(const schemas::Subject& subject, std::string_view name) {
  if (name.starts_with(kLabels)) return schemas::value_of(subject.labels, name.substr(kLabels.size()));
  if (name.starts_with(kAnnotations)) return schemas::value_of(subject.annotations, name.substr(kAnnotations.size()));
  if (name == "namespace") return subject.name_space;
  if (name == "name") return subject.name;
  return name == "node" ? subject.node : subject.kind;
}

// Puts the groups in for $1, $2, ...; a number that there is no group of stays as it is.
std::string expand(std::string_view replacement, const std::vector<std::string>& groups) {
  std::string out;
  for (std::size_t at = 0; at < replacement.size(); ++at) {
    std::size_t number = 0;
    const char* begin = replacement.data() + at + 1;
    const char* end = replacement.data() + replacement.size();
    auto parsed = replacement[at] == '$' ? std::from_chars(begin, end, number) : std::from_chars(end, end, number);
    if (parsed.ec == std::errc() && number >= 1 && number <= groups.size()) {
      out += groups[number - 1];
      at += static_cast<std::size_t>(parsed.ptr - begin);
    } else {
      out += replacement[at];
    }
  }
  return out;
}

}  // namespace

const base::OptionTable<LabelRuleOptions>& label_rule_options() {
  using O = LabelRuleOptions;
  static const auto table = [] {
    base::OptionTable<O> t("finding_label_rules", "Derives a label from what the finding is about.");
    t.option("source_fields", &O::source_fields,
             "What is looked at: namespace, name, node, kind, labels.x, annotations.x.", base::kRequired);
    t.option("regex", &O::regex, "RE2; it must match all of the fields' values, joined.", base::kRequired);
    t.option("target_label", &O::target_label, "The label to set.", base::kRequired);
    t.option("replacement", &O::replacement, "Its value; $1, $2, ... are the groups of the regex.", base::kRequired);
    t.option("separator", &O::separator, "What stands between the values.");
    return t;
  }();
  return table;
}

std::optional<LabelRule> LabelRule::read(const LabelRuleOptions& options, const base::yaml::Node& node,
                                         base::yaml::Problems& problems) {
  bool is_good = true;
  for (const std::string& field : options.source_fields) {
    if (is_field(field)) continue;
    std::string hint = base::yaml::suggest(field, kFields);
    if (hint.empty()) hint = "known are namespace, name, node, kind, labels.x, annotations.x";
    problems.error(node.mark, "finding_label_rules: unknown field '" + field + "': " + hint);
    is_good = false;
  }
  const base::yaml::Node* regex = node.find("regex");
  if (regex == nullptr || options.regex.empty()) return std::nullopt;
  auto pattern = schemas::Pattern::read(*regex, options.regex, schemas::Pattern::Extent::kWhole,
                                        schemas::Pattern::Case::kMatters, problems);
  if (!pattern || !is_good) return std::nullopt;
  return LabelRule(options, std::move(*pattern));
}

std::optional<std::string> LabelRule::value_for(const schemas::Subject& subject) const {
  std::string joined;
  for (std::size_t i = 0; i < options_.source_fields.size(); ++i) {
    joined += (i == 0 ? "" : options_.separator) + field_of(subject, options_.source_fields[i]);
  }
  auto groups = regex_.groups(joined);
  return groups ? std::optional(expand(options_.replacement, *groups)) : std::nullopt;
}

}  // namespace enrichers
