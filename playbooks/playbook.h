// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "enrichers/action.h"
#include "playbooks/trigger.h"

namespace playbooks {

// One action of a playbook.
struct Step {
  std::string name;
  bool runs_alone = false;
  std::unique_ptr<const enrichers::Action> action;
};

// Triggers and actions. Immutable once loaded.
struct Playbook {
  std::string name;  // Unique within its set: the user's, or where it stands ("customPlaybooks[2]").
  std::vector<std::unique_ptr<const Trigger>> triggers;  // Any of them fires it.
  std::vector<Step> steps;
  std::vector<std::string> sinks;  // Empty: the default ones.
  bool stop = false;               // No later playbook sees an event that this one matches.
  bool fallback = false;           // Leaves out actions that an earlier playbook ran for the same event.
  bool is_builtin = false;         // Comes with tocsin, and not from the user's file.
  base::Duration rate_limit{};     // At most one success in this time and for one subject; zero: no limit.
};

}  // namespace playbooks
