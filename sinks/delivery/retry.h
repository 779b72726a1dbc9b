// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/backoff.h"
#include "base/result.h"
#include "base/rng.h"
#include "base/time.h"
#include "bus/transaction.h"

namespace sinks {

// When to try a failed delivery again. A delivery that keeps failing for `retry_for` is tried about 24 * 12 times in a
// day at the longest wait: a handful of requests a minute for a hundred incidents.
struct RetryPolicy {
  base::Duration retry_for = std::chrono::hours(24);
  base::Backoff backoff{.first = std::chrono::seconds(1), .longest = std::chrono::minutes(5)};
  // After refused credentials: a person mends them within the hour or the day, and receivers lock out who insists.
  base::Backoff refused{.first = std::chrono::minutes(1), .longest = std::chrono::minutes(15)};

  // The other side may name a wait, but not one that keeps an incident for hours.
  static constexpr std::chrono::milliseconds kLongestNamedWait = std::chrono::hours(1);
  static constexpr std::chrono::milliseconds kShortestNamedWait = std::chrono::seconds(1);
};

// How far one delivery has come.
struct Attempts {
  int made = 0;
  base::Time since;          // Where its retry budget begins.
  bool in_the_dark = false;  // One of them may have arrived (Sending::maybe_sent).
};

// Whether whoever ran the stage before this process may have tried what was to be done at `due`.
bool may_be_tried_before(base::Time due, const bus::Transaction& txn);

// How long to wait after `error`, the last of attempts.made.
std::chrono::milliseconds retry_wait(const RetryPolicy& policy, const base::Error& error, int made, base::Rng& rng);

// The moment of the next attempt, or nullopt: give up. The last attempt is made when the budget ends.
std::optional<base::Time> next_attempt(const RetryPolicy& policy, const base::Error& error, const Attempts& attempts,
                                       base::Time now, base::Rng& rng);

}  // namespace sinks
