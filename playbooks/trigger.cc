// SPDX-License-Identifier: Apache-2.0
#include "playbooks/trigger.h"

#include <exception>
#include <utility>

#include "base/log.h"

namespace playbooks {

void TriggerTypes::add(TriggerType type) {
  std::string name = type.name;
  if (!types_.emplace(name, std::move(type)).second) {
    base::log::error("playbooks: two trigger types have the same name", {{"name", name}});
    std::terminate();
  }
}

const TriggerType* TriggerTypes::find(std::string_view name) const {
  auto it = types_.find(name);
  return it == types_.end() ? nullptr : &it->second;
}

std::vector<std::string> TriggerTypes::names() const {
  std::vector<std::string> names;
  for (const auto& [name, type] : types_) names.push_back(name);
  return names;
}

}  // namespace playbooks
