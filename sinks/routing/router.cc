// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/router.h"

#include <boost/asio/awaitable.hpp>

#include "base/hash.h"
#include "schemas/delivery.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"

namespace sinks {

namespace ledger = schemas::ledger;
namespace topics = schemas::topics;

namespace {

// State of an incident's key: sink → the id of the incident (one episode of the key) that it was told of.
constexpr std::string_view kTold = "told";
constexpr std::string_view kForget = "forget";

std::vector<std::string> told_of(const bus::Transaction& txn, const std::string& incident_id) {
  std::vector<std::string> sinks;
  for (const auto& [sink, incident] : txn.entries(kTold)) {
    if (incident == incident_id) sinks.push_back(sink);
  }
  return sinks;
}

void emit_delivery(const schemas::Transition& transition, const Decision& decision, bus::Transaction& txn) {
  schemas::Delivery delivery{.id = delivery_id(transition.id, decision.sink),
                             .sink = decision.sink,
                             .created = txn.now(),
                             .opening = decision.opening,
                             .transition = transition};
  txn.emit(topics::deliveries(decision.sink), txn.key(), schemas::encode(delivery));
  txn.put(kTold, decision.sink, transition.incident.id);
}

void emit_suppressed(const schemas::Transition& transition, const Decision& decision, bus::Transaction& txn) {
  schemas::Receipt receipt{.delivery_id = delivery_id(transition.id, decision.sink),
                           .transition_id = transition.id,
                           .incident_id = transition.incident.id,
                           .sink = decision.sink,
                           .outcome = schemas::DeliveryOutcome::kSuppressed,
                           .reason = decision.reason,
                           .detail = decision.detail,
                           .at = txn.now()};
  txn.emit(topics::kReceipts, txn.key(), schemas::encode(receipt));
  txn.count(ledger::with(ledger::with(ledger::kSuppressed, decision.sink), decision.reason));
}

}  // namespace

std::string delivery_id(std::string_view transition_id, std::string_view sink) {
  return base::derive_id({"delivery", transition_id, sink});
}

Router::Router(std::shared_ptr<const RoutingTable> table) : table_(std::move(table)) {}

void Router::replace(std::shared_ptr<const RoutingTable> table) {
  std::lock_guard lock(mutex_);
  table_ = std::move(table);
}

std::shared_ptr<const RoutingTable> Router::table() const {
  std::lock_guard lock(mutex_);
  return table_;
}

bus::StageSpec Router::spec() { return {.name = "routing", .inputs = {std::string(topics::kTransitions)}}; }

base::Task<base::Result<void>> Router::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto transition, schemas::decode_transition(record.value));
  auto routes = table();
  for (const auto& decision : decide(*routes, transition, told_of(txn, transition.incident.id))) {
    txn.count(ledger::with(ledger::kMade, decision.sink));
    if (decision.chosen) {
      emit_delivery(transition, decision, txn);
    } else {
      emit_suppressed(transition, decision, txn);
    }
  }
  if (transition.state == schemas::TransitionState::kResolved) {
    txn.set_timer(kForget, txn.now() + kKeepTold);
  } else {
    txn.cancel_timer(kForget);
  }
  co_return base::ok();
}

base::Task<base::Result<void>> Router::on_timer(const bus::Timer&, bus::Transaction& txn) {
  for (const auto& [sink, incident] : txn.entries(kTold)) txn.erase(kTold, sink);
  co_return base::ok();
}

}  // namespace sinks
