// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/graph_override.h"

namespace enrichers {

const base::OptionTable<GraphOverride>& graph_override_options() {
  using Format = std::optional<base::Unit>;
  static const auto table = [] {
    base::OptionTable<GraphOverride> t("prometheus_graphs_overrides", "A query to use for a resource chart.");
    add_resource_type(t, &GraphOverride::resource_type);
    add_item_type(t, &GraphOverride::item_type);
    t.option("query", &GraphOverride::query,
             "PromQL; $namespace, $pod, $container, $node, $node_internal_ip and the alert's labels are replaced.",
             base::kRequired);
    t.choice("values_format", &GraphOverride::values_format, "What its values are, if not what the chart's own are.",
             {{"Plain", Format(base::Unit::kPlain)},
              {"Bytes", Format(base::Unit::kBytes)},
              {"Percentage", Format(base::Unit::kPercent)},
              {"CPUUsage", Format(base::Unit::kMillicores)}});
    return t;
  }();
  return table;
}

}  // namespace enrichers
