// SPDX-License-Identifier: Apache-2.0
#include "app/global_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/components.h"

namespace app {

namespace {

// What Robusta's Helm chart and `robusta gen-config` write there, and what its documentation tells people to.
constexpr std::array<std::string_view, 15> kRobustas = {"account_id",
                                                        "alertmanager_additional_headers",
                                                        "alertmanager_auth",
                                                        "alertmanager_flavor",
                                                        "alertmanager_url",
                                                        "check_prometheus_flags",
                                                        "cluster_zone",
                                                        "continue_on_sink_errors",
                                                        "custom_annotations",
                                                        "grafana_api_key",
                                                        "grafana_dashboard_uid",
                                                        "grafana_url",
                                                        "prometheus_rule_custom_labels",
                                                        "prometheus_rule_group_name",
                                                        "signing_key"};

bool is_robustas(std::string_view key) {
  return key.starts_with("holmes_") || std::ranges::find(kRobustas, key) != kRobustas.end();
}

std::vector<std::string> keys_that_are_read() {
  std::set<std::string> keys = {"cluster_name", "custom_severity_map"};
  const auto& actions = components().actions;
  for (const std::string& name : actions.names()) {
    for (const auto& spec : actions.find(name)->options->specs()) keys.insert(spec.key);
  }
  return {keys.begin(), keys.end()};
}

}  // namespace

void check_global_keys(const base::yaml::Node& global, base::yaml::Problems& problems) {
  if (!global.is_null() && !global.is_mapping()) {
    problems.error(global.mark, "globalConfig is not a mapping of keys to values");
  }
  std::vector<std::string> known = keys_that_are_read();
  for (const auto& entry : global.entries) {
    if (is_robustas(entry.key) || std::ranges::find(known, entry.key) != known.end()) continue;
    if (std::string hint = base::yaml::suggest(entry.key, known); !hint.empty()) {
      problems.error(entry.key_mark, fmt::format("unknown key '{}' in globalConfig: {}", entry.key, hint));
    } else {
      problems.warning(entry.key_mark,
                       fmt::format("'{}' in globalConfig has no effect: no action has such an option", entry.key));
    }
  }
}

}  // namespace app
