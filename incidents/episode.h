// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bus/transaction.h"
#include "incidents/keeper.h"
#include "incidents/kept_incident.h"
#include "schemas/finding.h"

namespace incidents {

// The one state entry of a key, and its timers.
inline constexpr std::string_view kTable = "incident";
inline constexpr std::string_view kEntry = "state";
inline constexpr std::string_view kHoldDownTimer = "hold_down";
inline constexpr std::string_view kQuietTimer = "quiet";
inline constexpr std::string_view kForgetTimer = "forget";

// What a finding or a timer did to an incident.
struct Outcome {
  // What the ledger calls it: "first_finding", "repeat", "flap", "no_open_incident", ...
  std::string_view cause;
  // What is told; nothing for a change that nobody should hear of.
  std::optional<schemas::TransitionState> told;
};

// The rules of one incident, applied to its state within one transaction: sets timers, writes the state back, emits
// nothing. For one handler call.
class Episode {
 public:
  // `input` identifies what is applied: of a finding or a timer, the same when it is read again.
  Episode(const KeeperOptions& options, std::optional<KeptIncident> kept, std::string input, bus::Transaction& txn);

  Outcome fire(const schemas::Finding& finding);
  Outcome resolve(const schemas::Finding& finding);
  // What is_remark(): belongs to the incident, but neither opens it nor keeps it open.
  Outcome remark();
  // What somebody asks; whatever is told of it leaves the incident as it is, but for who has taken it on.
  Outcome command(const schemas::Command& command);
  // nullopt: the timer has nothing to do any more.
  std::optional<Outcome> hold_down_over();
  std::optional<Outcome> quiet_time_over();

  // Writes the state, with the input among what was applied.
  void save();

  // Requires that an incident is or was open.
  const schemas::Incident& incident() const { return kept_->incident; }

 private:
  Outcome open(const schemas::Finding& finding);
  Outcome reopen(const schemas::Finding& finding);
  Outcome close(std::string_view cause, bool inferred);
  Outcome fire_while_holding(const schemas::Finding& finding);
  void add_member(const schemas::Finding& finding);
  bool raise_severity(const schemas::Finding& finding);
  void see(const schemas::Finding& finding);
  void watch_silence(const schemas::Finding& finding);
  bool is_last(std::string_view member) const;

  const KeeperOptions& options_;
  std::optional<KeptIncident> kept_;
  std::string input_;
  bus::Transaction& txn_;
};

// What opens and closes as one; never empty.
const std::string& member_of(const schemas::Finding& finding);

// The finding without its evidence: what a timer keeps, to say later what it was about.
schemas::Finding without_evidence(schemas::Finding finding);

}  // namespace incidents
