// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <concepts>

namespace harness {

// Calls `condition` until it is true or `limit` has passed; returns whether it became true. Conditions speak of other
// processes, which can't wake us. Limits are generous: they end a test that hangs, they measure nothing.
template <std::predicate Condition>
bool eventually(std::chrono::milliseconds limit, Condition condition) {
  constexpr int kPauseMs = 10;
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    poll(nullptr, 0, kPauseMs);
  }
  return true;
}

}  // namespace harness
