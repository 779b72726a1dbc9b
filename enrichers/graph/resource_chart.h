// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/chart.h"
#include "base/result.h"
#include "enrichers/graph/chart_target.h"
#include "enrichers/graph/graph_override.h"

namespace enrichers {

// One of the charts that there are of a pod's, container's or node's resources.
struct ResourceChart {
  std::string title;
  std::string query;
  base::Unit unit = base::Unit::kPlain;
};

// Whether there is one: of a disk only the nodes' is known.
bool has_resource_chart(ResourceType resource, ItemType item);

// Its query, from metrics of cAdvisor and node-exporter as Kubernetes' monitoring has them, counted once when two jobs
// scrape them. `instances` is a regular expression of node-exporter's `instance`, for a node. Fails with kNoData where
// the alert doesn't name what the chart is of. Requires: has_resource_chart(resource, item).
base::Result<ResourceChart> resource_chart(ResourceType resource, ItemType item, const ChartTarget& target,
                                           const std::string& instances);

// What the chart is of, for titles: "pod shop/cart-1".
std::string item_name(ItemType item, const ChartTarget& target);

// "namespace="shop",pod="cart-1"", escaped, and the container where the chart is of one.
std::string pod_matchers(ItemType item, const ChartTarget& target);

}  // namespace enrichers
