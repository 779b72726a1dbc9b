// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/task.h"
#include "base/time.h"

namespace base {

// The pipeline's time: real when running, recorded when replaying. What is decided by time (windows, timers,
// hold-downs) asks the clock; what merely bounds waiting uses base::Deadline. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // Completes when now() >= when, or early when the awaiting task is cancelled.
  virtual Task<void> sleep_until(Time when) = 0;
};

// The machine's wall clock. A sleeper notices a jump of it within a second.
class SystemClock final : public Clock {
 public:
  Time now() const override;
  Task<void> sleep_until(Time when) override;
};

// Time that moves only when told to: for replay and for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start);
  ~ManualClock() override;

  Time now() const override;
  Task<void> sleep_until(Time when) override;

  // Sets the time, never backwards, and wakes whoever slept until then.
  void advance_to(Time when);
  void advance(Duration by);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace base
