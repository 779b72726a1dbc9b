// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bus/transaction.h"
#include "schemas/transition.h"

namespace sinks {

// An incident that some sinks are still to be told of, once they are told anything again.
struct HeldIncident {
  schemas::Transition newest;      // What they are told: how the incident stands.
  std::vector<std::string> sinks;  // As sink_name() has them.
};

// The incidents of a key that are held back from sinks in their quiet hours. A view of the state of the transaction's
// key (docs/formats/sink-state.md). A sink holds at most two incidents of a key: the end of one that it was told of,
// and one that is open now.
class HeldIncidents {
 public:
  // What one incident may keep: a transition is some kilobytes; what a bigger one loses is evidence, and it says so.
  static constexpr std::size_t kLongest = 64 * 1024;

  explicit HeldIncidents(bus::Transaction& txn) : txn_(txn) {}

  bool empty() const;
  // In the order in which they opened.
  std::vector<HeldIncident> all() const;

  void hold(const schemas::Transition& transition, std::string_view sink);
  // What the sinks that hold the incident are told from now on; nothing where none does. A repeat brings the incident's
  // count, and leaves the finding with its evidence.
  void renew(const schemas::Transition& transition);
  void release(std::string_view incident_id, std::string_view sink);

 private:
  bus::Transaction& txn_;
};

}  // namespace sinks
