// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/alert/alert_actions.h"

namespace enrichers {

namespace {

struct Options {
  bool alert_annotations_enrichment = false;
  bool alert_generator_link = true;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("default_enricher", "Adds the alert's labels and links.");
    t.option("alert_annotations_enrichment", &Options::alert_annotations_enrichment, "Adds the annotations too.");
    t.option("alert_generator_link", &Options::alert_generator_link, "Links to the alert's graph.");
    return t;
  }();
  return table;
}

// Only what a browser opens: a generator URL is text that the sender chose.
void add_link(const char* name, const std::string& url, std::vector<schemas::Link>& links) {
  if (url.starts_with("http://") || url.starts_with("https://")) links.push_back({name, url});
}

schemas::Enrichment table_of(const char* type, const char* title, const schemas::Labels& labels) {
  schemas::KeyValuesBlock block{title, {}};
  for (const auto& [name, value] : labels) block.pairs.emplace_back(name, value);
  return enrichment(type, title, "default_enricher", std::move(block));
}

class DefaultEnricher final : public Action {
 public:
  DefaultEnricher(Options given, const Services&) : options_(given) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    const schemas::Alert& alert = *input.event.alert;
    Contribution contribution;
    if (options_.alert_generator_link) add_link("View Graph", alert.generator_url, contribution.links);
    add_link("Dashboard", alert.dashboard_url, contribution.links);
    add_link("Panel", alert.panel_url, contribution.links);
    add_link("Silence", alert.silence_url, contribution.links);
    add_link("Runbook", schemas::value_of(alert.annotations, "runbook_url"), contribution.links);
    contribution.enrichments.push_back(table_of("alert_labels", "Alert labels", alert.labels));
    if (options_.alert_annotations_enrichment && !alert.annotations.empty()) {
      contribution.enrichments.push_back(table_of("alert_annotations", "Alert annotations", alert.annotations));
    }
    co_return contribution;
  }

 private:
  const Options options_;
};

}  // namespace

ActionType default_enricher_type() { return action_type<DefaultEnricher>(options()); }

}  // namespace enrichers
