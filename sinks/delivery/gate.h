// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "base/task_group.h"
#include "sinks/delivery/circuit_breaker.h"
#include "sinks/delivery/rate_limit.h"
#include "sinks/delivery/wake_list.h"

namespace sinks {

// The way to one sink: who may send now, who waits. Circuit breaker and rate limit in one place, because both answer
// the same question. Thread-safe. Waiting costs a coroutine; how many wait is bounded by the stage's concurrency, the
// rest stays in the log.
class Gate {
 public:
  // The right to send once. Destroyed without succeeded() or failed(), it counts as not used.
  class Pass {
   public:
    Pass(Gate& gate, bool is_probe) : gate_(&gate), is_probe_(is_probe) {}
    Pass(Pass&& other) noexcept : gate_(other.gate_), is_probe_(other.is_probe_) { other.gate_ = nullptr; }
    Pass& operator=(Pass&&) = delete;
    ~Pass();

    // The other side answered, be it with a refusal of what was sent.
    void succeeded();
    // The other side is in trouble; another delivery would meet the same.
    void failed(const base::Error& error);
    // The other side asked everybody to wait.
    void paused(const base::Error& error, base::Duration wait);

   private:
    Gate* gate_;
    bool is_probe_;
  };

  // `clock` paces the outside world: the machine's clock, in a replay too.
  Gate(const RateLimit& limit, base::Clock& clock, base::Executor executor);

  // Completes when the caller may send. nullopt: its turn would come only after `give_up`. With the breaker open that
  // is noticed at the time of the next probe, at most CircuitBreaker::kLongestWait later.
  base::Task<std::optional<Pass>> enter(base::Time give_up);

  bool is_open() const;
  // What the sink's last trouble was, if it has not succeeded since.
  std::optional<base::Error> last_error() const;

  // Ends the gate's own tasks. Requires: nobody waits any more.
  base::Task<void> stop();

 private:
  void wake_at(base::Time when);
  base::Task<void> sleep_then_wake(base::Time when);

  base::Clock& clock_;
  mutable std::mutex mutex_;
  CircuitBreaker breaker_;
  TokenBucket bucket_;
  std::optional<base::Error> last_error_;
  WakeList waiters_;
  base::TaskGroup tasks_;
};

}  // namespace sinks
