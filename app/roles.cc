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

}  // namespace app
