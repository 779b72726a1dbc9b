// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "schemas/command.h"
#include "schemas/finding.h"

namespace schemas {

enum class TransitionState { kOpened, kUpdated, kResolved, kReopened };
std::string_view to_string(TransitionState state);  // "opened", "updated", "resolved", "reopened"

// Somebody has taken an incident on.
struct Acknowledgement {
  std::string sink;     // Where it was said.
  std::string by;       // Who, as that sink names people: "<@U123>".
  std::string by_name;  // The same for other readers: "ann".
  base::Time at;
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

// The incident as it stands at a transition.
struct Incident {
  std::string id;  // One episode: derived from the identity's key and the event that opened it.
  IncidentIdentity identity;
  std::string title;
  Severity severity = Severity::kInfo;  // The worst it has had.
  bool open = true;
  base::Time opened;
  base::Time last_seen;
  std::optional<base::Time> resolved;
  std::int64_t count = 0;                       // Findings that said it, repeats included.
  std::vector<std::string> members;             // What is open now.
  std::int64_t members_not_listed = 0;          // Open too, but over the bound of what is listed.
  bool inferred_end = false;                    // Closed by quiet time instead of by a resolve.
  std::optional<Acknowledgement> acknowledged;  // Since it opened or reopened.
  friend bool operator==(const Incident&, const Incident&) = default;
};

// An incident opened, was updated, resolved or reopened. A record of topic `transitions` ("tocsin.transition/1"), keyed
// by incident.identity.key, and the body that webhook sinks send.
struct Transition {
  std::string id;  // Derived from the incident's id and the event that caused it.
  TransitionState state = TransitionState::kOpened;
  std::string cause;  // "first_finding", "new_member", "severity_rise", "repeat", "new_evidence",
                      // "last_member_resolved", "quiet_time", "acknowledged", "silence_asked", "evidence_asked",
                      // "asked_too_late", ...
  base::Time at;
  Incident incident;
  Finding finding;                 // The one that caused it; the last one for a timer or a command.
  std::optional<Command> command;  // That caused it. What is asked is told to the sink where it was asked alone.
  std::string unknown = "{}";
};

// The cause of a beat of tocsin's own, which shows that a sink can be told.
inline constexpr std::string_view kHeartbeatCause = "heartbeat";
bool is_heartbeat(const Transition& transition);
// The cause where somebody asked for what only an open incident can have.
inline constexpr std::string_view kTooLateCause = "asked_too_late";
// Whether it tells nothing of the incident but what somebody asked of one sink.
bool is_asked(const Transition& transition);

std::string encode(const Transition& transition);
base::Result<Transition> decode_transition(std::string_view json);
nlohmann::json to_json(const Incident& incident);
nlohmann::json to_json(const Transition& transition);

}  // namespace schemas
