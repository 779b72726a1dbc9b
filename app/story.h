// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/archive.h"
#include "schemas/delivery.h"
#include "schemas/finding.h"
#include "schemas/transition.h"

namespace app {

// What became of one event: what every stage decided of it, and how every sink answered.
struct Story {
  std::string event_id;    // Empty: no event caused the finding.
  std::string finding_id;  // Empty: the event made none.
  std::string follows;     // The finding whose late evidence it is.
  std::string outcome;     // "finding", "repeat", "follow_up", "matched_nothing", "silenced", "limited", "pending".
  std::string rule;
  std::vector<schemas::TraceStep> steps;
  std::vector<schemas::Transition> transitions;  // Without their evidence.
  std::vector<schemas::Receipt> receipts;
  std::vector<schemas::Delivery> pending;  // Deliveries that have not ended, without their evidence.
};

// A time that an event came, and what it was taken as: an outcome of Story, or "duplicate".
struct Arrival {
  base::Time at;
  std::string as;
};

// The answer of `tocsin explain`.
struct Explanation {
  std::optional<schemas::Incident> incident;  // As it stands, if it was asked for.
  std::vector<Story> stories;  // Oldest first: a finding's, those of all findings of an event or an incident; for the
                               // first two, those of the evidence that followed come last.
  std::vector<Arrival> arrivals;  // Of an event, as far as the log still has them.
};

// Looks up an event, a finding or an incident by its id or the beginning of it; an incident also by its identity's key.
// kNotFound if the log has nothing like it, kBadRequest if the beginning is that of several of them. Of more than
// `max_stories` the newest are told.
base::Result<Explanation> explain(const bus::Archive& archive, std::string_view begin, std::size_t max_stories);

nlohmann::json to_json(const Explanation& explanation);

}  // namespace app
