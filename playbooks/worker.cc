// SPDX-License-Identifier: Apache-2.0
#include "playbooks/worker.h"

#include <utility>

#include "playbooks/stages/alert_memory.h"
#include "playbooks/stages/passage.h"
#include "playbooks/stages/rate_limits.h"
#include "schemas/event.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"

namespace playbooks {

Worker::Worker(std::shared_ptr<const Playbooks> playbooks, base::Metrics& metrics, base::Executor executor)
    : playbooks_(std::move(playbooks)), action_metrics_(metrics), late_actions_(std::move(executor)) {}

// The group waits for late calls; what ends them is that nobody looks after them any more.
Worker::~Worker() { late_calls_.clear(); }

bus::StageSpec Worker::stage() {
  bus::StageSpec spec;
  spec.name = "playbooks";
  spec.inputs = {std::string(schemas::topics::kEvents)};
  return spec;
}

base::Task<base::Result<void>> Worker::on_record(const bus::Record& record, bus::Transaction& txn) {
  base::Result<schemas::Event> event = schemas::decode_event(record.value);
  if (!event.has_value()) co_return base::permanent(event.error().reason, event.error().message);
  if (!event.value().alert) co_return base::permanent(base::Reason::kBadRequest, "the event holds no alert");
  Passage passage(current(), std::move(event).value(), record.value.size(), txn);
  co_return co_await passage.run(late_services_);
}

base::Task<base::Result<void>> Worker::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  if (!forget(txn, timer) && !end_limit(txn, timer)) look_after_late(timer, current(), late_services_, txn);
  co_return base::ok();
}

void Worker::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  namespace ledger = schemas::ledger;
  auto event = schemas::decode_event(record.value);
  ledger::count_event(txn, event ? event.value().source : "", ledger::kEventDeadLettered,
                      base::to_string(error.reason));
}

void Worker::replace(std::shared_ptr<const Playbooks> playbooks) {
  std::lock_guard lock(mutex_);
  playbooks_.swap(playbooks);
}

std::shared_ptr<const Playbooks> Worker::current() const {
  std::lock_guard lock(mutex_);
  return playbooks_;
}

base::Task<void> Worker::stop() {
  late_calls_.clear();
  late_actions_.cancel();
  co_await late_actions_.wait();
}

}  // namespace playbooks
