// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "bus/transaction.h"
#include "schemas/transition.h"
#include "sinks/delivery/sender.h"

namespace sinks {

// What a sink noted of the incidents of a key (Sending::note, Sending::kept). A view of the state of the transaction's
// key (docs/formats/sink-state.md).
class Notes {
 public:
  // Longer than an incident may open again as itself.
  static constexpr std::chrono::hours kKeepAfterEnd{24};
  // After the last send of an incident whose end the sink is not told.
  static constexpr std::chrono::hours kKeepUntold{30 * 24};
  static constexpr std::string_view kForgetTimer = "forget";

  explicit Notes(bus::Transaction& txn) : txn_(txn) {}

  Sender::Memory of(const schemas::Incident& incident) const;
  // After an attempt; sets the timer that forgets once the incident is over.
  void keep(const schemas::Incident& incident, Sender::Memory memory);
  // On the timer.
  void forget_all();

 private:
  void put(std::string_view table, const std::string& incident, std::string text);

  bus::Transaction& txn_;
};

}  // namespace sinks
