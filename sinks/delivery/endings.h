// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bus/bus.h"

namespace sinks {

// The ends of incidents that a sink is not told yet, because they must last first (stable_for): one an incident. A view
// of the state of the transaction's key (docs/formats/sink-state.md).
class Endings {
 public:
  static constexpr std::string_view kTable = "ending";

  explicit Endings(bus::Transaction& txn) : txn_(txn) {}

  // Whether it is a timer of an end that has lasted, and of which incident.
  static std::optional<std::string> incident_of(const bus::Timer& timer);

  // `record` is the delivery of the end; its timer is due at `until`.
  void hold(const std::string& incident_id, const bus::Record& record, base::Time until);
  // The record of the delivery, as it came but for its time, which is now.
  std::optional<bus::Record> held(const std::string& incident_id) const;
  void drop(const std::string& incident_id);

  // What an entry holds of the delivery's record.
  static std::string_view value_of(std::string_view entry);

 private:
  bus::Transaction& txn_;
};

}  // namespace sinks
