// SPDX-License-Identifier: Apache-2.0
#include "incidents/keeper.h"

#include "base/hash.h"
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
  if (finding.type == schemas::FindingType::kAiAnalysis) return episode.remark();
  return finding.state == schemas::FindingState::kFiring ? episode.fire(finding) : episode.resolve(finding);
}

void count_event(const schemas::Finding& finding, const Outcome& outcome, bus::Transaction& txn) {
  if (finding.event_id.empty()) return;
  bool matched = outcome.cause != "no_open_incident";
  ledger::count_event(txn, finding.event_source, matched ? ledger::kInIncident : ledger::kMatchedNothing,
                      outcome.cause);
}

void tell(const Outcome& outcome, schemas::Finding finding, std::string_view input, const Episode& episode,
          bus::Transaction& txn, base::Metrics& metrics) {
  if (!outcome.told) return;
  schemas::Transition transition;
  transition.incident = episode.incident();
  transition.id = base::derive_id({"transition", transition.incident.id, input});
  transition.state = *outcome.told;
  transition.cause = outcome.cause;
  transition.at = txn.now();
  transition.finding = std::move(finding);
  txn.emit(schemas::topics::kTransitions, txn.key(), schemas::encode(transition));
  metrics
      .counter("tocsin_incident_transitions_total", "Transitions of incidents.",
               {{"state", std::string(to_string(transition.state))}, {"cause", transition.cause}})
      .Increment();
}

}  // namespace

Keeper::Keeper(KeeperOptions options, base::Metrics& metrics) : options_(options), metrics_(metrics) {}

base::Task<base::Result<void>> Keeper::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(schemas::Finding finding, schemas::decode_finding(record.value));
  BOOST_OUTCOME_CO_TRY(std::optional<KeptIncident> kept, load(txn));
  std::string input = finding.id;
  if (kept && kept->was_applied(input)) co_return base::ok();

  Episode episode(options_, std::move(kept), input, txn);
  Outcome outcome = apply(episode, finding);
  episode.save();
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
    if (kept && !kept->incident.open) txn.erase(kTable, kEntry);
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
  auto finding = schemas::decode_finding(record.value);
  if (finding.has_value() && finding.value().event_id.empty()) return;
  ledger::count_event(txn, finding ? finding.value().event_source : "", ledger::kEventDeadLettered,
                      base::to_string(error.reason));
}

bus::StageSpec keeper_stage() { return {.name = "incidents", .inputs = {std::string(schemas::topics::kFindings)}}; }

}  // namespace incidents
