// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/resource_chart.h"

#include <fmt/format.h>

#include "enrichers/graph/promql.h"

namespace enrichers {

namespace {

using promql::escape;

// Names of the metrics: https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md and
// https://github.com/prometheus/node_exporter. {0} is what selects the series.
constexpr const char* kPodCpu =
    "sum by (pod) (max by (pod, container) (rate(container_cpu_usage_seconds_total{{{0}}}[5m])))";
constexpr const char* kContainerCpu = "max by (container) (rate(container_cpu_usage_seconds_total{{{0}}}[5m]))";
constexpr const char* kMemory = "max by (container) (container_memory_working_set_bytes{{{0}}})";
// A share of what was counted: where samples begin, all modes are short alike. Guests are counted as user too.
constexpr const char* kNodeCpu =
    "1 - sum by (instance) (max by (instance, cpu, mode) (rate(node_cpu_seconds_total{{{0},"
    "mode=~\"idle|iowait|steal\"}}[5m]))) / sum by (instance) (max by (instance, cpu, mode) "
    "(rate(node_cpu_seconds_total{{{0},mode!~\"guest.*\"}}[5m])))";
// Kernels before 3.14 don't know what is available.
constexpr const char* kNodeMemory =
    "1 - max by (instance) (node_memory_MemAvailable_bytes{{{0}}} or (node_memory_MemFree_bytes{{{0}}} + "
    "node_memory_Buffers_bytes{{{0}}} + node_memory_Cached_bytes{{{0}}} + node_memory_Slab_bytes{{{0}}})) / "
    "max by (instance) (node_memory_MemTotal_bytes{{{0}}})";
// A device may be mounted at many places; images and memory are no disks.
constexpr const char* kNodeDisk =
    "1 - max by (instance, device) "
    "(node_filesystem_avail_bytes{{{0},fstype!~\"|tmpfs|ramfs|overlay|squashfs|iso9660\"}}) "
    "/ max by (instance, device) (node_filesystem_size_bytes{{{0},fstype!~\"|tmpfs|ramfs|overlay|squashfs|iso9660\"}})";

const char* word_of(ResourceType resource) {
  if (resource == ResourceType::kCpu) return "CPU";
  return resource == ResourceType::kMemory ? "Memory" : "Disk";
}

// Containers only: without a name cAdvisor means the whole pod, and "POD" is the one that holds its network.
std::string container_matchers(ItemType item, const ChartTarget& target) {
  std::string matchers = pod_matchers(item, target);
  return item == ItemType::kContainer ? matchers : matchers + ",container!=\"\",container!=\"POD\"";
}

std::string query_of(ResourceType resource, ItemType item, const std::string& matchers) {
  if (item == ItemType::kNode) {
    const char* query = resource == ResourceType::kCpu      ? kNodeCpu
                        : resource == ResourceType::kMemory ? kNodeMemory
                                                            : kNodeDisk;
    return fmt::format(fmt::runtime(query), matchers);
  }
  if (resource == ResourceType::kMemory) return fmt::format(kMemory, matchers);
  return item == ItemType::kPod ? fmt::format(kPodCpu, matchers) : fmt::format(kContainerCpu, matchers);
}

base::Unit unit_of(ResourceType resource, ItemType item) {
  if (item == ItemType::kNode) return base::Unit::kPercent;
  return resource == ResourceType::kCpu ? base::Unit::kMillicores : base::Unit::kBytes;
}

}  // namespace

bool has_resource_chart(ResourceType resource, ItemType item) {
  return resource != ResourceType::kDisk || item == ItemType::kNode;
}

base::Result<ResourceChart> resource_chart(ResourceType resource, ItemType item, const ChartTarget& target,
                                           const std::string& instances) {
  if (item != ItemType::kNode && (target.pod.empty() || target.name_space.empty())) {
    return base::permanent(base::Reason::kNoData, "the alert has no labels `namespace` and `pod`");
  }
  if (item == ItemType::kContainer && target.container.empty()) {
    return base::permanent(base::Reason::kNoData, "the alert has no label `container`");
  }
  std::string matchers =
      item == ItemType::kNode ? fmt::format("instance=~\"{}\"", escape(instances)) : container_matchers(item, target);
  return ResourceChart{fmt::format("{} of {}", word_of(resource), item_name(item, target)),
                       query_of(resource, item, matchers), unit_of(resource, item)};
}

std::string item_name(ItemType item, const ChartTarget& target) {
  if (item == ItemType::kNode) return "node " + (target.node.empty() ? target.host : target.node);
  std::string pod = fmt::format("pod {}/{}", target.name_space, target.pod);
  return item == ItemType::kPod ? pod : fmt::format("container {} of {}", target.container, pod);
}

std::string pod_matchers(ItemType item, const ChartTarget& target) {
  std::string matchers = fmt::format("namespace=\"{}\",pod=\"{}\"", escape(target.name_space), escape(target.pod));
  if (item == ItemType::kContainer) matchers += fmt::format(",container=\"{}\"", escape(target.container));
  return matchers;
}

}  // namespace enrichers
