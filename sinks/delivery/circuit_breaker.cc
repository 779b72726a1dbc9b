// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/circuit_breaker.h"

#include <algorithm>

namespace sinks {

CircuitBreaker::Admission CircuitBreaker::ask(base::Time now) {
  if (state_ == State::kClosed) return Admission::kSend;
  if (state_ == State::kProbing || now < probe_at_) return Admission::kWait;
  state_ = State::kProbing;
  return Admission::kProbe;
}

void CircuitBreaker::succeeded() {
  state_ = State::kClosed;
  failures_ = 0;
  wait_ = kFirstWait;
}

void CircuitBreaker::failed(bool was_probe, base::Time now) {
  if (was_probe) {
    wait_ = std::min(wait_ * 2, kLongestWait);
    open(now);
  } else if (state_ == State::kClosed && ++failures_ >= kFailuresToOpen) {
    open(now);
  }
}

void CircuitBreaker::abandoned(base::Time now) {
  if (state_ != State::kProbing) return;
  state_ = State::kOpen;
  probe_at_ = now;
}

void CircuitBreaker::open(base::Time now) {
  state_ = State::kOpen;
  probe_at_ = now + wait_;
}

}  // namespace sinks
