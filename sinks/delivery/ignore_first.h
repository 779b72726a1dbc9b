// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string_view>

#include "bus/transaction.h"
#include "sinks/digest.h"
#include "sinks/grouping/grouping.h"

namespace sinks {

// From which notification of a group on its incidents are told (`ignore_first`). A notification says that something
// fires: an opening, a reopening, an update; not an end. Once an incident is told, everything of it is. A view of the
// state of the transaction's key, a group (docs/formats/sink-state.md).
class IgnoreFirst {
 public:
  // After the last record of the group its state is erased.
  static constexpr std::chrono::hours kKeep{7 * 24};
  static constexpr std::string_view kExpireTimer = "expire";

  enum class Verdict {
    kIgnore,
    kOpen,  // It is the first that is told of its incident.
    kTell,
  };

  IgnoreFirst(const Grouping& grouping, bus::Transaction& txn) : grouping_(grouping), txn_(txn) {}

  // Counts it, which came at `at`.
  Verdict judge(const FoldedDelivery& folded, base::Time at);
  void forget_all();

 private:
  bool is_nth(base::Time at);

  const Grouping& grouping_;
  bus::Transaction& txn_;
};

}  // namespace sinks
