// SPDX-License-Identifier: Apache-2.0
#include "charts/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "charts/chart.h"
#include "charts/legend.h"
#include "charts/marker_labels.h"
#include "charts/names.h"
#include "charts/time_range.h"

namespace charts {
namespace {

constexpr double kMargin = 16;
constexpr double kHeaderHeight = 26;
constexpr double kTimeLabels = 24;
constexpr double kLegendGap = 8;
constexpr double kTickGap = 8;
// Room for one label on each axis, with space around it.
constexpr double kValueTickHeight = 42;
constexpr double kTimeTickWidth = 84;
// A legend takes no more of the height than this, labels beside the plot no more of the width.
constexpr double kLegendShare = 0.28;
constexpr double kLineLabelShare = 0.22;
constexpr double kLegendRow = 18;
// A line further away than this many times the largest value would press the data flat.
constexpr double kFarLine = 10;

struct Extent {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  bool is_empty() const { return min > max; }
  void add(double value) {
    if (!std::isfinite(value)) return;
    min = std::min(min, value);
    max = std::max(max, value);
  }
};

Extent extent_of(const base::Chart& chart, base::Time from, base::Time to) {
  Extent extent;
  for (const base::Series& series : chart.series) {
    for (const base::Sample& sample : series.samples) {
      if (sample.time >= from && sample.time <= to) extent.add(sample.value);
    }
  }
  return extent;
}

bool is_far(const base::ReferenceLine& line, const Extent& data) {
  if (data.is_empty()) return false;
  double reach = std::max(std::abs(data.min), std::abs(data.max));
  return reach > 0 && std::abs(line.value) > kFarLine * reach;
}

// Puts labels that stand one above the other at least a row apart, within the plot.
void spread(std::vector<PlacedLine>& lines, const Rect& plot) {
  constexpr double kApart = 14;
  std::sort(lines.begin(), lines.end(), [](const PlacedLine& a, const PlacedLine& b) { return a.y < b.y; });
  double least = plot.y;
  for (PlacedLine& line : lines) {
    line.label.at.y = std::max(line.label.at.y, least);
    least = line.label.at.y + kApart;
  }
  double most = plot.bottom();
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    line->label.at.y = std::min(line->label.at.y, most);
    most = line->label.at.y - kApart;
  }
}

class LayoutBuilder {
 public:
  LayoutBuilder(const base::Chart& chart, int width, int height, Canvas& canvas)
      : chart_(chart), width_(width), height_(height), canvas_(canvas) {}

  Layout build() {
    auto [from, to] = time_range(chart_);
    layout_.scale.from = from;
    layout_.scale.to = to;
    place_header();
    Legend legend = make_legend(chart_, width_ - 2 * kMargin, legend_rows(), canvas_);
    place_axes(legend.height, 1);
    // How many rows of labels the markers need is known when the width of the plot is.
    int rows = place_markers();
    if (rows != 1) {
      place_axes(legend.height, rows);
      place_markers();
    }
    place_legend(std::move(legend));
    place_lines();
    for (const base::Series& series : chart_.series) {
      layout_.traces.push_back(trace(series, chart_.step, layout_.scale));
      layout_.has_data = layout_.has_data || !layout_.traces.back().empty();
    }
    return std::move(layout_);
  }

 private:
  int legend_rows() const { return std::max(1, static_cast<int>(height_ * kLegendShare / kLegendRow)); }

  void place_header() {
    double y = kMargin + kHeaderHeight / 2 - 5;
    std::string range = range_text(layout_.scale.from, layout_.scale.to);
    double range_width = canvas_.text_width(range, kRangeStyle);
    std::string title = clean_text(chart_.title);
    double room = width_ - 2 * kMargin;
    // Where both do not fit, a picture without its dates is better than one without its name.
    bool has_range = range_width < room * (title.empty() ? 1.0 : 0.6);
    if (has_range) {
      layout_.range = {{width_ - kMargin - range_width, y}, range};
      room -= range_width + kMargin;
    }
    layout_.title = {{kMargin, y}, fit(title, {}, room, kTitleStyle, canvas_)};
  }

