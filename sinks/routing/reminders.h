// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bus/transaction.h"
#include "schemas/transition.h"
#include "sinks/routing/route.h"

namespace sinks {

// When sinks are told again of an incident that stays open (renotify_after). A view of the state of the transaction's
// key (docs/formats/sink-state.md): one timer, which carries the incident as it stood last.
class Reminders {
 public:
  static constexpr std::string_view kTimer = "remind";

  explicit Reminders(bus::Transaction& txn) : txn_(txn) {}

  // A transition was decided: an opening starts the time of its sink; an end, or somebody who has taken it on, stops
  // all.
  void note(const RoutingTable& table, const schemas::Transition& transition, const std::vector<Decision>& decisions);

  // On the timer: the sinks that are to be told now, each as an opening with the transition that the timer carries;
  // those in their quiet hours come up again when they end. Sets the timer anew.
  std::vector<std::string> due(const RoutingTable& table, const std::string& carried);

 private:
  void set_timer(std::string transition);

  bus::Transaction& txn_;
};

}  // namespace sinks
