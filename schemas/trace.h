// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "schemas/finding.h"

namespace schemas {

// What became of an event that made no finding. A record of topic `traces` ("tocsin.trace/1"), keyed by the event's
// subject. Events with a finding carry their trace in it.
struct EventTrace {
  std::string event_id;
  std::string outcome;  // "matched_nothing", "silenced", "limited", "duplicate".
  std::string rule;
  base::Time at;
  std::vector<TraceStep> steps;
};

std::string encode(const EventTrace& trace);
base::Result<EventTrace> decode_trace(std::string_view json);

}  // namespace schemas
