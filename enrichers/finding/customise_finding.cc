// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/finding/finding_actions.h"
#include "enrichers/finding/label_rule.h"
#include "enrichers/finding/severity_option.h"
#include "enrichers/text/substitute.h"

namespace enrichers {

namespace {

struct Options {
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<schemas::Severity> severity;
  std::optional<std::string> aggregation_key;
  std::vector<LabelRuleOptions> finding_label_rules;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("customise_finding", "Changes what the finding says of itself.");
    t.option("title", &Options::title, "Another title, templated as in template_enricher.");
    t.option("description", &Options::description, "Another description, templated likewise.");
    add_severity(t, &Options::severity, "Another severity.");
    t.option("aggregation_key", &Options::aggregation_key, "Another kind to be grouped by, templated likewise.");
    t.list_of("finding_label_rules", &Options::finding_label_rules, label_rule_options(),
              "Labels to set, for scopes and channels; rules apply in order.");
    return t;
  }();
  return table;
}

class CustomiseFinding final : public Action {
 public:
  CustomiseFinding(Options given, std::vector<LabelRule> rules)
      : options_(std::move(given)), rules_(std::move(rules)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Contribution contribution;
    auto filled = [names = names_of(input)](const std::optional<std::string>& text) {
      return text && !text->empty() ? std::optional(substitute(*text, names)) : std::nullopt;
    };
    contribution.title = filled(options_.title);
    contribution.description = filled(options_.description);
    contribution.aggregation_key = filled(options_.aggregation_key);
    contribution.severity = options_.severity;
    add_labels(input.draft.subject, contribution);
    co_return contribution;
  }

 private:
  void add_labels(const schemas::Subject& subject, Contribution& contribution) const {
    for (const LabelRule& rule : rules_) {
      if (auto value = rule.value_for(subject)) contribution.labels.insert_or_assign(rule.target(), std::move(*value));
    }
    if (contribution.labels.empty()) return;
    schemas::KeyValuesBlock block{"Labels", {}};
    for (const auto& [name, value] : contribution.labels) block.pairs.emplace_back(name, value);
    contribution.enrichments.push_back(enrichment("alert_labels", "Labels", "customise_finding", std::move(block)));
  }

  const Options options_;
  const std::vector<LabelRule> rules_;
};

std::unique_ptr<Action> make(const base::yaml::Node& params, const Services&, base::yaml::Problems& problems) {
  Options given = options().read(params, problems);
  std::vector<LabelRule> rules;
  const base::yaml::Node* list = params.find("finding_label_rules");
  for (std::size_t i = 0; list != nullptr && i < given.finding_label_rules.size(); ++i) {
    auto rule = LabelRule::read(given.finding_label_rules[i], list->items[i], problems);
    if (rule) rules.push_back(std::move(*rule));
  }
  return std::make_unique<CustomiseFinding>(std::move(given), std::move(rules));
}

}  // namespace

ActionType customise_finding_type() { return {"customise_finding", true, &options().set(), make}; }

}  // namespace enrichers
