// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "sinks/sink_options.h"

namespace sinks {

// A token bucket by reservation: each caller is told when its turn is, in the order of asking. Not thread-safe; the
// gate guards it.
class TokenBucket {
 public:
  explicit TokenBucket(const RateLimit& limit);

  // When the caller may go; `now` or earlier means at once. The turn is spent, also by a caller that doesn't go.
  base::Time take(base::Time now);
  // Nobody goes before `until`: the other side asked for a pause.
  void hold(base::Time until);

 private:
  base::Duration interval_;              // Between tokens; zero: no limit.
  base::Duration burst_;                 // What a full bucket is worth in time.
  base::Time next_ = base::Time::min();  // When the bucket would be full but for what was taken, plus the burst.
  base::Time held_until_ = base::Time::min();
};

}  // namespace sinks
