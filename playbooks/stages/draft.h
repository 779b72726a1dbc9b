// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "playbooks/severity_map.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace playbooks {

// What an alert says of itself, before any action adds to it. `is_repeat`: the event's id made a finding before. Pure.
schemas::Finding draft_of(const schemas::Event& event, const SeverityMap& severities, base::Time now, bool is_repeat);

}  // namespace playbooks
