// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink_types.h"

#include <exception>

#include "base/log.h"

namespace sinks {

base::Clock& wall_clock() {
  static base::SystemClock clock;
  return clock;
}

void SinkTypes::add(SinkType type) {
  auto name = type.name;
  if (types_.emplace(name, std::move(type)).second) return;
  base::log::error("sinks: a kind of sink is listed twice", {{"kind", name}});
  std::terminate();
}

const SinkType* SinkTypes::find(std::string_view name) const {
  auto it = types_.find(name);
  return it == types_.end() ? nullptr : &it->second;
}

std::vector<std::string> SinkTypes::names() const {
  std::vector<std::string> names;
  for (const auto& [name, type] : types_) names.push_back(name);
  return names;
}

}  // namespace sinks
