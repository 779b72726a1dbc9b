// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/advice.h"
#include "app/components.h"

namespace app {

namespace {

using base::yaml::Node;

constexpr std::string_view kUrl = "prometheus_url";
// It reads the definition of an alert from the link to its source too.
constexpr std::string_view kDoesWithout = "alert_definition_enricher";

bool gives_url(const Node* params) {
  const Node* url = params == nullptr ? nullptr : params->find(kUrl);
  return url != nullptr && !url->is_null() && !url->scalar.empty();
}

bool needs_url(const Node::Entry& action) {
  const auto* type = components().actions.find(action.key);
  if (type == nullptr || action.key == kDoesWithout || gives_url(&action.value)) return false;
  return std::ranges::find(type->options->specs(), kUrl, &base::OptionSpec::key) != type->options->specs().end();
}

}  // namespace

// One warning for all of them: one line of the file mends it.
void advise_prometheus(const Node& root, base::yaml::Problems& problems) {
  if (gives_url(root.find("globalConfig")) || gives_url(root.find("global_config"))) return;
  std::vector<std::string_view> names;
  base::yaml::Mark first;
  for (const Node& playbook : list_under(root, {"active_playbooks", "customPlaybooks"})) {
    for (const Node& item : list_under(playbook, {"actions"})) {
      for (const Node::Entry& action : item.entries) {
        if (!needs_url(action) || std::ranges::find(names, action.key) != names.end()) continue;
        if (names.empty()) first = action.key_mark;
        names.emplace_back(action.key);
      }
    }
  }
  if (names.empty()) return;
  problems.warning(first, fmt::format("{} {} no Prometheus to ask: globalConfig has no 'prometheus_url'",
                                      fmt::join(names, ", "), names.size() == 1 ? "has" : "have"));
}

}  // namespace app
