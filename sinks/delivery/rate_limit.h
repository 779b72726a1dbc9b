// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/time.h"
#include "sinks/sink_options.h"

namespace sinks {

// A token bucket (the generic cell rate algorithm). Not thread-safe; the gate guards it.
class TokenBucket {
 public:
  explicit TokenBucket(const RateLimit& limit);

  // When one who asks now may go, after `ahead` others; `now` means at once.
  base::Time turn(base::Time now, std::int64_t ahead) const;
  // Somebody goes.
  void take(base::Time now);

  bool is_full(base::Time now) const { return next_ <= now; }
  // Between tokens; zero: no limit.
  base::Duration interval() const { return interval_; }

 private:
  base::Duration interval_;
  base::Duration burst_;                 // What a full bucket is worth in time.
  base::Time next_ = base::Time::min();  // When the bucket would be full but for what was taken, plus the burst.
};

}  // namespace sinks
