// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "base/chart.h"

namespace charts {

// The times that a picture of the chart shows, the first before the last: the range of the chart, or that of its
// samples where it names none. Within the years 1910 to 2190: what is outside is a mistake, and a base::Duration holds
// no more than 292 years.
std::pair<base::Time, base::Time> time_range(const base::Chart& chart);

}  // namespace charts
