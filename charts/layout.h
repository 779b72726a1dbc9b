// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/chart.h"
#include "charts/canvas.h"
#include "charts/time_axis.h"
#include "charts/trace.h"
#include "charts/value_axis.h"

namespace charts {

// A text and where it goes: the middle of its left edge.
struct PlacedText {
  Point at;
  std::string text;
};

// One entry of the legend: a stroke in the style of the series, its name, its newest value.
struct LegendEntry {
  std::size_t series;
  PlacedText name;
  PlacedText value;
};

// A horizontal line at `y` and its label beside the plot. A line too far above the data to be shown with it has its
// label at the upper edge and is not drawn.
struct PlacedLine {
  base::ReferenceLine::Kind kind;
  double y;
  bool is_drawn;
  PlacedText label;
};

// A vertical line at `x` and its label above the plot, beside the upper end of the line; the label is empty where there
// is no room left for it. Row 0 is the lowest.
struct PlacedMarker {
  double x;
  int row;
  PlacedText label;
};

// What of a chart goes where. Nothing in it overlaps the plot except what is drawn to scale.
struct Layout {
  PlacedText title;
  PlacedText range;
  PlotScale scale;
  ValueAxis values;
  std::vector<TimeTick> times;
  std::vector<std::vector<Run>> traces;  // For each series.
  std::vector<LegendEntry> legend;
  PlacedText more;  // "+7 more", or empty.
  std::vector<PlacedLine> lines;
  std::vector<PlacedMarker> markers;
  bool has_data = false;
};

// The styles that texts are measured and drawn with.
inline constexpr TextStyle kTitleStyle{14, true, kInk};
inline constexpr TextStyle kRangeStyle{11, false, kMutedInk};
inline constexpr TextStyle kAxisStyle{11, false, kMutedInk};
inline constexpr TextStyle kNameStyle{11, false, kInk};
inline constexpr TextStyle kLabelStyle{11, false, kInk};

inline constexpr double kSwatchWidth = 18;

// Measures texts with `canvas`; draws nothing.
Layout lay_out(const base::Chart& chart, int width, int height, Canvas& canvas);

}  // namespace charts
