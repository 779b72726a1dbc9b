// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "playbooks/playbooks.h"
#include "playbooks/stages/trace_log.h"

namespace playbooks {

// The playbooks that an event fires, in order, up to and with the first that stops. Pure.
std::vector<const Playbook*> match(const Playbooks& playbooks, const Occasion& occasion, TraceLog& trace);

}  // namespace playbooks
