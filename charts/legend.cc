// SPDX-License-Identifier: Apache-2.0
#include "charts/legend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "charts/chart.h"

namespace charts {
namespace {

constexpr double kRowHeight = 18;
constexpr double kSwatchGap = 7;
constexpr double kValueGap = 8;
constexpr double kColumnGap = 22;
// Narrower than this a cut name tells nothing: about 25 characters beside swatch and value.
constexpr double kMinColumn = 255;
// Names are measured to find the width of a column; more of them than a legend can show are not.
constexpr std::size_t kMaxMeasured = 60;

std::string newest_value(const base::Series& series, base::Unit unit) {
  auto newest = std::find_if(series.samples.rbegin(), series.samples.rend(),
                             [](const base::Sample& sample) { return std::isfinite(sample.value); });
  return newest == series.samples.rend() ? "" : format_value(newest->value, unit);
}

struct Column {
  double width;
  double value_width;
  std::size_t count;
};

Column column_for(const std::vector<std::string>& names, const std::vector<std::string>& values, double width,
                  int max_rows, Canvas& canvas) {
  double widest_name = 0;
  double widest_value = 0;
  std::size_t measured = std::min(names.size(), kMaxMeasured);
  for (std::size_t i = 0; i < measured; ++i) {
    widest_name = std::max(widest_name, canvas.text_width(names[i], kNameStyle));
    widest_value = std::max(widest_value, canvas.text_width(values[i], kNameStyle));
  }
  double beside = kSwatchWidth + kSwatchGap + kValueGap + widest_value + kColumnGap;
  double wanted = std::ceil(widest_name + beside);
  double fitting = std::max(1.0, std::floor((width + kColumnGap) / wanted));
  // Columns that cut long names are better than names that are not there.
  double needed = std::ceil(static_cast<double>(names.size()) / max_rows);
  double possible = std::max(1.0, std::floor((width + kColumnGap) / kMinColumn));
  double columns = std::min({std::max(fitting, std::min(needed, possible)), static_cast<double>(names.size())});
  return {std::min(wanted, (width + kColumnGap) / columns), widest_value, static_cast<std::size_t>(columns)};
}

}  // namespace

std::string fit(const std::string& text, SharedEnds shared, double width, const TextStyle& style, Canvas& canvas) {
  double natural = canvas.text_width(text, style);
  if (natural <= width) return text;
  auto chars = static_cast<std::size_t>(std::max(3.0, static_cast<double>(count_chars(text)) * width / natural));
  std::string cut = elide(text, shared, chars);
  while (chars > 3 && canvas.text_width(cut, style) > width) cut = elide(text, shared, --chars);
  return cut;
}

Legend make_legend(const base::Chart& chart, double width, int max_rows, Canvas& canvas) {
  Legend legend;
  if (chart.series.empty() || max_rows < 1) return legend;
  std::vector<std::string> names = legend_names(chart.series);
  std::vector<std::string> values;
  for (const base::Series& series : chart.series) values.push_back(newest_value(series, chart.unit));
  SharedEnds shared = shared_ends(names);
  Column column = column_for(names, values, width, max_rows, canvas);
  std::size_t cells = column.count * static_cast<std::size_t>(max_rows);
  std::size_t shown = names.size() <= cells ? names.size() : cells - 1;
  auto cell = [&](std::size_t i) {
    return Point{static_cast<double>(i % column.count) * column.width,
                 (static_cast<double>(i / column.count) + 0.5) * kRowHeight};
  };
  double room = column.width - kSwatchWidth - kSwatchGap - kValueGap - column.value_width - kColumnGap;
  for (std::size_t i = 0; i < shown; ++i) {
    Point at = cell(i);
    std::string name = fit(names[i], shared, room, kNameStyle, canvas);
    double name_x = at.x + kSwatchWidth + kSwatchGap;
    double value_x = name_x + canvas.text_width(name, kNameStyle) + kValueGap;
    legend.entries.push_back({i, {{name_x, at.y}, name}, {{value_x, at.y}, values[i]}});
  }
  if (shown < names.size()) legend.more = {cell(shown), fmt::format("+{} more", names.size() - shown)};
  std::size_t used = std::min(shown + 1, names.size());
  legend.height = kRowHeight * static_cast<double>((used + column.count - 1) / column.count);
  return legend;
}

}  // namespace charts
