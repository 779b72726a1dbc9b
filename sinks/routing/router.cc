// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/router.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>

#include "base/hash.h"
#include "schemas/delivery.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "sinks/routing/held.h"
#include "sinks/routing/reminders.h"

namespace sinks {

namespace ledger = schemas::ledger;
namespace topics = schemas::topics;

namespace {

// State of an incident's key: sink → the id of the incident (one episode of the key) that it was told of.
constexpr std::string_view kTold = "told";
constexpr std::string_view kForget = "forget";
// The timer of the end of quiet hours.
constexpr std::string_view kWake = "wake";

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> told_of(const bus::Transaction& txn, const std::string& incident_id) {
  std::vector<std::string> sinks;
  for (const auto& [sink, incident] : txn.entries(kTold)) {
    if (incident == incident_id) sinks.push_back(sink);
  }
  return sinks;
}

// Of those who take over from a sink, those that get the transition anyway.
std::vector<std::string> told_too(const RoutingTable& table, const std::vector<Decision>& decisions,
                                  const std::string& sink) {
  auto route = std::find_if(table.begin(), table.end(), [&](const Route& one) { return one.sink == sink; });
  std::vector<std::string> names;
  if (route == table.end()) return names;
  for (const auto& other : decisions) {
    if (other.chosen && contains(route->fallbacks, other.sink)) names.push_back(other.sink);
  }
  return names;
}

void emit_delivery(std::string id, const schemas::Transition& transition, const Decision& decision,
                   bus::Transaction& txn, std::vector<std::string> told_too = {}) {
  schemas::Delivery delivery{.id = std::move(id),
                             .sink = decision.sink,
                             .created = txn.now(),
                             .opening = decision.opening,
                             .told_too = std::move(told_too),
                             .transition = transition};
  txn.emit(topics::deliveries(decision.sink), txn.key(), schemas::encode(delivery));
  txn.put(kTold, decision.sink, transition.incident.id);
}

void emit_suppressed(const schemas::Transition& transition, const Decision& decision, bus::Transaction& txn) {
  auto receipt = schemas::receipt_of(transition, delivery_id(transition.id, decision.sink), decision.sink,
                                     schemas::DeliveryOutcome::kSuppressed);
  receipt.reason = decision.reason;
  receipt.detail = decision.detail;
  receipt.at = txn.now();
  txn.emit(topics::kReceipts, txn.key(), schemas::encode(receipt));
  txn.count(ledger::with(ledger::with(ledger::kSuppressed, decision.sink), decision.reason));
}

// Keeps the account of what is held back after a transition was decided.
void update_held(const schemas::Transition& transition, const std::vector<Decision>& decisions, bus::Transaction& txn) {
  HeldIncidents held(txn);
  for (const auto& decision : decisions) {
    bool is_over = transition.state == schemas::TransitionState::kResolved;
    if (decision.held) {
      held.hold(transition, decision.sink);
    } else if (decision.chosen || is_over) {
      held.release(transition.incident.id, decision.sink);
    }
  }
  held.renew(transition);
}

// Tells the sinks that hold an incident and may be told now, and lets go of those that would not get it any more.
void deliver_held(const HeldIncident& incident, const RoutingTable& table, bus::Transaction& txn) {
  const auto& transition = incident.newest;
  const std::string& id = transition.incident.id;
  auto holds = [&](const std::string& sink) { return contains(incident.sinks, sink); };
  HeldIncidents held(txn);
  const auto told = told_of(txn, id);
  const auto decisions = decide(table, transition, {told, incident.sinks, txn.now()});
  // Others were decided on when it came, by the hours of then.
  auto getting = decisions;
  for (auto& decision : getting) decision.chosen &= holds(decision.sink) || contains(told, decision.sink);
  for (const auto& decision : decisions) {
    if (!holds(decision.sink) || decision.held) continue;
    held.release(id, decision.sink);
    if (!decision.chosen) continue;
    txn.count(ledger::with(ledger::kMade, decision.sink));
    auto others = told_too(table, getting, decision.sink);
    emit_delivery(held_delivery_id(transition.id, decision.sink), transition, decision, txn, std::move(others));
    Reminders(txn).note(table, transition, {decision});
  }
}

// When a sink that holds something may be told; nothing is held for a sink that is gone.
std::optional<base::Time> wake_time(const HeldIncident& incident, const std::string& sink, const RoutingTable& table,
                                    bus::Transaction& txn) {
  auto route = std::find_if(table.begin(), table.end(), [&](const Route& one) { return one.sink == sink; });
  if (route == table.end()) {
    HeldIncidents(txn).release(incident.newest.incident.id, sink);
    return std::nullopt;
  }
  auto quiet = route->schedule.quiet_at(txn.now());
  return quiet ? quiet->until : txn.now();
}

void deliver_all_held(const RoutingTable& table, bus::Transaction& txn) {
  for (const auto& incident : HeldIncidents(txn).all()) deliver_held(incident, table, txn);
}

void set_wake_timer(const RoutingTable& table, bus::Transaction& txn) {
  std::optional<base::Time> earliest;
  for (const auto& incident : HeldIncidents(txn).all()) {
    for (const auto& sink : incident.sinks) {
      auto wake = wake_time(incident, sink, table, txn);
      if (wake && (!earliest || *wake < *earliest)) earliest = wake;
    }
  }
  if (earliest) {
    txn.set_timer(kWake, *earliest);
  } else {
    txn.cancel_timer(kWake);
  }
}

void forget(bus::Transaction& txn) {
  // A sink that holds the end of an incident must still be known to have been told of it.
  if (!HeldIncidents(txn).empty()) return txn.set_timer(kForget, txn.now() + Router::kKeepTold);
  for (const auto& [sink, incident] : txn.entries(kTold)) txn.erase(kTold, sink);
}

// Tells sinks again of an incident that is still open.
base::Result<void> remind(const RoutingTable& table, const bus::Timer& timer, bus::Transaction& txn) {
  BOOST_OUTCOME_TRY(auto transition, schemas::decode_transition(timer.value));
  const std::string opened = transition.id;
  transition.state = schemas::TransitionState::kUpdated;
  transition.cause = "still_open";
  transition.at = txn.now();
  transition.id = base::derive_id({"transition", opened, "still_open", base::to_rfc3339(timer.due)});
  std::vector<Decision> decisions;
  for (const auto& sink : Reminders(txn).due(table, timer.value)) {
    decisions.push_back({.sink = sink, .chosen = true, .opening = true});
  }
  for (const auto& decision : decisions) {
    txn.count(ledger::with(ledger::kMade, decision.sink));
    auto others = told_too(table, decisions, decision.sink);
    emit_delivery(delivery_id(transition.id, decision.sink), transition, decision, txn, std::move(others));
  }
  return base::ok();
}

}  // namespace

std::string delivery_id(std::string_view transition_id, std::string_view sink) {
  return base::derive_id({"delivery", transition_id, sink});
}

std::string held_delivery_id(std::string_view transition_id, std::string_view sink) {
  return base::derive_id({"delivery", transition_id, sink, "held"});
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
  bool held_before = !HeldIncidents(txn).empty();
  // Where the timer is due but not here yet: what came before goes first.
  if (held_before) deliver_all_held(*routes, txn);
  auto decisions = decide(*routes, transition, {told_of(txn, transition.incident.id), {}, txn.now()});
  for (const auto& decision : decisions) {
    txn.count(ledger::with(ledger::kMade, decision.sink));
    if (decision.chosen) {
      auto others = told_too(*routes, decisions, decision.sink);
      emit_delivery(delivery_id(transition.id, decision.sink), transition, decision, txn, std::move(others));
    } else {
      emit_suppressed(transition, decision, txn);
    }
  }
  // Of the incident itself there is nothing new.
  if (is_asked(transition)) co_return base::ok();
  Reminders(txn).note(*routes, transition, decisions);
  bool holds = std::any_of(decisions.begin(), decisions.end(), [](const Decision& one) { return one.held; });
  if (held_before || holds) {
    update_held(transition, decisions, txn);
    set_wake_timer(*routes, txn);
  }
  // A remark may come after the end.
  if (transition.state == schemas::TransitionState::kResolved || !transition.incident.open) {
    txn.set_timer(kForget, txn.now() + kKeepTold);
  } else {
    txn.cancel_timer(kForget);
  }
  co_return base::ok();
}

base::Task<base::Result<void>> Router::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  if (timer.name == kForget) {
    forget(txn);
    co_return base::ok();
  }
  auto routes = table();
  if (timer.name == Reminders::kTimer) co_return remind(*routes, timer, txn);
  deliver_all_held(*routes, txn);
  set_wake_timer(*routes, txn);
  co_return base::ok();
}

}  // namespace sinks
