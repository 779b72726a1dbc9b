// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/chart_target.h"

#include <algorithm>

#include "schemas/alert_subject.h"

namespace enrichers {

namespace {

// "10.0.0.1:9100", "[fd00::1]:9100", "node-1".
std::string host_of(std::string_view instance) {
  if (instance.starts_with('[')) return std::string(instance.substr(1, instance.find(']') - 1));
  bool is_bare_ipv6 = std::ranges::count(instance, ':') > 1;
  return std::string(is_bare_ipv6 ? instance : instance.substr(0, instance.rfind(':')));
}

}  // namespace

ChartTarget target_of(const schemas::Alert& alert) {
  using schemas::own_label;
  const schemas::Labels& labels = alert.labels;
  ChartTarget target;
  target.name_space = own_label(labels, "namespace");
  target.pod = own_label(labels, "pod");
  target.container = own_label(labels, "container");
  target.node = own_label(labels, "node");
  if (target.node.empty()) target.node = own_label(labels, "nodename");
  if (schemas::is_scraper(target.pod)) target.pod.clear();
  if (schemas::is_scraper(target.container)) target.container.clear();
  if (!schemas::is_scraper(schemas::value_of(labels, "job"))) target.host = host_of(own_label(labels, "instance"));
  return target;
}

}  // namespace enrichers
