// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "bus/stage/timer_index.h"

namespace bus::stage {

class KeyUnit;
struct Slot;

// What a lane is run over. Its implementation owns the lane and is owned by shared_ptr: whatever a lane has under way
// keeps both alive. Called from any thread, without the lane's lock.
class Log : public std::enable_shared_from_this<Log> {
 public:
  virtual ~Log() = default;

  // Reads the state of slot.key and hands it to Lane::loaded(), or does not when the lane closes.
  virtual void load(Slot& slot) = 0;
  // Reads which keys have timers and hands them to Lane::timers_loaded(), or does not when the lane closes. What was
  // committed before is seen.
  virtual void load_timers(TimerIndex::Question question) = 0;
  // Makes the unit durable and then calls Lane::committed(). Dropping the unit instead is for a lane that closes: its
  // records are read again by whoever runs the lane next.
  virtual void submit(std::unique_ptr<KeyUnit> unit) = 0;
  // The lane has room for half of what it may hold: whole pieces are worth taking, with Lane::take().
  virtual void has_room() = 0;
};

}  // namespace bus::stage
