// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/passage.h"

#include <algorithm>
#include <utility>

#include "incidents/identity.h"
#include "playbooks/stages/draft.h"
#include "playbooks/stages/match.h"
#include "playbooks/stages/rate_limits.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "schemas/trace.h"

namespace playbooks {

namespace ledger = schemas::ledger;

namespace {

void add_once(std::vector<std::string>& all, std::string_view name) {
  if (std::ranges::find(all, name) == all.end()) all.emplace_back(name);
}

}  // namespace

Passage::Passage(std::shared_ptr<const Playbooks> playbooks, schemas::Event event, std::size_t bytes,
                 bus::Transaction& txn)
    : playbooks_(std::move(playbooks)),
      event_(std::make_shared<const schemas::Event>(std::move(event))),
      bytes_(bytes),
      txn_(txn),
      memory_(recall(txn, *event_)) {}

bool Passage::is_resolved() const { return event_->alert->status == schemas::AlertStatus::kResolved; }

Occasion Passage::occasion() const {
  const std::string& label = schemas::value_of(event_->alert->labels, "severity");
  return {*event_, {}, severity_of(label, playbooks_->severities)};
}

// An end is told once: nobody waits for more of it.
std::chrono::milliseconds Passage::patience() const {
  if (is_resolved() || bytes_ > LateEvidence::kLargestEvent) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(options().late_deadline);
}

base::Task<base::Result<void>> Passage::run(LateServices& services) {
  if (memory_.is_duplicate(*event_, options().dedup_window)) {
    ledger::count_event(txn_, event_->source, ledger::kDuplicate, "");
    co_return base::ok();
  }
  if (memory_.is_repeat(*event_)) {
    repeat();
    co_return base::ok();
  }
  begin_episode();
  std::vector<const Playbook*> matched = match(*playbooks_, occasion(), trace_);
  std::vector<const Playbook*> ran = within_limits(matched);
  if (ran.empty() && !must_be_told()) {
    if (matched.empty()) {
      conclude("matched_nothing", ledger::kMatchedNothing, "");
    } else {
      conclude("limited", ledger::kLimited, matched.front()->name);
    }
    co_return base::ok();
  }
  schemas::Finding draft = draft_of(*event_, playbooks_->severities, txn_.now(), false);
  memory_.overrides.apply(draft);
  Acting acting{playbooks_, ran, event_, std::move(draft), txn_.now(), patience()};
  Acted acted = co_await act(std::move(acting), trace_, services.metrics, services.calls.places(), services.group);
  if (acted.was_cancelled) co_return base::passing(base::Reason::kCancelled, "the stage was stopped");
  if (acted.silenced_by && !must_be_told()) {
    count(ran, "silenced");
    conclude("silenced", ledger::kSilenced, *acted.silenced_by);
    co_return base::ok();
  }
  tell(std::move(acted), ran, services);
  co_return base::ok();
}

// Takes the event into what is remembered; what an earlier time of the alert left does not count for a new one.
void Passage::begin_episode() {
  bool fires_anew = !is_resolved() && memory_.resolved;
  if (fires_anew) {
    memory_.incident.reset();
    memory_.sinks.clear();
  }
  if (!is_resolved()) {
    memory_.told.clear();
    memory_.overrides = {};
  }
  memory_.take(*event_);
  if (is_resolved()) clear_limits(txn_);
}

// Says it again, as fresh as the alert is and with what the actions changed then, but runs none of them.
void Passage::repeat() {
  memory_.take(*event_);
  trace_.add("dedup", "", "repeat", "told before: no playbook runs");
  schemas::Finding finding = draft_of(*event_, playbooks_->severities, txn_.now(), true);
  memory_.overrides.apply(finding);
  finding.sinks = memory_.sinks;
  identify(finding);
  emit(std::move(finding));
}

std::vector<const Playbook*> Passage::within_limits(const std::vector<const Playbook*>& matched) {
  std::vector<const Playbook*> free;
  for (const Playbook* playbook : matched) {
    if (!is_resolved() && is_limited(txn_, *playbook)) {
      trace_.add("limit", playbook->name, "limited", "ran within " + base::to_string(playbook->rate_limit));
      count({playbook}, "limited");
    } else {
      free.push_back(playbook);
    }
  }
  return free;
}

// What became of an event that these playbooks matched.
void Passage::count(const std::vector<const Playbook*>& matched, std::string_view end) {
  for (const Playbook* playbook : matched) {
    txn_.count(ledger::with(std::string(ledger::kPlaybooks) + playbook->name, end));
  }
}

void Passage::tell(Acted acted, const std::vector<const Playbook*>& ran, LateServices& services) {
  for (const Playbook* playbook : ran) {
    if (!is_resolved() && !acted.failed.contains(playbook)) spend_limit(txn_, *playbook);
  }
  count(ran, "told");
  schemas::Finding& finding = acted.finding;
  limit_sinks(finding, ran);
  identify(finding);
  memory_.overrides = std::move(acted.overrides);
  memory_.sinks = finding.sinks;
  if (!is_resolved()) memory_.told = event_->id;
  await_evidence(acted.awaited, *event_, finding, options(), services, txn_);
  emit(std::move(finding));
}

// Whoever heard of the alert hears of its end.
void Passage::limit_sinks(schemas::Finding& finding, const std::vector<const Playbook*>& ran) const {
  std::vector<std::string> sinks;
  bool was_told = memory_.incident.has_value();
  bool to_default = was_told ? memory_.sinks.empty() : ran.empty();
  if (was_told) sinks = memory_.sinks;
  for (const Playbook* playbook : ran) {
    to_default = to_default || playbook->sinks.empty();
    for (const std::string& sink : playbook->sinks) add_once(sinks, sink);
  }
  if (sinks.empty()) return;
  if (to_default) add_once(sinks, schemas::kDefaultSinks);
  finding.sinks = std::move(sinks);
}

void Passage::identify(schemas::Finding& finding) {
  std::string how = "remembered";
  if (!memory_.incident) {
    how = "derived";
    memory_.incident =
        incidents::identify(event_->cluster, finding.subject, finding.aggregation_key, finding.fingerprint);
  }
  finding.incident = *memory_.incident;
  const schemas::IncidentIdentity& chosen = finding.incident;
  trace_.add("identity", chosen.family, how, chosen.name_space + "/" + chosen.owner_kind + "/" + chosen.owner_name);
}

void Passage::emit(schemas::Finding finding) {
  finding.trace = trace_.take();
  txn_.emit(schemas::topics::kFindings, finding.incident.key, schemas::encode(finding));
  remember(txn_, *event_, memory_, options());
}

void Passage::conclude(std::string outcome, std::string_view counter, const std::string& rule) {
  ledger::count_event(txn_, event_->source, counter, rule);
  schemas::EventTrace trace{event_->id, std::move(outcome), rule, txn_.now(), trace_.take()};
  txn_.emit(schemas::topics::kTraces, event_->subject, schemas::encode(trace));
  remember(txn_, *event_, memory_, options());
}

}  // namespace playbooks
