// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "enrichers/action_type.h"
#include "enrichers/graph/alert_expression.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/graph/promql.h"
#include "enrichers/graph/range_chart.h"

namespace enrichers {

namespace {

struct Options : PrometheusOptions {
  std::int64_t graph_duration_minutes = 60;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("graph_enricher", "Adds a chart of the alert's own expression.");
    t.option("graph_duration_minutes", &Options::graph_duration_minutes, "How far back the chart goes at least.",
             {.at_least = 1, .at_most = 60 * 24 * 31});
    add_prometheus_options(t);
    return t;
  }();
  return table;
}

// What fits into one line above a picture. The whole expression is what alert_definition_enricher shows.
constexpr std::size_t kLongestTitle = 80;

// Expressions don't say what they measure; their metrics' names do, by Prometheus' naming rules, as long as nothing is
// divided.
base::Unit unit_of(const std::string& query, const base::Chart& chart, std::optional<double> threshold) {
  bool is_divided = query.find('/') != std::string::npos;
  if (!is_divided && query.find("_bytes") != std::string::npos) return base::Unit::kBytes;
  bool is_share = is_divided || query.find("_ratio") != std::string::npos;
  bool fits = threshold.value_or(0) >= 0 && threshold.value_or(0) <= 1;
  for (const base::Series& series : chart.series) {
    fits = fits && std::all_of(series.samples.begin(), series.samples.end(),
                               [](const base::Sample& sample) { return !(sample.value < 0) && !(sample.value > 1.5); });
  }
  return is_share && fits ? base::Unit::kPercent : base::Unit::kPlain;
}

class GraphEnricher final : public Action {
 public:
  GraphEnricher(Options given, const Services& services)
      : duration_(std::chrono::minutes(given.graph_duration_minutes)), prometheus_(std::move(given), services.http) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    const schemas::Alert& alert = *input.event.alert;
    BOOST_OUTCOME_CO_TRY(auto expression, co_await find_alert_expression(alert, prometheus_, input.deadline));
    auto split = promql::split_threshold(expression);
    Range range = range_of(alert, input.now, duration_);
    const std::string& title = split.query.size() <= kLongestTitle ? split.query : alert.name();
    RangeQuery wanted{split.query, title, base::Unit::kPlain, range, alert.labels};
    std::vector<std::string> notes;
    BOOST_OUTCOME_CO_TRY(auto chart, co_await query_chart(prometheus_, std::move(wanted), input.deadline, notes));
    chart.unit = unit_of(split.query, chart, split.threshold);
    chart.markers = markers_of(alert, range);
    if (split.threshold) {
      chart.lines.push_back({base::ReferenceLine::Kind::kThreshold, "threshold", *split.threshold});
    }
    Contribution contribution;
    contribution.enrichments.push_back(
        enrichment("graph", alert.name(), "graph_enricher", schemas::ChartBlock{std::move(chart)}));
    add_notes(std::move(notes), contribution.enrichments.back());
    co_return contribution;
  }

 private:
  const base::Duration duration_;
  const Prometheus prometheus_;
};

}  // namespace

ActionType graph_enricher_type() { return action_type<GraphEnricher>(options()); }

}  // namespace enrichers
