// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/alert/alert_actions.h"

namespace enrichers {

namespace {

struct Options {
  std::string alert_explanation;
  std::string recommended_resolution;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("alert_explanation_enricher", "Adds what an alert means and what helps.");
    t.option("alert_explanation", &Options::alert_explanation, "When the alert fires, in Markdown.");
    t.option("recommended_resolution", &Options::recommended_resolution, "What to do about it, in Markdown.");
    return t;
  }();
  return table;
}

class AlertExplanationEnricher final : public Action {
 public:
  AlertExplanationEnricher(Options given, const Services&) : options_(std::move(given)) {}

  base::Task<base::Result<Contribution>> run(const Input&) const override {
    Contribution contribution;
    schemas::Enrichment made{"text", "", "alert_explanation_enricher", {}};
    auto add = [&](const char* heading, const std::string& text) {
      if (!text.empty()) made.blocks.push_back(schemas::MarkdownBlock{heading + text});
    };
    add("📘 **Alert explanation:** ", options_.alert_explanation);
    add("🛠 **Recommended resolution:** ", options_.recommended_resolution);
    if (!made.blocks.empty()) contribution.enrichments.push_back(std::move(made));
    co_return contribution;
  }

 private:
  const Options options_;
};

}  // namespace

ActionType alert_explanation_enricher_type() { return action_type<AlertExplanationEnricher>(options()); }

}  // namespace enrichers
