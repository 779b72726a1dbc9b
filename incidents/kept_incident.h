// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/transition.h"

namespace incidents {

// What the keeper remembers of an incident between two findings: the only entry of its key's state
// ("tocsin.incident_state/1", docs/formats/incident-state.md).
struct KeptIncident {
  schemas::Incident incident;
  // Those of incident.members that have no end signal: they end by silence.
  std::vector<std::string> quiet_members;
  // The last member has resolved and the hold-down runs; it is still listed as a member.
  bool holding = false;
  // The newest inputs that were applied, oldest first: reading one of them again changes nothing.
  std::vector<std::string> applied;

  bool has_member(std::string_view member) const;
  bool was_applied(std::string_view input) const;
  void mark_applied(std::string input);
  void set_quiet(std::string_view member, bool quiet);
  void remove_member(std::string_view member);
};

// How many inputs are remembered as applied. A crash makes a stage read again what it handled since its position was
// last committed; of one key that is what came within a second or two, and an id takes 35 bytes.
inline constexpr std::size_t kMaxApplied = 32;

std::string encode(const KeptIncident& kept);
base::Result<KeptIncident> decode_kept_incident(std::string_view json);

}  // namespace incidents
