// SPDX-License-Identifier: Apache-2.0
#include <exception>

#include "base/log.h"
#include "enrichers/action.h"

namespace enrichers {

void ActionTypes::add(ActionType type) {
  std::string name = type.name;
  if (types_.emplace(name, std::move(type)).second) return;
  base::log::error("enrichers: two actions have one name", {{"name", name}});
  std::terminate();
}

const ActionType* ActionTypes::find(std::string_view name) const {
  auto it = types_.find(name);
  return it == types_.end() ? nullptr : &it->second;
}

std::vector<std::string> ActionTypes::names() const {
  std::vector<std::string> names;
  for (const auto& [name, type] : types_) names.push_back(name);
  return names;
}

}  // namespace enrichers
