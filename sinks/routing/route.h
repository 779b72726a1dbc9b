// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/scope.h"
#include "schemas/transition.h"
#include "sinks/routing/schedule.h"
#include "sinks/sink_options.h"

namespace sinks {

// What routing knows of one sink.
struct Route {
  std::string sink;  // As sink_name() has it.
  bool is_default = true;
  bool stop = false;
  bool send_resolved = true;
  Updates updates = Updates::kAll;
  schemas::Scope scope;
  schemas::Match match;
  Schedule schedule;
  base::Duration renotify_after{};          // Zero: never.
  std::vector<std::string> fallbacks = {};  // Who takes over, then who takes over from that one, and so on.
};

// The sinks in the order of the configuration.
using RoutingTable = std::vector<Route>;

// The attributes that scope and match of a sink may name, labels and annotations aside.
const std::vector<std::string>& routing_attributes();

// What scopes look at; views into the transition.
schemas::Attributes attributes_of(const schemas::Transition& transition);

// Whether one sink gets a transition, and why.
struct Decision {
  std::string sink;
  bool chosen = false;
  bool opening = false;  // Chosen, and it hears of the incident for the first time.
  std::string reason;    // Not chosen: "not_in_scope", "stopped_by:<sink>", ... From a closed set and sink names.
  std::string detail;    // The condition that decided, for explain.
  bool held = false;     // Not chosen for nothing but its quiet hours: it is told when they are over.
};

// What is known of an incident when one of its transitions is routed.
struct Circumstances {
  std::vector<std::string> told;    // The sinks that were given this incident before.
  std::vector<std::string> missed;  // Those whose quiet hours may be over now: what they are told is no repeat to them.
  base::Time now;                   // Which decides of quiet hours.
};

// Decides for all sinks, in order. Pure.
//
// A sink that was told of an incident gets its end, whatever playbook, scope or an earlier sink's `stop` say of the
// finding that ended it. Everything else is judged by itself: the severity that counts is the incident's, the worst it
// has had, so that an incident does not fall out of a sink's scope half-way. A sink in its quiet hours gets nothing and
// stops nothing: the incident goes to the sinks after it. What a command caused is decided for sinks that were told of
// the incident only: it goes to the sink where it was asked, and, unless it is_asked(), to those that want updates.
std::vector<Decision> decide(const RoutingTable& table, const schemas::Transition& transition,
                             const Circumstances& circumstances);

}  // namespace sinks
