// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "bus/stage/key_state.h"

namespace bus::stage {

// A key that has something to do. Busy from when it is ready until its unit is committed: one owner at a time, who
// alone touches `state` and what follows it.
struct Slot {
  std::string key;
  std::vector<std::shared_ptr<const Record>> waiting;  // In the order of the log.
  bool busy = false;
  bool timers_due = false;

  std::shared_ptr<KeyState> state;
  int record_attempt = 1;
  int timer_attempt = 1;
  std::optional<std::chrono::milliseconds> retry_in;
};

// What a record counts for within the bounds.
inline std::size_t size_of(const Record& record) { return record.key.size() + record.value.size(); }

}  // namespace bus::stage
