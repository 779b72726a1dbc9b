// SPDX-License-Identifier: Apache-2.0
#include "ingest/relabel.h"

#include <fmt/format.h>

#include "base/options/value_types.h"

namespace ingest {

const base::OptionTable<RelabelRule>& relabel_options() {
  using Operation = RelabelRule::Operation;
  static const auto table = [] {
    base::OptionTable<RelabelRule> t("alertRelabel",
                                     "A list of rules that rename labels of alerts, in order, before anything else.");
    t.option("source", &RelabelRule::source, "The label to take. An alert without it stays as it is.", base::kRequired);
    t.option("target", &RelabelRule::target, "The label that gets its value, in place of one that it has.",
             base::kRequired);
    t.choice("operation", &RelabelRule::operation, "`add` keeps the source too, `replace` removes it.",
             {{"add", Operation::kAdd}, {"replace", Operation::kReplace}});
    return t;
  }();
  return table;
}

Relabel Relabel::read(const base::yaml::Node& node, base::yaml::Problems& problems) {
  std::vector<RelabelRule> rules;
  if (node.is_null()) return {};
  if (!node.is_sequence()) {
    problems.error(node.mark,
                   fmt::format("alertRelabel must be a list of rules, found {}", base::options::shown(node)));
    return {};
  }
  for (const base::yaml::Node& item : node.items) {
    RelabelRule rule = relabel_options().read(item, problems);
    if (!rule.source.empty() && rule.source == rule.target) {
      problems.error(item.mark, fmt::format("alertRelabel: '{}' is both source and target", rule.source));
    }
    bool takes_the_name = rule.source == "alertname" && rule.operation == RelabelRule::Operation::kReplace;
    if (takes_the_name) {
      problems.warning(item.mark, "alertRelabel: alerts lose their names: no playbook finds them by alert_name");
    }
    rules.push_back(std::move(rule));
  }
  return Relabel(std::move(rules));
}

void Relabel::apply(schemas::Labels& labels) const {
  for (const RelabelRule& rule : rules_) {
    auto source = labels.find(rule.source);
    if (source == labels.end() || source->second.empty()) continue;
    labels.insert_or_assign(rule.target, source->second);
    if (rule.operation == RelabelRule::Operation::kReplace) labels.erase(source);
  }
}

}  // namespace ingest
