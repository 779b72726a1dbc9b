// SPDX-License-Identifier: Apache-2.0
#include "charts/value_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "charts/number_text.h"

namespace charts {
namespace {

// Beyond this the arithmetic of ranges would overflow; no measurement is that large.
constexpr double kLargest = 1e300;
// A range smaller than this part of its values is constant as far as a double can tell.
constexpr double kConstant = 1e-12;
// Positive values that vary by less than this part of the largest are drawn without zero: they would be one flat line.
constexpr double kFlat = 0.02;

double decimal_step(double wanted) {
  double power = std::pow(10, std::floor(std::log10(wanted)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= wanted * (1 - 1e-9)) return power * factor;
  }
  return power * 10;
}

double byte_step(double wanted) { return wanted <= 1 ? decimal_step(wanted) : std::exp2(std::ceil(std::log2(wanted))); }

double second_step(double wanted) {
  if (wanted <= 1) return decimal_step(wanted);
  static constexpr std::array kSteps{1.0,   2.0,   5.0,    10.0,   15.0,   30.0,    60.0,    120.0,   300.0,
                                     600.0, 900.0, 1800.0, 3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0};
  for (double step : kSteps) {
    if (step >= wanted) return step;
  }
  return decimal_step(wanted / 86400) * 86400;
}

double step_for(double wanted, base::Unit unit) {
  switch (unit) {
    case base::Unit::kBytes:
      return byte_step(wanted);
    case base::Unit::kSeconds:
      return second_step(wanted);
    case base::Unit::kPlain:
    case base::Unit::kPercent:
    case base::Unit::kMillicores:
      break;
  }
  return decimal_step(wanted);
}

struct Range {
  double min;
  double max;
};

Range widened(double min, double max, base::Unit unit) {
  min = std::clamp(min, -kLargest, kLargest);
  max = std::clamp(max, -kLargest, kLargest);
  if (min > max) std::swap(min, max);
  double largest = std::max(std::abs(min), std::abs(max));
  bool may_leave_zero_out = unit == base::Unit::kPlain || unit == base::Unit::kSeconds;
  bool is_flat = max - min < kFlat * largest && max - min > kConstant * largest;
  if (!may_leave_zero_out || !is_flat) {
    min = std::min(min, 0.0);
    max = std::max(max, 0.0);
  }
  if (max - min < 1e-290) max = min + 1;
  return {min, max};
}

}  // namespace

ValueAxis make_value_axis(double min, double max, base::Unit unit, int max_ticks) {
  Range range = widened(min, max, unit);
  int intervals = std::max(1, max_ticks - 1);
  double span = range.max - range.min;
  // Rounding both ends outwards can cost an interval more than asked for: then the next step.
  double step = step_for(span / intervals, unit);
  double first = std::floor(range.min / step + 1e-9);
  double last = std::ceil(range.max / step - 1e-9);
  for (int i = 0; i < 8 && last - first > intervals; ++i) {
    step = step_for(step * 1.01, unit);
    first = std::floor(range.min / step + 1e-9);
    last = std::ceil(range.max / step - 1e-9);
  }
  ValueAxis axis{first * step, last * step, {}};
  AxisNumbers numbers(std::max(std::abs(axis.low), std::abs(axis.high)), step, unit);
  for (double i = first; i <= last; ++i) axis.ticks.push_back({i * step, numbers.text(i * step)});
  return axis;
}

}  // namespace charts
