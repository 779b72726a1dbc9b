// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/chart.h"
#include "charts/canvas.h"
#include "charts/layout.h"

namespace charts {

inline constexpr double kMarkerRowHeight = 15;

// Lines for the markers within the scale's time, in the order of time. Each label stands right or left of its line, in
// one of at most three rows above the plot, so that it covers no other label and is crossed by no line.
std::vector<PlacedMarker> place_markers(const std::vector<base::Marker>& markers, const PlotScale& scale, double right,
                                        Canvas& canvas);

}  // namespace charts
