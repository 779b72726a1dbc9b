// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "base/task_group.h"
#include "sinks/delivery/circuit_breaker.h"
#include "sinks/delivery/lanes.h"
#include "sinks/delivery/wake_list.h"
#include "sinks/sink.h"

namespace sinks {

// The way to one sink: who may send now, who waits, who shall come again. Circuit breaker and rate limit in one place,
// because both answer the same question. Thread-safe. Waiting costs a coroutine; how many wait is bounded by the
// stage's concurrency, the rest stays in the log.
class Gate {
 public:
  // Of the 64 that a stage handles at a time, so many may wait for their turn in a lane; the others stay free for what
  // is urgent. Binds only who has patience.
  static constexpr std::int64_t kMostWaiting = 48;

  // The right to send once. Destroyed without succeeded() or failed(), it counts as not used.
  class Pass {
   public:
    Pass(Gate& gate, std::string lane, bool is_probe) : gate_(&gate), lane_(std::move(lane)), is_probe_(is_probe) {}
    Pass(Pass&& other) noexcept : gate_(other.gate_), lane_(std::move(other.lane_)), is_probe_(other.is_probe_) {
      other.gate_ = nullptr;
    }
    Pass& operator=(Pass&&) = delete;
    ~Pass();

    // The other side answered, be it with a refusal of what was sent.
    void succeeded();
    // The other side is in trouble; another delivery would meet the same.
    void failed(const base::Error& error);
    // The other side asked whom `who` names to wait.
    void paused(const base::Error& error, base::Duration wait, Limited who = Limited::kSink);

   private:
    Gate* gate_;
    std::string lane_;
    bool is_probe_;
  };

  // Somebody who wants to send.
  struct Ask {
    std::string lane;
    Rank rank = Rank::kUsual;
    base::Time give_up = base::Time::max();
    // How long it waits here for its turn, from when the sink takes anything; nullopt: as long as it takes.
    std::optional<base::Duration> patience;
    bool folds = false;  // What has no turn within its patience is told in a digest.
  };

  // What came of it: a pass; or how long to stay away before asking again (at once: fold it); or neither, it gave up.
  struct Turn {
    std::optional<Pass> pass;
    std::optional<base::Duration> later;
  };

  // `clock` paces the outside world: the machine's clock, in a replay too.
  Gate(const RateLimit& limit, base::Clock& clock, base::Executor executor);

  // Completes when the caller may send, shall come again, or could go only after it gives up. With the breaker open the
  // last is noticed at the time of the next probe, at most CircuitBreaker::kLongestWait later. No pass is given while
  // the other side has asked for a pause, of all or of the lane.
  base::Task<Turn> enter(Ask ask);

  bool is_open() const;
  // How many wait for their turn in a lane.
  std::int64_t waiting() const;
  // What the sink's last trouble was, if it has not succeeded since.
  std::optional<base::Error> last_error() const;

  // Ends the gate's own tasks. Requires: nobody waits any more.
  base::Task<void> stop();

 private:
  class Visit;

  void wake_at(base::Time when);
  base::Task<void> sleep_then_wake(base::Time when);

  base::Clock& clock_;
  mutable std::mutex mutex_;
  CircuitBreaker breaker_;
  Lanes lanes_;
  std::optional<base::Error> last_error_;
  WakeList waiters_;
  base::TaskGroup tasks_;
};

}  // namespace sinks
