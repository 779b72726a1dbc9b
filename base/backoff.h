// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/rng.h"

namespace base {

// Exponential backoff with full jitter over the upper half: attempt 1 waits about `first`, each further one twice as
// long, never more than `longest`.
struct Backoff {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds longest{60'000};

  std::chrono::milliseconds wait(int attempt, Rng& rng) const {
    double doubled = static_cast<double>(first.count()) * std::exp2(std::clamp(attempt - 1, 0, 30));
    double capped = std::min(doubled, static_cast<double>(longest.count()));
    return std::chrono::milliseconds(static_cast<std::int64_t>(capped * (0.5 + 0.5 * rng.unit())));
  }
};

}  // namespace base
