// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/rate_limit.h"

#include <algorithm>

namespace sinks {

TokenBucket::TokenBucket(const RateLimit& limit)
    : interval_(limit.per_second > 0
                    ? std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1.0 / limit.per_second))
                    : base::Duration::zero()),
      burst_(interval_ * (limit.burst - 1)) {}

base::Time TokenBucket::take(base::Time now) {
  base::Time earliest = std::max(now, held_until_);
  if (interval_ == base::Duration::zero()) return earliest;
  // The generic cell rate algorithm: `next_` is the theoretical time of the next cell.
  next_ = std::max(next_, earliest);
  base::Time turn = std::max(earliest, next_ - burst_);
  next_ += interval_;
  return turn;
}

void TokenBucket::hold(base::Time until) { held_until_ = std::max(held_until_, until); }

}  // namespace sinks
