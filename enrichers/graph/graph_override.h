// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/chart.h"
#include "base/options/option_table.h"

namespace enrichers {

// What a resource chart measures, and of what: Robusta's words.
enum class ResourceType { kCpu, kMemory, kDisk };
enum class ItemType { kPod, kNode, kContainer };

// One item of `prometheus_graphs_overrides`: another query for one of the resource charts.
struct GraphOverride {
  ResourceType resource_type = ResourceType::kCpu;
  ItemType item_type = ItemType::kPod;
  std::string query;
  std::optional<base::Unit> values_format;
};
const base::OptionTable<GraphOverride>& graph_override_options();

// The names that these have in a configuration.
template <class Options>
void add_resource_type(base::OptionTable<Options>& table, ResourceType Options::*field) {
  table.choice("resource_type", field, "What is measured.",
               {{"CPU", ResourceType::kCpu}, {"Memory", ResourceType::kMemory}, {"Disk", ResourceType::kDisk}},
               base::kRequired);
}
template <class Options>
void add_item_type(base::OptionTable<Options>& table, ItemType Options::*field) {
  table.choice("item_type", field, "What it is measured of. Disk is known of nodes only.",
               {{"Pod", ItemType::kPod}, {"Node", ItemType::kNode}, {"Container", ItemType::kContainer}},
               base::kRequired);
}

}  // namespace enrichers
