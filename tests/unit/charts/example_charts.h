// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>

#include "base/chart.h"

namespace charts {

inline constexpr base::Time kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 14) + std::chrono::hours(13)};
inline constexpr base::Duration kStep = std::chrono::seconds(15);

// 240 samples that swing round `middle`.
inline base::Series wave(std::string name, double middle, double swing, int samples = 240) {
  base::Series series{std::move(name), {}, {}};
  for (int i = 0; i < samples; ++i) series.samples.push_back({kStart + kStep * i, middle + swing * std::sin(i / 20.0)});
  return series;
}

// An hour of `count` series, each above the one before.
inline base::Chart chart_of(int count, base::Unit unit = base::Unit::kPlain) {
  base::Chart chart{"Requests per second", unit, kStart, kStart + kStep * 239, kStep, {}, {}, {}};
  for (int i = 0; i < count; ++i) chart.series.push_back(wave("gateway-" + std::to_string(i), 100 + 50 * i, 20));
  return chart;
}

}  // namespace charts
