// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/kube_metrics.h"

#include <fmt/format.h>

#include "enrichers/graph/promql.h"
#include "enrichers/graph/resource_chart.h"

namespace enrichers {

namespace {

using base::Reason;
using promql::escape;
using promql::escape_regex;

// A chart with more lines than these says nothing any more.
constexpr std::size_t kMostLines = 8;

std::string label(const base::Series& series, const char* name) {
  auto it = series.labels.find(name);
  return it == series.labels.end() ? std::string() : it->second;
}

base::Task<base::Result<std::vector<base::Series>>> ask(const Prometheus& prometheus, std::string query, base::Time at,
                                                        base::Deadline deadline) {
  BOOST_OUTCOME_CO_TRY(auto answer, co_await prometheus.query(std::move(query), at, deadline));
  co_return std::move(answer.series);
}

// An exporter listens at any port, at an IPv6 address in brackets.
std::string at_any_port(std::string_view host) {
  std::string escaped = escape_regex(host);
  return host.find(':') == std::string_view::npos ? escaped + "(:[0-9]+)?" : "\\[?" + escaped + "\\]?(:[0-9]+)?";
}

// One question instead of four: node-exporter says the node's name, a relabelling rule put it into `node` or
// `instance`, or kube-state-metrics knows the address.
std::string address_query(const std::string& node) {
  std::string name = escape(node);
  return fmt::format(
      "last_over_time(node_uname_info{{nodename=\"{0}\"}}[1h]) or last_over_time(node_uname_info{{node=\"{0}\"}}[1h]) "
      "or "
      "last_over_time(node_uname_info{{instance=~\"{1}\"}}[1h]) or last_over_time(kube_node_info{{node=\"{0}\"}}[1h])",
      name, escape(at_any_port(node)));
}

void add_alternative(std::string& regex, const std::string& alternative) {
  regex += (regex.empty() ? "" : "|") + alternative;
}

NodeAddress address_in(const std::vector<base::Series>& found, const std::string& node) {
  NodeAddress address;
  std::string by_ip;
  for (const base::Series& series : found) {
    bool is_exporter = !label(series, "nodename").empty();
    if (is_exporter) {
      add_alternative(address.instances, escape_regex(label(series, "instance")));
    } else if (std::string ip = label(series, "internal_ip"); !ip.empty()) {
      address.internal_ip = ip;
      by_ip = at_any_port(ip);
    }
  }
  if (address.instances.empty()) address.instances = by_ip.empty() ? at_any_port(node) : by_ip;
  return address;
}

const char* resource_word(ResourceType resource) { return resource == ResourceType::kCpu ? "cpu" : "memory"; }

std::string limits_query(const char* metric, bool adds_up, ResourceType resource, const std::string& matchers) {
  auto each = fmt::format("max by (container) (last_over_time({}{{{},resource=\"{}\"}}[1h]))", metric, matchers,
                          resource_word(resource));
  if (!adds_up) return each;
  return fmt::format(
      "sum({0}) and on () (count({0}) >= count(count by (container) "
      "(last_over_time(kube_pod_container_info{{{1}}}[1h]))))",
      each, matchers);
}

std::vector<base::ReferenceLine> lines_of(base::ReferenceLine::Kind kind, const char* name,
                                          const std::vector<base::Series>& found) {
  std::vector<base::ReferenceLine> lines;
  for (const base::Series& series : found) {
    if (series.samples.empty()) continue;
    std::string container = found.size() > 1 ? " " + label(series, "container") : "";
    lines.push_back({kind, name + container, series.samples.back().value});
  }
  return lines;
}

}  // namespace

base::Task<base::Result<NodeAddress>> find_node_address(const Prometheus& prometheus, const ChartTarget& target,
                                                        base::Time at, base::Deadline deadline) {
  if (!target.node.empty()) {
    BOOST_OUTCOME_CO_TRY(auto found, co_await ask(prometheus, address_query(target.node), at, deadline));
    co_return address_in(found, target.node);
  }
  if (target.host.empty()) co_return base::permanent(Reason::kNoData, "the alert has no labels `node` and `instance`");
  co_return NodeAddress{at_any_port(target.host), target.host};
}

base::Task<base::Result<std::string>> find_node_of_pod(const Prometheus& prometheus, const ChartTarget& target,
                                                       base::Time at, base::Deadline deadline) {
  if (target.pod.empty() || target.name_space.empty()) {
    co_return base::permanent(Reason::kNoData, "the alert has no labels `namespace` and `pod`");
  }
  auto query = fmt::format("last_over_time(kube_pod_info{{{},node!=\"\"}}[1h])", pod_matchers(ItemType::kPod, target));
  BOOST_OUTCOME_CO_TRY(auto found, co_await ask(prometheus, std::move(query), at, deadline));
  if (!found.empty()) co_return label(found.front(), "node");
  co_return base::permanent(Reason::kNoData, "kube-state-metrics does not say on which node the pod runs");
}

base::Task<base::Result<std::string>> find_killed_container(const Prometheus& prometheus, const ChartTarget& target,
                                                            base::Time at, base::Deadline deadline) {
  if (target.pod.empty() || target.name_space.empty()) {
    co_return base::permanent(Reason::kNoData, "the alert has no labels `namespace` and `pod`");
  }
  auto query = fmt::format(
      "topk(1, last_over_time(kube_pod_container_status_last_terminated_reason{{{0},reason=\"OOMKilled\"}}[1h]) > 0)",
      pod_matchers(ItemType::kPod, target));
  BOOST_OUTCOME_CO_TRY(auto found, co_await ask(prometheus, std::move(query), at, deadline));
  if (!found.empty()) co_return label(found.front(), "container");
  co_return base::permanent(
      Reason::kNoData, "the alert has no label `container`, and no container of the pod was killed for its memory");
}

base::Task<base::Result<std::vector<base::ReferenceLine>>> find_limits(const Prometheus& prometheus,
                                                                       ResourceType resource, ItemType item,
                                                                       const ChartTarget& target, base::Time at,
                                                                       base::Deadline deadline) {
  using Kind = base::ReferenceLine::Kind;
  bool adds_up = resource == ResourceType::kCpu && item == ItemType::kPod;
  std::string matchers = pod_matchers(item, target);
  std::string limits = limits_query("kube_pod_container_resource_limits", adds_up, resource, matchers);
  BOOST_OUTCOME_CO_TRY(auto upper, co_await ask(prometheus, std::move(limits), at, deadline));
  std::string requests = limits_query("kube_pod_container_resource_requests", adds_up, resource, matchers);
  BOOST_OUTCOME_CO_TRY(auto lower, co_await ask(prometheus, std::move(requests), at, deadline));
  auto lines = lines_of(Kind::kLimit, "limit", upper);
  auto more = lines_of(Kind::kRequest, "request", lower);
  lines.insert(lines.end(), more.begin(), more.end());
  if (lines.size() > kMostLines) lines.resize(kMostLines);
  co_return lines;
}

}  // namespace enrichers
