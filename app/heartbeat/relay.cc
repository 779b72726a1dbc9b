// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/relay.h"

#include <boost/asio/awaitable.hpp>

#include "app/heartbeat/beat.h"
#include "app/heartbeat/lease.h"
#include "base/hash.h"
#include "ingest/intake_record.h"
#include "schemas/delivery.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "schemas/trace.h"
#include "sinks/routing/router.h"

namespace app::heartbeat {

namespace ledger = schemas::ledger;
namespace topics = schemas::topics;

namespace {

using Passed = base::Result<bool>;

constexpr std::string_view kTable = "beat";
constexpr std::string_view kLast = "last";

// Whether another process has sent the same beat, or a later one.
bool came_before(const Beat& beat, bus::Transaction& txn) {
  const std::string* last = txn.get(kTable, kLast);
  auto before = base::parse_rfc3339(last != nullptr ? *last : "");
  if (before && before.value() && beat.due <= *before.value()) return true;
  txn.put(kTable, kLast, base::to_rfc3339(beat.due));
  return false;
}

schemas::Event arming(const bus::Record& record, const Rules& rules, base::Time received) {
  schemas::Event event;
  event.id = base::derive_id({"event", kSource, "arm", base::to_rfc3339(received)});
  event.source = kSource;
  event.cluster = rules.cluster;
  event.subject = record.key;
  event.received = received;
  return event;
}

// The lease's own record, or an alert that renews it.
void take_watchdog(const schemas::Event& event, const Rules& rules, bus::Transaction& txn) {
  ledger::count_event(txn, event.source, ledger::kHeartbeat, event.alert ? "watchdog" : "armed");
  if (!rules.watchdog) return;
  if (!event.alert) return arm(*rules.watchdog, event.cluster, txn);
  renew(*rules.watchdog, event, txn);
  schemas::EventTrace trace{event.id, "heartbeat", rules.watchdog->alert, txn.now(), {}};
  trace.steps = {{"watchdog", rules.watchdog->alert, "renewed",
                  "absent for longer than " + base::to_string(rules.watchdog->lease) + " it is a finding"}};
  txn.emit(topics::kTraces, event.subject, schemas::encode(trace));
}

schemas::Delivery delivery_of(schemas::Transition transition, const std::string& sink, base::Time now) {
  std::string id = sinks::delivery_id(transition.id, sink);
  return {.id = std::move(id), .sink = sink, .created = now, .opening = false, .transition = std::move(transition)};
}

}  // namespace

Passed split(const bus::Record& record, const Rules& rules, bus::Transaction& txn) {
  BOOST_OUTCOME_TRY(auto intake, ingest::decode_intake(record.value));
  BOOST_OUTCOME_TRY(auto beat, from_body(intake.body));
  schemas::Event event =
      beat ? to_event(*beat, rules.cluster, intake.received) : arming(record, rules, intake.received);
  if (beat && came_before(*beat, txn)) {
    ledger::count_event(txn, kSource, ledger::kDuplicate, "");
    return false;
  }
  txn.emit(topics::kEvents, record.key, schemas::encode(event));
  return beat.has_value();
}

Passed play(const bus::Record& record, const Rules& rules, bus::Transaction& txn) {
  BOOST_OUTCOME_TRY(auto event, schemas::decode_event(record.value));
  if (record.key == ingest::kWatchdogKey) {
    take_watchdog(event, rules, txn);
    return false;
  }
  BOOST_OUTCOME_TRY(beat_of(event));
  txn.emit(topics::kFindings, record.key, schemas::encode(to_finding(event, txn.now())));
  return true;
}

Passed keep(const bus::Record& record, const Rules&, bus::Transaction& txn) {
  BOOST_OUTCOME_TRY(auto finding, schemas::decode_finding(record.value));
  ledger::count_event(txn, finding.event_source, ledger::kHeartbeat, "beat");
  txn.emit(topics::kTransitions, record.key, schemas::encode(to_transition(std::move(finding), txn.now())));
  return true;
}

Passed route(const bus::Record& record, const Rules& rules, bus::Transaction& txn) {
  BOOST_OUTCOME_TRY(auto transition, schemas::decode_transition(record.value));
  Beat beat = beat_of(transition.finding);
  // One that comes too late would tell the switch that all is well. Where no heartbeat is configured it ends here too.
  if (rules.target.empty() || beat.is_stale(txn.now())) return false;
  txn.count(ledger::with(ledger::kMade, rules.target));
  auto delivery = delivery_of(std::move(transition), rules.target, txn.now());
  txn.emit(topics::deliveries(rules.target), std::string(kSource), schemas::encode(delivery));
  return true;
}

base::Task<base::Result<void>> Relay::on_record(const bus::Record& record, bus::Transaction& txn) {
  return is_ours(record.key) ? relay(record, txn) : handler_.on_record(record, txn);
}

base::Task<base::Result<void>> Relay::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  return is_ours(timer.key) ? end_lease(timer, txn) : handler_.on_timer(timer, txn);
}

void Relay::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  handler_.on_dead_letter(record, error, txn);
}

base::Task<base::Result<void>> Relay::relay(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto passed, step_(record, *rules_.now(), txn));
  if (passed) passes_.note(stage_, {txn.now()});
  co_return base::ok();
}

base::Task<base::Result<void>> Relay::end_lease(const bus::Timer& timer, bus::Transaction& txn) {
  auto rules = rules_.now();
  co_return run_out(rules->watchdog ? &*rules->watchdog : nullptr, timer, txn);
}

}  // namespace app::heartbeat
