// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace schemas {

// What a person can ask of an incident.
enum class CommandAction {
  kAcknowledge,  // Somebody has taken it on.
  kSilence,      // No more notifications of it from Alertmanager, for Command::hours.
  kEvidence,     // What was cut of its evidence.
};
std::string_view to_string(CommandAction action);  // "acknowledge", "silence", "evidence"

// Somebody asked for something where a sink tells of an incident: a button was pressed. A record of topic `commands`
// ("tocsin.command/1"), keyed by the incident as findings are, so that it comes to who keeps the incident.
struct Command {
  std::string id;  // Derived from what was pressed, by whom and when: a click that is sent again is the same.
  CommandAction action = CommandAction::kAcknowledge;
  int hours = 0;             // Of a silence.
  std::string sink;          // Where it was asked, and is answered.
  std::string incident_key;  // IncidentIdentity::key.
  std::string incident_id;   // The episode.
  std::string by;            // Who, as the sink names people: "<@U123>".
  std::string by_name;       // The same for other readers: "ann".
  base::Time at;             // When.
  friend bool operator==(const Command&, const Command&) = default;
};

// How "acknowledge" is told of: "ann", else what stands for her.
const std::string& person_of(const Command& command);

std::string encode(const Command& command);
base::Result<Command> decode_command(std::string_view json);

}  // namespace schemas
