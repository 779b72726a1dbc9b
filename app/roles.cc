// SPDX-License-Identifier: Apache-2.0
#include "app/roles.h"

#include <algorithm>

namespace app {

Roles Roles::of(const std::vector<std::string>& names) {
  auto has = [&](const char* name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  };
  return {has("ingest"), has("playbooks"), has("incidents"), has("sinks"), has("investigate")};
}

std::vector<std::string> Roles::names() const {
  std::vector<std::string> names;
  if (ingest) names.emplace_back("ingest");
  if (playbooks) names.emplace_back("playbooks");
  if (incidents) names.emplace_back("incidents");
  if (sinks) names.emplace_back("sinks");
  if (investigate) names.emplace_back("investigate");
  return names;
}

base::Result<void> Roles::fit(BusType bus) const {
  if (bus != BusType::kEmbedded || (ingest && playbooks && incidents && sinks)) return base::ok();
  return base::permanent(base::Reason::kBadRequest,
                         "--roles: the embedded log is of one process, which needs all roles: leave --roles out, or "
                         "configure bus.type: kafka, where processes share the work");
}

}  // namespace app
