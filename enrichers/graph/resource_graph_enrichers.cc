// SPDX-License-Identifier: Apache-2.0
#include "enrichers/action_type.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/graph/kube_metrics.h"
#include "enrichers/graph/query_template.h"
#include "enrichers/graph/range_chart.h"
#include "enrichers/graph/resource_chart.h"

namespace enrichers {

namespace {

// Of all of them; each table has those that its action has.
struct Options : PrometheusOptions {
  ResourceType resource_type = ResourceType::kCpu;
  ItemType item_type = ItemType::kPod;
  std::int64_t graph_duration_minutes = 60;
  bool display_limits = false;
};

using Table = base::OptionTable<Options>;

Table table_of(const char* name, const char* doc, bool has_item = false, bool has_limits = false) {
  Table t(name, doc);
  add_resource_type(t, &Options::resource_type);
  if (has_item) add_item_type(t, &Options::item_type);
  t.option("graph_duration_minutes", &Options::graph_duration_minutes, "How far back the chart goes at least.",
           {.at_least = 1, .at_most = 60 * 24 * 31});
  if (has_limits) {
    t.option("display_limits", &Options::display_limits, "Draws requests and limits, as kube-state-metrics has them.");
  }
  add_prometheus_options(t);
  return t;
}

// One action: which chart it draws, and of what.
struct Kind {
  std::string name;
  std::optional<ItemType> item;         // Else the option's.
  bool finds_node_of_pod = false;       // The node is that of the alert's pod.
  bool finds_killed_container = false;  // Without a container in the alert it is the one that was killed.
};

class ResourceGraph final : public Action {
 public:
  ResourceGraph(Kind kind, Options given, const Services& services)
      : kind_(std::move(kind)), options_(given), prometheus_(given, services.http) {}

  base::Task<base::Result<Contribution>> run(const Input& input) const override {
    if (!input.event.alert) co_return needs_an_alert();
    const schemas::Alert& alert = *input.event.alert;
    Range range = range_of(alert, input.now, std::chrono::minutes(options_.graph_duration_minutes));
    BOOST_OUTCOME_CO_TRY(ChartTarget target, co_await find_target(target_of(alert), range.to, input.deadline));
    BOOST_OUTCOME_CO_TRY(ResourceChart wanted, co_await chart_of(target, range.to, input));
    std::vector<std::string> notes;
    BOOST_OUTCOME_CO_TRY(
        auto chart,
        co_await query_chart(prometheus_, {wanted.query, wanted.title, wanted.unit, range, {}}, input.deadline, notes));
    chart.markers = markers_of(alert, range);
    Contribution contribution;
    if (options_.display_limits) co_await add_limits(chart, target, input.wanted_by, contribution);
    contribution.enrichments.push_back(
        enrichment("graph", wanted.title, kind_.name, schemas::ChartBlock{std::move(chart)}));
    add_notes(std::move(notes), contribution.enrichments.back());
    co_return contribution;
  }

 private:
  ItemType item() const { return kind_.item.value_or(options_.item_type); }

  base::Task<base::Result<ChartTarget>> find_target(ChartTarget target, base::Time at, base::Deadline deadline) const {
    if (kind_.finds_killed_container && target.container.empty()) {
      BOOST_OUTCOME_CO_TRY(target.container, co_await find_killed_container(prometheus_, target, at, deadline));
    }
    // The instance of a pod's alert may be anything's: its node is what is asked for.
    if (kind_.finds_node_of_pod && target.node.empty()) {
      BOOST_OUTCOME_CO_TRY(target.node, co_await find_node_of_pod(prometheus_, target, at, deadline));
    }
    co_return target;
  }

  base::Task<base::Result<ResourceChart>> chart_of(const ChartTarget& target, base::Time at, const Input& input) const {
    NodeAddress address;
    if (item() == ItemType::kNode) {
      BOOST_OUTCOME_CO_TRY(address, co_await find_node_address(prometheus_, target, at, input.deadline));
    }
    const GraphOverride* override = prometheus_.find_override(options_.resource_type, item());
    if (override == nullptr) co_return resource_chart(options_.resource_type, item(), target, address.instances);
    ResourceChart chart{item_name(item(), target), "", base::Unit::kPlain};
    // Where there is one of that kind, its title and unit are right for the user's query too.
    if (has_resource_chart(options_.resource_type, item())) {
      auto own = resource_chart(options_.resource_type, item(), target, address.instances);
      if (own) chart = std::move(own.value());
    }
    if (override->values_format) chart.unit = *override->values_format;
    BOOST_OUTCOME_CO_TRY(chart.query, fill_query(override->query, names_in(target, address, input)));
    co_return chart;
  }

