// SPDX-License-Identifier: Apache-2.0
#include "incidents/episode.h"

#include "base/hash.h"

namespace incidents {

using schemas::Finding;
using schemas::TransitionState;

const std::string& member_of(const Finding& finding) {
  if (!finding.member.empty()) return finding.member;
  return finding.fingerprint.empty() ? finding.incident.key : finding.fingerprint;
}

Finding without_evidence(Finding finding) {
  finding.enrichments.clear();
  finding.missing.clear();
  finding.trace.clear();
  return finding;
}

Episode::Episode(const KeeperOptions& options, std::optional<KeptIncident> kept, std::string input,
                 bus::Transaction& txn)
    : options_(options), kept_(std::move(kept)), input_(std::move(input)), txn_(txn) {}

Outcome Episode::fire(const Finding& finding) {
  if (!kept_) return open(finding);
  if (!kept_->incident.open) return reopen(finding);
  if (kept_->holding) return fire_while_holding(finding);
  bool worse = raise_severity(finding);
  bool known = kept_->has_member(member_of(finding));
  bool new_member = !known && !(finding.repeat && kept_->incident.members_not_listed > 0);
  if (new_member) add_member(finding);
  see(finding);
  if (worse) return {"severity_rise", TransitionState::kUpdated};
  if (new_member) return {"new_member", TransitionState::kUpdated};
  return {finding.repeat ? "repeat" : "new_evidence", TransitionState::kUpdated};
}

Outcome Episode::fire_while_holding(const Finding& finding) {
  kept_->holding = false;
  txn_.cancel_timer(kHoldDownTimer);
  bool flapped = kept_->has_member(member_of(finding));
  if (!flapped) {
    kept_->incident.members.clear();
    kept_->quiet_members.clear();
    add_member(finding);
  }
  bool worse = raise_severity(finding);
  see(finding);
  if (worse) return {"severity_rise", TransitionState::kUpdated};
  if (!flapped) return {"new_member", TransitionState::kUpdated};
  return {"flap", std::nullopt};
}

Outcome Episode::open(const Finding& finding) {
  kept_.emplace();
  schemas::Incident& incident = kept_->incident;
  incident.id = base::derive_id({"episode", txn_.key(), input_});
  incident.identity = finding.incident;
  incident.title = finding.title;
  incident.severity = finding.severity;
  incident.opened = txn_.now();
  add_member(finding);
  see(finding);
  return {"first_finding", TransitionState::kOpened};
}

Outcome Episode::reopen(const Finding& finding) {
  schemas::Incident& incident = kept_->incident;
  incident.open = true;
  incident.resolved.reset();
  incident.acknowledged.reset();
  incident.inferred_end = false;
  txn_.cancel_timer(kForgetTimer);
  raise_severity(finding);
  add_member(finding);
  see(finding);
  return {"fired_again", TransitionState::kReopened};
}

Outcome Episode::resolve(const Finding& finding) {
  if (!kept_ || !kept_->incident.open) return {"no_open_incident", std::nullopt};
  const std::string& member = member_of(finding);
  bool known = kept_->has_member(member);
  if (kept_->holding || (!known && kept_->incident.members_not_listed == 0)) return {"member_not_open", std::nullopt};
  if (!is_last(member)) {
    if (known) {
      kept_->remove_member(member);
    } else {
      --kept_->incident.members_not_listed;
    }
    watch_silence(finding);
    return {"member_resolved", TransitionState::kUpdated};
  }
  if (finding.hold_down > base::Duration::zero()) {
    kept_->holding = true;
    txn_.cancel_timer(kQuietTimer);
    txn_.set_timer(kHoldDownTimer, txn_.now() + finding.hold_down, schemas::encode(without_evidence(finding)));
    return {"holding", std::nullopt};
  }
  return close("last_member_resolved", false);
}

Outcome Episode::remark() {
  if (!kept_) return {"no_open_incident", std::nullopt};
  return {"new_evidence", TransitionState::kUpdated};
}

Outcome Episode::command(const schemas::Command& command) {
  using schemas::CommandAction;
  schemas::Incident& incident = kept_->incident;
  if (command.action == CommandAction::kEvidence) return {"evidence_asked", TransitionState::kUpdated};
  if (!incident.open) return {schemas::kTooLateCause, TransitionState::kUpdated};
  if (command.action == CommandAction::kSilence) return {"silence_asked", TransitionState::kUpdated};
  if (incident.acknowledged) return {"acknowledged_before", std::nullopt};
  incident.acknowledged = {.sink = command.sink, .by = command.by, .by_name = command.by_name, .at = command.at};
  return {"acknowledged", TransitionState::kUpdated};
}

std::optional<Outcome> Episode::hold_down_over() {
  if (!kept_ || !kept_->incident.open || !kept_->holding) return std::nullopt;
  return close("last_member_resolved", false);
}

std::optional<Outcome> Episode::quiet_time_over() {
  if (!kept_ || !kept_->incident.open || kept_->holding) return std::nullopt;
  std::vector<std::string> silent = kept_->quiet_members;
  for (const std::string& member : silent) kept_->remove_member(member);
  if (kept_->incident.members.empty()) return close("quiet_time", true);
  if (silent.empty()) return std::nullopt;
  return Outcome{"quiet_time", TransitionState::kUpdated};
}

Outcome Episode::close(std::string_view cause, bool inferred) {
  schemas::Incident& incident = kept_->incident;
  incident.open = false;
  incident.resolved = txn_.now();
  incident.inferred_end = inferred;
  incident.members.clear();
  incident.members_not_listed = 0;
  kept_->quiet_members.clear();
  kept_->holding = false;
  txn_.cancel_timer(kHoldDownTimer);
  txn_.cancel_timer(kQuietTimer);
  txn_.set_timer(kForgetTimer, txn_.now() + options_.reopen_window);
  return {cause, TransitionState::kResolved};
}

void Episode::add_member(const Finding& finding) {
  if (kept_->incident.members.size() < options_.max_members) {
    kept_->incident.members.push_back(member_of(finding));
  } else {
    ++kept_->incident.members_not_listed;
  }
}

bool Episode::raise_severity(const Finding& finding) {
  if (finding.severity <= kept_->incident.severity) return false;
  kept_->incident.severity = finding.severity;
  return true;
}

void Episode::see(const Finding& finding) {
  ++kept_->incident.count;
  kept_->incident.last_seen = txn_.now();
  if (kept_->has_member(member_of(finding))) {
    kept_->set_quiet(member_of(finding), finding.quiet_time > base::Duration::zero());
  }
  watch_silence(finding);
}

// Members without an end signal end by silence. So do members that are only counted: a resolve that gets lost would
// otherwise keep the incident open for ever.
void Episode::watch_silence(const Finding& finding) {
  base::Duration silence = finding.quiet_time;
  if (finding.state == schemas::FindingState::kResolved) silence = base::Duration::zero();
  if (silence == base::Duration::zero() && kept_->incident.members_not_listed > 0) silence = options_.reopen_window;
  if (silence > base::Duration::zero()) {
    txn_.set_timer(kQuietTimer, txn_.now() + silence, schemas::encode(without_evidence(finding)));
  }
}

bool Episode::is_last(std::string_view member) const {
  const schemas::Incident& incident = kept_->incident;
  auto open = static_cast<std::int64_t>(incident.members.size()) + incident.members_not_listed;
  return open == 1 && (incident.members.empty() || incident.members.front() == member);
}

void Episode::save() {
  if (!kept_) return;
  kept_->mark_applied(input_);
  txn_.put(kTable, kEntry, encode(*kept_));
}

}  // namespace incidents
