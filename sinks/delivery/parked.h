// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/bus.h"
#include "sinks/delivery/retry.h"

namespace sinks {

// The deliveries of one incident that wait for another attempt, in order: the first is tried, the others stand behind
// it. A view of the state of the transaction's key (docs/formats/sink-state.md).
class ParkedQueue {
 public:
  // What an incident may keep waiting. A delivery is some kilobytes, most of it evidence.
  static constexpr std::size_t kLongest = 32;

  // The table that holds the records.
  static constexpr std::string_view kTable = "parked";

  struct Entry {
    std::string place;  // Orders the queue: the record's offset.
    std::string value;  // The delivery's record, byte for byte.
    Attempts attempts;
  };

  explicit ParkedQueue(bus::Transaction& txn) : txn_(txn) {}

  bool empty() const { return size() == 0; }
  std::size_t size() const;
  // Requires: not empty.
  Entry front() const;
  std::vector<Entry> all() const;

  void push(const bus::Record& record, const Attempts& attempts);
  void set_attempts(const std::string& place, const Attempts& attempts);
  void remove(const std::string& place);

  // The entry that the sink can best do without once the queue is full, or an empty place: never the first, whose turn
  // it is, and never the newest, which says how things are; an update before anything else.
  Entry least_needed() const;

  // One timer for the queue: the next attempt at its first entry.
  void try_at(base::Time when) { txn_.set_timer("retry", when); }

 private:
  bus::Transaction& txn_;
};

}  // namespace sinks
