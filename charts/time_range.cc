// SPDX-License-Identifier: Apache-2.0
#include "charts/time_range.h"

#include <algorithm>

namespace charts {

std::pair<base::Time, base::Time> time_range(const base::Chart& chart) {
  using std::chrono::hours;
  constexpr base::Time kFirst{hours(-24 * 365 * 60)};
  constexpr base::Time kLast{hours(24LL * 365 * 220)};
  base::Time from = std::clamp(chart.from, kFirst, kLast);
  base::Time to = std::clamp(chart.to, kFirst, kLast);
  if (from < to) return {from, to};
  from = kLast;
  to = kFirst;
  for (const base::Series& series : chart.series) {
    for (const base::Sample& sample : series.samples) {
      base::Time time = std::clamp(sample.time, kFirst, kLast);
      from = std::min(from, time);
      to = std::max(to, time);
    }
  }
  if (from > to) from = to = std::clamp(chart.to, kFirst, kLast);
  if (from < to) return {from, to};
  return {from - std::chrono::minutes(5), to + std::chrono::minutes(5)};
}

}  // namespace charts
