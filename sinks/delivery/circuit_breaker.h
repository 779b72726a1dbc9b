// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

namespace sinks {

// Keeps a sink that is down from being asked by everybody: after some failures in a row it opens, then one probe at a
// time goes through, with growing waits between them, until one succeeds. Not thread-safe; the gate guards it.
class CircuitBreaker {
 public:
  // Five in a row are hardly chance; each costs a parked delivery.
  static constexpr int kFailuresToOpen = 5;
  static constexpr base::Duration kFirstWait = std::chrono::seconds(5);
  // A sink that is back is noticed within a minute.
  static constexpr base::Duration kLongestWait = std::chrono::seconds(60);

  enum class Admission { kSend, kProbe, kWait };

  // A probe must be answered for by succeeded(), failed() or abandoned().
  Admission ask(base::Time now);
  void succeeded();
  void failed(bool was_probe, base::Time now);
  // A probe ended without an answer.
  void abandoned(base::Time now);

  bool is_open() const { return state_ != State::kClosed; }
  // While open: when the next probe may go.
  base::Time probe_at() const { return probe_at_; }

 private:
  enum class State { kClosed, kOpen, kProbing };
  void open(base::Time now);

  State state_ = State::kClosed;
  int failures_ = 0;
  base::Duration wait_ = kFirstWait;
  base::Time probe_at_;
};

}  // namespace sinks
