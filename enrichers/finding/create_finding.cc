// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/finding/finding_actions.h"
#include "enrichers/finding/severity_option.h"
#include "enrichers/text/substitute.h"

namespace enrichers {

namespace {

struct Options {
  std::string title;
  std::string aggregation_key;
  std::string description;
  std::optional<schemas::Severity> severity = schemas::Severity::kHigh;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("create_finding", "Says in your own words what the finding says of itself.");
    t.option("title", &Options::title, "Templated as in template_enricher.", base::kRequired);
    t.option("aggregation_key", &Options::aggregation_key,
             "What kind of thing happened: incidents and sinks group by it. The same for all of a kind.",
             base::kRequired);
    t.option("description", &Options::description, "Templated likewise.");
    add_severity(t, &Options::severity, "How bad it is.");
    return t;
  }();
  return table;
}

class CreateFinding final : public Action {
 public:
  CreateFinding(Options given, const Services&) : options_(std::move(given)) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    Contribution contribution;
    contribution.title = substitute(options_.title, names_of(input));
    contribution.description = substitute(options_.description, names_of(input));
    contribution.aggregation_key = options_.aggregation_key;
    contribution.severity = options_.severity;
    co_return contribution;
  }

 private:
  const Options options_;
};

}  // namespace

ActionType create_finding_type() { return action_type<CreateFinding>(options(), true); }

}  // namespace enrichers
