// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"

namespace sinks {

// Stands in for a sink that is no longer configured: ends its deliveries, those that were parked or gathered for a
// digest too, as suppressed with the reason "sink_removed". Its stages have the names of the sink's, so that they go on
// where the sink stopped.
class RemovedSink final : public bus::Handler {
 public:
  explicit RemovedSink(std::string sink) : sink_(std::move(sink)) {}

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

 private:
  base::Result<void> suppress(const std::string& value, bus::Transaction& txn) const;
  base::Result<void> suppress_grouped(const std::string& value, bus::Transaction& txn) const;
  base::Result<void> suppress_folded(const std::string& value, bus::Transaction& txn) const;
  base::Result<void> suppress_waiting(bus::Transaction& txn) const;

  const std::string sink_;
};

// The sinks that have a topic of deliveries or digests among `topics` but are not among `configured`.
std::vector<std::string> removed_sinks(const std::vector<std::string>& topics,
                                       const std::vector<std::string>& configured);

}  // namespace sinks