  void place_axes(double legend_height, int marker_rows) {
    Extent data = extent_of(chart_, layout_.scale.from, layout_.scale.to);
    Extent shown = data;
    for (const base::ReferenceLine& line : chart_.lines) {
      if (!is_far(line, data)) shown.add(line.value);
    }
    if (shown.is_empty()) shown = {0, 1};
    Rect& plot = layout_.scale.plot;
    plot.y = std::round(kMargin + kHeaderHeight + marker_rows * kMarkerRowHeight);
    double below = kTimeLabels + (legend_height > 0 ? kLegendGap + legend_height : 0) + kMargin / 2;
    plot.height = std::max(10.0, std::floor(height_ - plot.y - below));
    layout_.values = make_value_axis(shown.min, shown.max, chart_.unit,
                                     std::max(2, static_cast<int>(plot.height / kValueTickHeight) + 1));
    layout_.scale.low = layout_.values.low;
    layout_.scale.high = layout_.values.high;
    double widest = 0;
    for (const ValueTick& tick : layout_.values.ticks) {
      widest = std::max(widest, canvas_.text_width(tick.label, kAxisStyle));
    }
    plot.x = std::ceil(kMargin + widest + kTickGap);
    plot.width = std::max(10.0, std::floor(width_ - plot.x - std::max(kMargin, line_label_width() + kTickGap + 4)));
    layout_.times =
        time_ticks(layout_.scale.from, layout_.scale.to, std::max(2, static_cast<int>(plot.width / kTimeTickWidth)));
  }

  void place_legend(Legend legend) {
    double x = kMargin;
    double y = layout_.scale.plot.bottom() + kTimeLabels + kLegendGap;
    auto move = [&](Point& at) { at = {at.x + x, at.y + y}; };
    for (LegendEntry& entry : legend.entries) {
      move(entry.name.at);
      move(entry.value.at);
    }
    move(legend.more.at);
    layout_.legend = std::move(legend.entries);
    layout_.more = std::move(legend.more);
  }

  int place_markers() {
    layout_.markers = charts::place_markers(chart_.markers, layout_.scale, width_ - kMargin, canvas_);
    int rows = 0;
    for (const PlacedMarker& marker : layout_.markers) rows = std::max(rows, marker.row + 1);
    return rows;
  }

  std::string line_label(const base::ReferenceLine& line) {
    std::string value = format_value(line.value, chart_.unit);
    double room = width_ * kLineLabelShare - canvas_.text_width("↑  " + value, kLabelStyle);
    std::string name = clean_text(line.name);
    return name.empty() ? value : fit(name, {}, room, kLabelStyle, canvas_) + " " + value;
  }

  double line_label_width() {
    double widest = 0;
    for (const base::ReferenceLine& line : chart_.lines) {
      if (!std::isfinite(line.value)) continue;
      widest = std::max(widest, canvas_.text_width("↑ " + line_label(line), kLabelStyle));
    }
    return widest;
  }

  void place_lines() {
    const Rect& plot = layout_.scale.plot;
    for (const base::ReferenceLine& line : chart_.lines) {
      if (!std::isfinite(line.value)) continue;
      double y = layout_.scale.y(line.value);
      bool is_inside = y > plot.y - 1 && y < plot.bottom() + 1;
      y = std::clamp(y, plot.y, plot.bottom());
      std::string arrow = is_inside ? "" : y == plot.y ? "↑ " : "↓ ";
      layout_.lines.push_back({line.kind, y, is_inside, {{plot.right() + kTickGap, y}, arrow + line_label(line)}});
    }
    spread(layout_.lines, plot);
  }

  const base::Chart& chart_;
  double width_;
  double height_;
  Canvas& canvas_;
  Layout layout_;
};

}  // namespace

Layout lay_out(const base::Chart& chart, int width, int height, Canvas& canvas) {
  return LayoutBuilder(chart, width, height, canvas).build();
}

}  // namespace charts
