// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/options/option_table.h"
#include "enrichers/action.h"

namespace enrichers {

// The ActionType of an action class that is constructed from its options and the services.
template <class TheAction, class Options>
ActionType action_type(const base::OptionTable<Options>& table, bool runs_alone = false) {
  ActionType type;
  type.name = table.set().name();
  type.runs_alone = runs_alone;
  type.options = &table.set();
  type.make = [&table](const base::yaml::Node& params, const Services& services,
                       base::yaml::Problems& problems) -> std::unique_ptr<Action> {
    return std::make_unique<TheAction>(table.read(params, problems), services);
  };
  return type;
}

// An enrichment of one block.
inline schemas::Enrichment enrichment(std::string type, std::string title, std::string action, schemas::Block block) {
  schemas::Enrichment made{std::move(type), std::move(title), std::move(action), {}};
  made.blocks.push_back(std::move(block));
  return made;
}

// Puts lines of text below what an enrichment has.
inline void add_notes(std::vector<std::string> notes, schemas::Enrichment& enrichment) {
  for (std::string& note : notes) enrichment.blocks.push_back(schemas::MarkdownBlock{std::move(note)});
}

// The answer of an action that an event without an alert does not concern.
inline base::Error needs_an_alert() {
  return base::permanent(base::Reason::kNoData, "it needs an alert, and this event has none");
}

}  // namespace enrichers
