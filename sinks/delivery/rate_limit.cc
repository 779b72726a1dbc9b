// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/rate_limit.h"

#include <algorithm>

namespace sinks {

TokenBucket::TokenBucket(const RateLimit& limit)
    : interval_(limit.per_second > 0
                    ? std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1.0 / limit.per_second))
                    : base::Duration::zero()),
      burst_(interval_ * (limit.burst - 1)) {}

base::Time TokenBucket::turn(base::Time now, std::int64_t ahead) const {
  if (interval_ == base::Duration::zero()) return now;
  return std::max(now, std::max(next_, now) + interval_ * ahead - burst_);
}

void TokenBucket::take(base::Time now) {
  if (interval_ != base::Duration::zero()) next_ = std::max(next_, now) + interval_;
}

}  // namespace sinks
