// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/chart.h"
#include "charts/geometry.h"

namespace charts {

// Where times and values stand in the plot.
struct PlotScale {
  Rect plot;
  base::Time from;
  base::Time to;
  double low = 0;
  double high = 1;

  double x(base::Time time) const;
  double y(double value) const;
};

// The points of a line without a gap; one alone is to be drawn as a dot.
using Run = std::vector<Point>;

// A series as lines in pixels, broken where a value is not finite or two samples are further apart than 1.5 steps.
// Samples out of the scale's time, and such that go back in time, are left out. Where several samples share a pixel
// column only the first, lowest, highest and last of them are kept: the picture is the same.
std::vector<Run> trace(const base::Series& series, base::Duration step, const PlotScale& scale);

}  // namespace charts
