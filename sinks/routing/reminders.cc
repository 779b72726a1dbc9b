// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/reminders.h"

#include <algorithm>
#include <optional>

#include "sinks/render/shrink.h"

namespace sinks {

namespace {

constexpr std::string_view kTable = "remind";  // Sink → when.
// What a timer carries; a bigger transition loses evidence, and says so.
constexpr std::size_t kLongest = 64 * 1024;

const Route* find(const RoutingTable& table, std::string_view sink) {
  auto route = std::find_if(table.begin(), table.end(), [&](const Route& one) { return one.sink == sink; });
  return route == table.end() ? nullptr : &*route;
}

std::optional<base::Time> when(const std::string& text) {
  auto time = base::parse_rfc3339(text);
  return time ? time.value() : std::nullopt;
}

}  // namespace

void Reminders::note(const RoutingTable& table, const schemas::Transition& transition,
                     const std::vector<Decision>& decisions) {
  bool is_taken_on = transition.incident.acknowledged.has_value();
  if (transition.state == schemas::TransitionState::kResolved || is_taken_on) {
    for (const auto& [sink, time] : txn_.entries(kTable)) txn_.erase(kTable, sink);
    return txn_.cancel_timer(kTimer);
  }
  for (const auto& decision : decisions) {
    const Route* route = find(table, decision.sink);
    bool tells_anew = decision.opening || transition.state == schemas::TransitionState::kReopened;
    if (!route || route->renotify_after == base::Duration::zero() || !decision.chosen || !tells_anew) continue;
    txn_.put(kTable, decision.sink, base::to_rfc3339(txn_.now() + route->renotify_after));
  }
  if (txn_.entries(kTable).empty()) return;
  // Without evidence it always fits; if ever not, nobody is reminded.
  auto text = encode_within(transition, kLongest, "routing");
  if (text) set_timer(std::move(text.value()));
}

std::vector<std::string> Reminders::due(const RoutingTable& table, const std::string& carried) {
  std::vector<std::string> sinks;
  for (const auto& [sink, text] : txn_.entries(kTable)) {
    auto time = when(text);
    const Route* route = find(table, sink);
    if (!time || !route || route->renotify_after == base::Duration::zero()) {
      txn_.erase(kTable, sink);
      continue;
    }
    if (*time > txn_.now()) continue;
    base::Time next = txn_.now() + route->renotify_after;
    if (auto quiet = route->schedule.quiet_at(txn_.now())) {
      next = quiet->until.value_or(next);
    } else {
      sinks.push_back(sink);
    }
    txn_.put(kTable, sink, base::to_rfc3339(next));
  }
  set_timer(carried);
  return sinks;
}

void Reminders::set_timer(std::string transition) {
  std::optional<base::Time> earliest;
  for (const auto& [sink, text] : txn_.entries(kTable)) {
    auto time = when(text);
    if (time && (!earliest || *time < *earliest)) earliest = time;
  }
  if (earliest) txn_.set_timer(kTimer, *earliest, std::move(transition));
}

}  // namespace sinks
