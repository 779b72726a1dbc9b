// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/retry.h"

#include <algorithm>

namespace sinks {

bool may_be_tried_before(base::Time due, const bus::Transaction& txn) {
  // Of the clocks of two machines, and of one that is set.
  constexpr std::chrono::seconds kSkew(5);
  return txn.owned_since() != base::Time::min() && due < txn.owned_since() + kSkew;
}

std::chrono::milliseconds retry_wait(const RetryPolicy& policy, const base::Error& error, int made, base::Rng& rng) {
  if (!error.retry.names_wait()) {
    return (error.reason == base::Reason::kAuth ? policy.refused : policy.backoff).wait(made, rng);
  }
  return std::clamp(error.retry.wait(), RetryPolicy::kShortestNamedWait, RetryPolicy::kLongestNamedWait);
}

std::optional<base::Time> next_attempt(const RetryPolicy& policy, const base::Error& error, const Attempts& attempts,
                                       base::Time now, base::Rng& rng) {
  base::Time end = attempts.since + policy.retry_for;
  if (error.retry.is_never() || now >= end) return std::nullopt;
  return std::min(now + retry_wait(policy, error, attempts.made, rng), end);
}

}  // namespace sinks
