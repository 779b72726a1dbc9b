// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/time.h"

namespace charts {

// A labelled moment on the time axis.
struct TimeTick {
  base::Time time;
  std::string label;
  bool is_day = false;  // Midnight on an axis of hours: its label is the date.
};

// The moments between `from` and `to` (both included) that people count in, from seconds to years; at most `max_ticks`.
// UTC; weeks begin on Monday. Requires: from < to, max_ticks > 0.
std::vector<TimeTick> time_ticks(base::Time from, base::Time to, int max_ticks);

// "2 Jan 2026 13:05 – 14:05 UTC", "1 – 7 Jan 2026 UTC".
std::string range_text(base::Time from, base::Time to);

}  // namespace charts
