// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"
#include "playbooks/trigger.h"

namespace playbooks {

// What playbooks can be made of. Must outlive the loading; the services also what was loaded.
struct Catalogue {
  const TriggerTypes& triggers;
  const enrichers::ActionTypes& actions;
  const enrichers::Services& services;
};

}  // namespace playbooks