  static Lookup names_in(const ChartTarget& target, const NodeAddress& address, const Input& input) {
    return [&target, &address, others = names_of(input)](std::string_view name) -> std::optional<std::string> {
      auto known = [](const std::string& value) { return value.empty() ? std::nullopt : std::optional(value); };
      if (name == "node_internal_ip") return known(address.internal_ip);
      if (name == "node") return known(target.node);
      if (name == "namespace") return known(target.name_space);
      if (name == "pod") return known(target.pod);
      if (name == "container") return known(target.container);
      return others(name);
    };
  }

  // A chart without its limits is better than none.
  base::Task<void> add_limits(base::Chart& chart, const ChartTarget& target, base::Deadline deadline,
                              Contribution& contribution) const {
    auto lines = co_await find_limits(prometheus_, options_.resource_type, item(), target, chart.to, deadline);
    if (lines) {
      chart.lines = std::move(lines.value());
    } else {
      contribution.missing.push_back(
          {kind_.name, std::string(base::to_string(lines.error().reason)), "limits: " + lines.error().message});
    }
  }

  const Kind kind_;
  const Options options_;
  const Prometheus prometheus_;
};

bool is_drawn(const Options& options, ItemType item) {
  if (has_resource_chart(options.resource_type, item)) return true;
  for (const GraphOverride& override : options.prometheus_graphs_overrides) {
    if (override.resource_type == options.resource_type && override.item_type == item) return true;
  }
  return false;
}

ActionType type_of(Kind kind, const Table& table, bool always_limits = false) {
  ActionType type;
  type.name = kind.name;
  type.options = &table.set();
  type.make = [kind, &table, always_limits](const base::yaml::Node& params, const Services& services,
                                            base::yaml::Problems& problems) -> std::unique_ptr<Action> {
    Options options = table.read(params, problems);
    options.display_limits = options.display_limits || always_limits;
    if (!is_drawn(options, kind.item.value_or(options.item_type))) {
      problems.error(params.mark, kind.name + ": Disk is known of nodes only; prometheus_graphs_overrides can add one");
    }
    return std::make_unique<ResourceGraph>(kind, std::move(options), services);
  };
  return type;
}

}  // namespace

ActionType alert_graph_enricher_type() {
  static const Table table = table_of(
      "alert_graph_enricher", "Adds a resource chart of the pod, container or node that the alert names.", true);
  return type_of({.name = "alert_graph_enricher", .item = std::nullopt}, table);
}

ActionType pod_graph_enricher_type() {
  static const Table table =
      table_of("pod_graph_enricher", "Adds a resource chart of the pod that the alert names.", false, true);
  return type_of({.name = "pod_graph_enricher", .item = ItemType::kPod}, table);
}

ActionType node_graph_enricher_type() {
  static const Table table = table_of("node_graph_enricher", "Adds a resource chart of the node that the alert names.");
  return type_of({.name = "node_graph_enricher", .item = ItemType::kNode}, table);
}

ActionType pod_node_graph_enricher_type() {
  static const Table table = table_of(
      "pod_node_graph_enricher",
      "Adds a resource chart of the node that the alert's pod runs on, as its labels or kube-state-metrics say.");
  return type_of({.name = "pod_node_graph_enricher", .item = ItemType::kNode, .finds_node_of_pod = true}, table);
}

ActionType oomkilled_container_graph_enricher_type() {
  static const Table table = [] {
    Table t = table_of("oomkilled_container_graph_enricher",
                       "Adds a resource chart, with its limits, of the container that was killed for its memory: the "
                       "alert's, else the one that kube-state-metrics names.");
    t.ignored("delay_graph_s", "a finding does not wait for later samples");
    return t;
  }();
  return type_of(
      {.name = "oomkilled_container_graph_enricher", .item = ItemType::kContainer, .finds_killed_container = true},
      table, true);
}

}  // namespace enrichers
