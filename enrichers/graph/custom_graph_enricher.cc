// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/graph/kube_metrics.h"
#include "enrichers/graph/query_template.h"
#include "enrichers/graph/range_chart.h"
#include "enrichers/text/substitute.h"

namespace enrichers {

namespace {

struct Options : PrometheusOptions {
  std::string promql_query;
  std::string graph_title;
  std::int64_t graph_duration_minutes = 60;
  base::Unit chart_values_format = base::Unit::kPlain;
};

const base::OptionTable<Options>& options() {
  static const auto table = [] {
    base::OptionTable<Options> t("custom_graph_enricher", "Adds a chart of a query of your own.");
    t.option(
        "promql_query", &Options::promql_query,
        "PromQL; $labels.x and the other names of template_enricher, and $node_internal_ip, are replaced, escaped for "
        "where they stand.",
        base::kRequired);
    t.option("graph_title", &Options::graph_title, "The title, templated likewise; else the query.");
    t.option("graph_duration_minutes", &Options::graph_duration_minutes, "How far back the chart goes at least.",
             {.at_least = 1, .at_most = 60 * 24 * 31});
    t.choice("chart_values_format", &Options::chart_values_format, "What the values are.",
             {{"Plain", base::Unit::kPlain},
              {"Bytes", base::Unit::kBytes},
              {"Percentage", base::Unit::kPercent},
              {"CPUUsage", base::Unit::kMillicores}});
    t.ignored("hide_legends", "a legend never covers the data here");
    add_prometheus_options(t);
    return t;
  }();
  return table;
}

class CustomGraphEnricher final : public Action {
 public:
  CustomGraphEnricher(Options given, const Services& services) : options_(given), prometheus_(given, services.http) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    Range range = range_of(*input.event.alert, input.now, std::chrono::minutes(options_.graph_duration_minutes));
    Lookup names = names_of(input);
    NodeAddress address;
    if (options_.promql_query.find("node_internal_ip") != std::string::npos) {
      ChartTarget target = target_of(*input.event.alert);
      BOOST_OUTCOME_CO_TRY(address, co_await find_node_address(prometheus_, target, range.to, input.deadline));
      names = [&address, others = std::move(names)](std::string_view name) {
        bool is_known = name == "node_internal_ip" && !address.internal_ip.empty();
        return is_known ? std::optional(address.internal_ip) : others(name);
      };
    }
    BOOST_OUTCOME_CO_TRY(auto query, fill_query(options_.promql_query, names));
    std::string title = options_.graph_title.empty() ? query : substitute(options_.graph_title, names_of(input));
    std::vector<std::string> notes;
    BOOST_OUTCOME_CO_TRY(auto chart,
                         co_await query_chart(prometheus_, {query, title, options_.chart_values_format, range, {}},
                                              input.deadline, notes));
    chart.markers = markers_of(*input.event.alert, range);
    Contribution contribution;
    contribution.enrichments.push_back(
        enrichment("graph", title, "custom_graph_enricher", schemas::ChartBlock{std::move(chart)}));
    add_notes(std::move(notes), contribution.enrichments.back());
    co_return contribution;
  }

 private:
  const Options options_;
  const Prometheus prometheus_;
};

}  // namespace

ActionType custom_graph_enricher_type() { return action_type<CustomGraphEnricher>(options()); }

}  // namespace enrichers
