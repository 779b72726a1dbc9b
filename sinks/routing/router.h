// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "bus/bus.h"
#include "sinks/routing/route.h"

namespace sinks {

// The stage that decides, once for each transition, which sinks get it. It stores a Delivery for each chosen sink and a
// suppressed Receipt with the reason for each other one, so that every pair of transition and sink is accounted for.
//
// Which sinks were told of an incident is kept in the state of the incident's key, until kKeepTold after its end. What
// a sink does not get for its quiet hours is held there too, by a durable timer: when they are over, the sink gets the
// incident as it stands then, as a delivery of its own. Thread-safe.
class Router final : public bus::Handler {
 public:
  // Long enough for any reopening; a sink that is forgotten earlier hears of a reopened incident as of a new one.
  static constexpr base::Duration kKeepTold = std::chrono::hours(24);

  explicit Router(std::shared_ptr<const RoutingTable> table);

  // Transitions handled from now on are routed by `table`.
  void replace(std::shared_ptr<const RoutingTable> table);

  // The stage "routing" over topic transitions.
  static bus::StageSpec spec();

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;

 private:
  std::shared_ptr<const RoutingTable> table() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const RoutingTable> table_;
};

// The idempotency key of a transition at a sink.
std::string delivery_id(std::string_view transition_id, std::string_view sink);
// The same for a transition that a sink gets after its quiet hours; the receipt of its suppression has the other id.
std::string held_delivery_id(std::string_view transition_id, std::string_view sink);

}  // namespace sinks
