// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "charts/canvas.h"
#include "charts/chart.h"
#include "charts/layout.h"
#include "charts/palette.h"
#include "charts/png.h"

namespace charts {
namespace {

constexpr int kMinSide = 100;
constexpr int kMaxSide = 4000;
constexpr int kMaxScale = 3;

constexpr double kLineDashes[] = {6, 4};
constexpr double kMarkerDashes[] = {3, 3};
constexpr double kAreaOpacity = 0.12;
constexpr double kDotRadius = 3;

// The middle of the pixel that holds `position`: lines one pixel wide are sharp there.
double sharp(double position) { return std::floor(position) + 0.5; }

// Many lines are easier to tell apart when they are thin.
double stroke_width(std::size_t series) { return series <= 6 ? 1.9 : series <= 12 ? 1.6 : 1.3; }

void draw_axes(const Layout& layout, Canvas& canvas) {
  const Rect& plot = layout.scale.plot;
  for (const ValueTick& tick : layout.values.ticks) {
    double y = sharp(layout.scale.y(tick.value));
    canvas.line({plot.x, y}, {plot.right(), y}, tick.value == 0 ? kAxis : kGrid, 1);
    canvas.text({plot.x - 8, y}, tick.label, kAxisStyle, Align::kRight);
  }
  double bottom = sharp(plot.bottom());
  canvas.line({plot.x, bottom}, {plot.right(), bottom}, kAxis, 1);
  for (const TimeTick& tick : layout.times) {
    double x = sharp(layout.scale.x(tick.time));
    canvas.line({x, plot.y}, {x, plot.bottom()}, kGrid, 1);
    canvas.line({x, bottom}, {x, bottom + 4}, kAxis, 1);
    TextStyle style = kAxisStyle;
    style.bold = tick.is_day;
    canvas.text({x, plot.bottom() + 14}, tick.label, style, Align::kCenter);
  }
}

void draw_area(const Run& run, Color color, const Layout& layout, Canvas& canvas) {
  double base = layout.scale.y(std::clamp(0.0, layout.scale.low, layout.scale.high));
  Run outline = run;
  outline.push_back({run.back().x, base});
  outline.push_back({run.front().x, base});
  canvas.polygon(outline, color, kAreaOpacity);
}

void draw_series(const Layout& layout, Canvas& canvas) {
  const Rect& plot = layout.scale.plot;
  double width = stroke_width(layout.traces.size());
  canvas.clip({plot.x - 3, plot.y - 3, plot.width + 6, plot.height + 6});
  for (std::size_t i = layout.traces.size(); i-- > 0;) {
    SeriesStyle style = series_style(i);
    for (const Run& run : layout.traces[i]) {
      if (layout.traces.size() == 1 && run.size() > 1) draw_area(run, style.color, layout, canvas);
      if (run.size() == 1) {
        canvas.dot(run.front(), kDotRadius, style.color);
      } else {
        canvas.polyline(run, style.color, width, style.dashes);
      }
    }
  }
  canvas.unclip();
}

void draw_lines(const Layout& layout, Canvas& canvas) {
  const Rect& plot = layout.scale.plot;
  for (const PlacedLine& line : layout.lines) {
    Color color = line_color(line.kind);
    double y = sharp(line.y);
    if (line.is_drawn) canvas.line({plot.x, y}, {plot.right() + 4, y}, color, 1.4, kLineDashes);
    TextStyle style = kLabelStyle;
    style.color = color;
    canvas.text(line.label.at, line.label.text, style);
  }
}

void draw_markers(const Layout& layout, Canvas& canvas) {
  const Rect& plot = layout.scale.plot;
  TextStyle style = kLabelStyle;
  style.color = kMarkerInk;
  for (const PlacedMarker& marker : layout.markers) {
    double x = sharp(marker.x);
    double top = marker.label.text.empty() ? plot.y : marker.label.at.y - 6;
    canvas.line({x, top}, {x, plot.bottom()}, kMarkerInk, 1, kMarkerDashes);
    canvas.text(marker.label.at, marker.label.text, style);
  }
}

void draw_legend(const Layout& layout, Canvas& canvas) {
  TextStyle muted = kNameStyle;
  muted.color = kMutedInk;
  for (const LegendEntry& entry : layout.legend) {
    SeriesStyle style = series_style(entry.series);
    double y = sharp(entry.name.at.y) + 0.5;
    double x = entry.name.at.x - 7;
    canvas.line({x - kSwatchWidth, y}, {x, y}, style.color, 3, style.dashes);
    canvas.text(entry.name.at, entry.name.text, kNameStyle);
    canvas.text(entry.value.at, entry.value.text, muted);
  }
  canvas.text(layout.more.at, layout.more.text, muted);
}

void draw(const Layout& layout, Canvas& canvas) {
  canvas.text(layout.title.at, layout.title.text, kTitleStyle);
  canvas.text(layout.range.at, layout.range.text, kRangeStyle);
  draw_axes(layout, canvas);
  draw_markers(layout, canvas);
  draw_series(layout, canvas);
  draw_lines(layout, canvas);
  draw_legend(layout, canvas);
  if (!layout.has_data) {
    const Rect& plot = layout.scale.plot;
    canvas.text({plot.x + plot.width / 2, plot.y + plot.height / 2}, "no data", {16, false, kMutedInk}, Align::kCenter);
  }
}

// What must keep its colour to the bit, so that a legend and its line can't differ.
std::vector<Color> exact_colors(const Layout& layout) {
  std::vector<Color> colors{kWhite, kInk, kMutedInk, kGrid, kAxis, kMarkerInk};
  for (const PlacedLine& line : layout.lines) colors.push_back(line_color(line.kind));
  for (std::size_t i = 0; i < std::min(layout.traces.size(), kSeriesColors); ++i) {
    colors.push_back(series_style(i).color);
  }
  return colors;
}

}  // namespace

base::Result<std::string> render_png(const base::Chart& chart, const PngOptions& options) {
  auto is_side = [](int side) { return side >= kMinSide && side <= kMaxSide; };
  if (!is_side(options.width) || !is_side(options.height)) {
    return base::permanent(base::Reason::kBadRequest, "a chart is 100 to 4000 pixels wide and high");
  }
  if (options.scale < 1 || options.scale > kMaxScale) {
    return base::permanent(base::Reason::kBadRequest, "the scale of a chart is 1, 2 or 3");
  }
  BOOST_OUTCOME_TRY(Canvas canvas, Canvas::make(options.width, options.height, options.scale));
  Layout layout = lay_out(chart, options.width, options.height, canvas);
  draw(layout, canvas);
  return encode_png(canvas, exact_colors(layout));
}

}  // namespace charts
