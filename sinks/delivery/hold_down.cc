// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/awaitable.hpp>

#include "sinks/delivery/endings.h"
#include "sinks/delivery/worker.h"

namespace sinks {

using schemas::TransitionState;

// Takes what shall not be told, or not yet: an end that must last first, and what takes that end back.
bool DeliveryWorker::holds_back(schemas::Delivery& delivery, const bus::Record& record, bus::Transaction& txn) {
  Endings endings(txn);
  auto& transition = delivery.transition;
  const std::string& id = transition.incident.id;
  if (transition.state == TransitionState::kResolved) {
    // What the incident has waited for already, counts. A quiet time has lasted.
    auto wait = sender_.options().stable_for - transition.finding.hold_down;
    if (wait <= base::Duration::zero() || transition.incident.inferred_end) return false;
    // One end an incident: another comes where two sinks fall back to this one, or where routing kept from this sink
    // that the incident opened again.
    if (auto earlier = endings.held(id)) {
      if (auto end = schemas::decode_delivery(earlier->value)) suppress(end.value(), "superseded", txn);
    }
    endings.hold(id, record, txn.now() + wait);
    return true;
  }
  auto end = endings.held(id);
  if (!end || transition.state != TransitionState::kReopened) return false;
  endings.drop(id);
  auto held = schemas::decode_delivery(end->value);
  if (!held) return false;
  suppress(held.value(), "flapped", txn);
  if (transition.incident.severity <= held.value().transition.incident.severity) {
    suppress(delivery, "flapped", txn);
    return true;
  }
  // For this sink it was never over, and is worse now.
  transition.state = TransitionState::kUpdated;
  transition.cause = "severity_rise";
  return false;
}

// The end has lasted: it goes the way of a delivery that has just come.
base::Task<base::Result<void>> DeliveryWorker::tell_end(std::string incident_id, base::Time due,
                                                        bus::Transaction& txn) {
  Endings endings(txn);
  auto record = endings.held(incident_id);
  if (!record) co_return base::ok();
  BOOST_OUTCOME_CO_TRY(auto delivery, schemas::decode_delivery(record->value));
  endings.drop(incident_id);
  Attempts attempts{.since = txn.now(), .in_the_dark = may_be_tried_before(due, txn)};
  ParkedQueue queue(txn);
  if (!queue.empty()) {
    give_way(queue, incident_id, txn);
    park(*record, attempts, queue, txn);
    co_return base::ok();
  }
  End end = co_await deliver(delivery, attempts, txn);
  if (end.stopped) co_return *end.failure;
  if (end.failure) give_up({.value = record->value}, delivery, attempts, *end.failure, txn);
  if (end.next) {
    park(*record, attempts, queue, txn);
    queue.try_at(*end.next);
  }
  co_return base::ok();
}

}  // namespace sinks
