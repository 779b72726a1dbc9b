// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/chart.h"
#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "enrichers/action.h"
#include "enrichers/graph/prometheus.h"

namespace enrichers {

// The time that a graph of an alert covers.
struct Range {
  base::Time from;
  base::Time to;
  base::Duration step{};
};

// From `duration` before, or the alert's start if that is earlier, until now, or until a little after its end. The step
// gives about 240 points and is at least 15 s, below which scrapes have nothing new.
Range range_of(const schemas::Alert& alert, base::Time now, base::Duration duration);

// Vertical lines where the alert started and ended, as far as the range shows them.
std::vector<base::Marker> markers_of(const schemas::Alert& alert, const Range& range);

// What a chart is asked to show.
struct RangeQuery {
  std::string query;
  std::string title;
  base::Unit unit = base::Unit::kPlain;
  Range range;
  // Series that contradict these labels are left out while others are left: an alert's expression also finds its
  // neighbours.
  schemas::Labels about;
};

// The most series that a chart has; what is more is counted in the title.
inline constexpr std::size_t kMostSeries = 20;

// Asks Prometheus and makes a chart of the answer. Fails with kNoData when there is nothing to draw, saying whether
// there were no series or only empty ones. Warnings of the server become lines of `notes`.
base::Task<base::Result<base::Chart>> query_chart(const Prometheus& prometheus, RangeQuery wanted,
                                                  base::Deadline deadline, std::vector<std::string>& notes);

// Gives each series a name by the labels in which they differ.
void name_series(std::vector<base::Series>& series);

}  // namespace enrichers
