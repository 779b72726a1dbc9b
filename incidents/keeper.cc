// SPDX-License-Identifier: Apache-2.0
#include "incidents/keeper.h"

#include "base/hash.h"
#include "base/log.h"
#include "incidents/episode.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"

namespace incidents {

namespace {

namespace ledger = schemas::ledger;

base::Result<std::optional<KeptIncident>> load(const bus::Transaction& txn) {
  const std::string* state = txn.get(kTable, kEntry);
  if (state == nullptr) return std::nullopt;
  BOOST_OUTCOME_TRY(KeptIncident kept, decode_kept_incident(*state));
  return std::optional<KeptIncident>(std::move(kept));
}

Outcome apply(Episode& episode, const schemas::Finding& finding) {
  if (is_remark(finding)) return episode.remark();
  return finding.state == schemas::FindingState::kFiring ? episode.fire(finding) : episode.resolve(finding);
}

void count_event(const schemas::Finding& finding, const Outcome& outcome, bus::Transaction& txn) {
  if (finding.event_id.empty()) return;
  bool matched = outcome.cause != "no_open_incident";
  ledger::count_event(txn, finding.event_source, matched ? ledger::kInIncident : ledger::kMatchedNothing,
                      outcome.cause);
}

void tell(const Outcome& outcome, schemas::Finding finding, std::string_view input, const Episode& episode,
          bus::Transaction& txn, base::Metrics& metrics, std::optional<schemas::Command> command = {}) {
  if (!outcome.told) return;
  schemas::Transition transition;
  transition.incident = episode.incident();
  transition.id = base::derive_id({"transition", transition.incident.id, input});
  transition.state = *outcome.told;
  transition.cause = outcome.cause;
  transition.at = txn.now();
  transition.finding = std::move(finding);
  transition.command = std::move(command);
  txn.emit(schemas::topics::kTransitions, txn.key(), schemas::encode(transition));
  metrics
      .counter("tocsin_incident_transitions_total", "Transitions of incidents.",
               {{"state", std::string(to_string(transition.state))}, {"cause", transition.cause}})
      .Increment();
}

// The state entry with the last finding that fired, for what commands tell.
constexpr std::string_view kFindingEntry = "finding";

void keep_finding(const schemas::Finding& finding, bus::Transaction& txn) {
  if (finding.state != schemas::FindingState::kFiring || is_remark(finding)) return;
  txn.put(kTable, kFindingEntry, schemas::encode(without_evidence(finding)));
}

void count_command(base::Metrics& metrics, std::string_view action, std::string_view outcome) {
  metrics
      .counter("tocsin_incident_commands_total", "What people asked of incidents, by what came of it.",
               {{"action", std::string(action)}, {"outcome", std::string(outcome)}})
      .Increment();
}

}  // namespace

Keeper::Keeper(KeeperOptions options, base::Metrics& metrics) : options_(options), metrics_(metrics) {}

base::Task<base::Result<void>> Keeper::on_record(const bus::Record& record, bus::Transaction& txn) {
  return record.topic == schemas::topics::kCommands ? on_command(record, txn) : on_finding(record, txn);
}

base::Task<base::Result<void>> Keeper::on_command(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(schemas::Command command, schemas::decode_command(record.value));
  BOOST_OUTCOME_CO_TRY(std::optional<KeptIncident> kept, load(txn));
  if (kept && kept->was_applied(command.id)) {
    count_command(metrics_, to_string(command.action), "repeated");
    co_return base::ok();
  }
  const std::string* last = txn.get(kTable, kFindingEntry);
  Outcome outcome{"not_known", std::nullopt};
  if (kept && last != nullptr && kept->incident.id == command.incident_id) {
    BOOST_OUTCOME_CO_TRY(schemas::Finding finding, schemas::decode_finding(*last));
    finding.repeat = true;
    Episode episode(options_, std::move(kept), command.id, txn);
    outcome = episode.command(command);
    episode.save();
    tell(outcome, std::move(finding), command.id, episode, txn, metrics_, command);
  }
  bool is_done = outcome.told && outcome.cause != schemas::kTooLateCause;
  count_command(metrics_, to_string(command.action), is_done ? "told" : outcome.cause);
  base::log::info("incidents: somebody asked for something", {{"incident", command.incident_id},
                                                              {"what", std::string(to_string(command.action))},
                                                              {"who", person_of(command)},
                                                              {"sink", command.sink},
                                                              {"outcome", std::string(outcome.cause)}});
  co_return base::ok();
}

base::Task<base::Result<void>> Keeper::on_finding(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(schemas::Finding finding, schemas::decode_finding(record.value));
  BOOST_OUTCOME_CO_TRY(std::optional<KeptIncident> kept, load(txn));
  std::string input = finding.id;
  if (kept && kept->was_applied(input)) co_return base::ok();

  Episode episode(options_, std::move(kept), input, txn);
  Outcome outcome = apply(episode, finding);
  episode.save();
  if (expects_commands_) keep_finding(finding, txn);
  count_event(finding, outcome, txn);
  if (outcome.cause == "no_open_incident" || outcome.cause == "member_not_open") {
    metrics_
        .counter("tocsin_incident_stray_findings_total", "Resolves and remarks whose incident or member is not open.")
        .Increment();
  }
  tell(outcome, std::move(finding), input, episode, txn, metrics_);
  co_return base::ok();
}

base::Task<base::Result<void>> Keeper::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(std::optional<KeptIncident> kept, load(txn));
  if (timer.name == kForgetTimer) {
    if (kept && !kept->incident.open) {
      txn.erase(kTable, kEntry);
      if (txn.get(kTable, kFindingEntry) != nullptr) txn.erase(kTable, kFindingEntry);
    }
    co_return base::ok();
  }
  BOOST_OUTCOME_CO_TRY(schemas::Finding finding, schemas::decode_finding(timer.value));
  std::string input = base::derive_id({timer.name, base::to_rfc3339(timer.due)});
  Episode episode(options_, std::move(kept), input, txn);
  std::optional<Outcome> outcome = timer.name == kHoldDownTimer ? episode.hold_down_over() : episode.quiet_time_over();
  if (!outcome) co_return base::ok();
  episode.save();
  tell(*outcome, std::move(finding), input, episode, txn, metrics_);
  co_return base::ok();
}

void Keeper::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  if (record.topic == schemas::topics::kCommands) return count_command(metrics_, "unreadable", "dead_lettered");
  auto finding = schemas::decode_finding(record.value);
  if (finding.has_value() && finding.value().event_id.empty()) return;
  ledger::count_event(txn, finding ? finding.value().event_source : "", ledger::kEventDeadLettered,
                      base::to_string(error.reason));
}

bus::StageSpec keeper_stage() {
  namespace topics = schemas::topics;
  return {.name = "incidents", .inputs = {std::string(topics::kFindings), std::string(topics::kCommands)}};
}

}  // namespace incidents
