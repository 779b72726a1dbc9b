// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/chart.h"

namespace charts {

// Writes the numbers of one axis alike: one scale ("Mi", "k"), and as many decimals as the step needs.
class AxisNumbers {
 public:
  // `largest` is the largest absolute value of the axis, `step` the distance of its lines (> 0).
  AxisNumbers(double largest, double step, base::Unit unit);

  std::string text(double value) const;

 private:
  base::Unit unit_;
  double divisor_ = 1;
  const char* suffix_ = "";
  int decimals_ = 0;
};

// "1h30m", "2.5s", "250ms": at most two parts.
std::string seconds_text(double seconds);

}  // namespace charts
