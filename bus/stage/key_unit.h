// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "bus/bus.h"
#include "bus/stage/key_state.h"

namespace bus::stage {

struct Slot;

// One handler call that succeeded or was given up: what it was called for, and where its outputs end among the unit's.
struct HandledCall {
  std::shared_ptr<const Record> record;  // Null: the timer.
  std::string timer;
  base::Time due;
  std::size_t outputs_end = 0;
};

// What the calls of one key changed, and which records they were done with: becomes durable all or none. A key has one
// of them at a time.
class KeyUnit {
 public:
  // `hold` keeps the lane open while the unit is under way.
  KeyUnit(Slot& slot, std::shared_ptr<void> hold) : slot_(slot), hold_(std::move(hold)) {}

  void add(HandledCall call, Changes changes);

  Slot& slot() const { return slot_; }
  const std::string& key() const;
  // The key's state with the changes of the unit: nobody changes it before the unit is committed.
  const KeyState& state() const;
  const Changes& changes() const { return changes_; }
  const std::vector<HandledCall>& calls() const { return calls_; }
  // How many of the calls were for records: the first so many of those that wait for the key.
  std::size_t records() const { return records_; }
  std::size_t bytes() const { return sizeof(KeyUnit) + bytes_; }

 private:
  Slot& slot_;
  std::shared_ptr<void> hold_;
  Changes changes_;
  std::vector<HandledCall> calls_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace bus::stage
