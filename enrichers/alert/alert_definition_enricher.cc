// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/alert/alert_actions.h"
#include "enrichers/graph/alert_expression.h"

namespace enrichers {

namespace {

const base::OptionTable<PrometheusOptions>& options() {
  static const auto table = [] {
    base::OptionTable<PrometheusOptions> t("alert_definition_enricher",
                                           "Adds the expression that the alert is made of.");
    add_prometheus_options(t);
    return t;
  }();
  return table;
}

class AlertDefinitionEnricher final : public Action {
 public:
  AlertDefinitionEnricher(PrometheusOptions given, const Services& services)
      : prometheus_(std::move(given), services.http) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    BOOST_OUTCOME_CO_TRY(auto expression,
                         co_await find_alert_expression(*input.event.alert, prometheus_, input.deadline));
    Contribution contribution;
    contribution.enrichments.push_back(enrichment("alert_definition", "Alert expression", "alert_definition_enricher",
                                                  schemas::MarkdownBlock{"```promql\n" + expression + "\n```"}));
    co_return contribution;
  }

 private:
  const Prometheus prometheus_;
};

}  // namespace

ActionType alert_definition_enricher_type() { return action_type<AlertDefinitionEnricher>(options()); }

}  // namespace enrichers
