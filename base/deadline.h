// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace base {

// The moment after which nobody waits for an outside call any more. On the steady clock: a deadline bounds real waiting
// and has nothing to do with the pipeline's clock, which may be replayed.
using Deadline = std::chrono::steady_clock::time_point;

inline Deadline in(std::chrono::steady_clock::duration wait) { return std::chrono::steady_clock::now() + wait; }

inline std::chrono::milliseconds time_left(Deadline deadline) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return left.count() > 0 ? left : std::chrono::milliseconds(0);
}

}  // namespace base
