// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"
#include "playbooks/trigger.h"
#include "sinks/sink_types.h"

namespace app {

// Every kind of trigger, action and sink that there is, by the name that users write.
struct Components {
  playbooks::TriggerTypes triggers;
  enrichers::ActionTypes actions;
  sinks::SinkTypes sinks;
};

// The one list of them. A new component adds its line in components.cc. Thread-safe.
const Components& components();

}  // namespace app
