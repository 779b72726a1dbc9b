// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/chart.h"

namespace charts {

// A labelled position on the value axis.
struct ValueTick {
  double value;
  std::string label;
};

// The value axis: the range that is drawn, and its grid lines from low to high, both ends included.
struct ValueAxis {
  double low = 0;
  double high = 1;
  std::vector<ValueTick> ticks;
};

// An axis for values from `min` to `max` (finite, in any order) with steps that people count in: 1, 2 and 5; powers of
// two for bytes; clock steps for seconds. Values that are all positive start at zero, unless they vary so little that
// nothing would be seen. At most `max_ticks` lines, at least two.
ValueAxis make_value_axis(double min, double max, base::Unit unit, int max_ticks);

}  // namespace charts
