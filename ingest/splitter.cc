// SPDX-License-Identifier: Apache-2.0
#include "ingest/splitter.h"

#include <utility>

#include "base/log.h"
#include "bus/dead_letter.h"
#include "ingest/alertmanager_body.h"
#include "ingest/intake_record.h"
#include "schemas/event.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"

namespace ingest {

namespace {

constexpr std::string_view kStage = "split";

schemas::Event event_of(schemas::Alert alert, const std::string& cluster, const IntakeRecord& intake) {
  schemas::Event event;
  event.id = schemas::event_id(cluster, intake.source, alert);
  event.source = intake.source;
  event.cluster = cluster;
  event.subject = schemas::subject_of(cluster, alert);
  event.received = intake.received;
  event.alert = std::move(alert);
  return event;
}

void count_dead_letter(const base::Error& error, const Weight& weight, bus::Transaction& txn) {
  schemas::ledger::count_event(txn, weight.source, schemas::ledger::kEventDeadLettered, base::to_string(error.reason),
                               weight.events);
}

// The letter holds a record with the one bad alert, so that playing it again splits just that.
void bury(const BadAlert& bad, const IntakeRecord& intake, bus::Transaction& txn) {
  bus::DeadLetter letter;
  letter.stage = kStage;
  letter.topic = schemas::topics::kIntake;
  letter.key = txn.key();
  letter.value = encode(intake.source, intake.received, bad.body);
  letter.id = bus::dead_letter_id(letter.stage, letter.topic, letter.key, letter.value);
  letter.reason = base::to_string(bad.error.reason);
  letter.message = bad.error.message;
  letter.attempts = 1;
  letter.at = txn.now();
  txn.emit(bus::kDeadLetters, letter.key, bus::encode(letter));
  count_dead_letter(bad.error, {intake.source, 1}, txn);
}

}  // namespace

Splitter::Splitter(std::string cluster, SplitRules rules, base::Metrics& metrics)
    : cluster_(std::move(cluster)),
      rules_(std::make_shared<const SplitRules>(std::move(rules))),
      bad_alerts_(metrics.counter("tocsin_intake_bad_alerts_total", "Alerts of a wrong shape, dead-lettered.")) {}

base::Task<base::Result<void>> Splitter::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto intake, decode_intake(record.value));
  BOOST_OUTCOME_CO_TRY(auto parsed, parse_alerts(intake.body));
  auto rules = this->rules();
  for (schemas::Alert& alert : parsed.alerts) {
    rules->relabel.apply(alert.labels);
    auto event = event_of(std::move(alert), cluster_, intake);
    if (rules->watchdog && rules->watchdog->is_it(*event.alert)) event.subject = kWatchdogKey;
    txn.emit(schemas::topics::kEvents, event.subject, schemas::encode(event));
  }
  for (const BadAlert& bad : parsed.bad) {
    bury(bad, intake, txn);
    warn(bad.error, intake.source, txn.now());
  }
  bad_alerts_.Increment(static_cast<double>(parsed.bad.size()));
  co_return base::ok();
}

void Splitter::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  Weight weight = weigh_intake(record.value);
  count_dead_letter(error, weight, txn);
  warn(error, weight.source, txn.now());
}

void Splitter::warn(const base::Error& error, std::string_view source, base::Time now) {
  auto reason = base::to_string(error.reason);
  auto times = lines_.count(std::string(source) + "/" + std::string(reason), now);
  if (!times) return;
  base::log::warn("intake: what can't be read is a dead letter, see tocsin dlq",
                  {{"source", source}, {"reason", reason}, {"times", *times}});
}

void Splitter::replace(SplitRules rules) {
  auto next = std::make_shared<const SplitRules>(std::move(rules));
  std::lock_guard lock(mutex_);
  rules_.swap(next);
}

std::shared_ptr<const SplitRules> Splitter::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

Weight weigh_intake(std::string_view intake_record) {
  auto intake = decode_intake(intake_record);
  if (!intake) return {};
  auto summary = summarize(intake.value().body);
  return {intake.value().source, summary ? static_cast<std::int64_t>(summary.value().alerts) : 1};
}

bus::StageSpec Splitter::stage() {
  bus::StageSpec spec;
  spec.name = kStage;
  spec.inputs = {std::string(schemas::topics::kIntake)};
  spec.concurrency = 16;  // CPU-bound: more than the cores only costs memory.
  return spec;
}

}  // namespace ingest
