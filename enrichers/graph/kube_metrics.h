// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/chart.h"
#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "enrichers/graph/chart_target.h"
#include "enrichers/graph/prometheus.h"

// What kube-state-metrics and node-exporter know of pods and nodes at a time, or had known an hour before: the node may
// be down. (https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics) References must outlive the calls.
namespace enrichers {

// Where node-exporter of a node is found.
struct NodeAddress {
  std::string instances;    // A regular expression of its `instance`.
  std::string internal_ip;  // Empty where nothing says it.
};

// By the node's name, else by the host that the alert names. Fails with kNoData when there is neither.
base::Task<base::Result<NodeAddress>> find_node_address(const Prometheus& prometheus, const ChartTarget& target,
                                                        base::Time at, base::Deadline deadline);

// The node that the target's pod runs on. Fails with kNoData.
base::Task<base::Result<std::string>> find_node_of_pod(const Prometheus& prometheus, const ChartTarget& target,
                                                       base::Time at, base::Deadline deadline);

// The container of the target's pod that was last killed for its memory. Fails with kNoData.
base::Task<base::Result<std::string>> find_killed_container(const Prometheus& prometheus, const ChartTarget& target,
                                                            base::Time at, base::Deadline deadline);

// What the chart's pod or container requests and may use at most, as lines of the chart: of each container, or, where
// the chart adds them up (CPU of a pod), of all, if all of them have one.
base::Task<base::Result<std::vector<base::ReferenceLine>>> find_limits(const Prometheus& prometheus,
                                                                       ResourceType resource, ItemType item,
                                                                       const ChartTarget& target, base::Time at,
                                                                       base::Deadline deadline);

}  // namespace enrichers
