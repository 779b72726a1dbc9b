// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "charts/chart.h"
#include "charts/time_range.h"

namespace charts {
namespace {

constexpr std::array<const char*, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// The means of the samples of each column; the newest are in the last one.
std::vector<std::optional<double>> columns_of(const base::Series& series, base::Time from, base::Time to,
                                              std::size_t count) {
  std::vector<double> sums(count, 0);
  std::vector<int> counts(count, 0);
  std::chrono::duration<double> whole = to - from;
  for (const base::Sample& sample : series.samples) {
    if (!std::isfinite(sample.value) || sample.time < from || sample.time > to) continue;
    double part = std::chrono::duration<double>(sample.time - from) / whole;
    auto column = std::min(count - 1, static_cast<std::size_t>(part * static_cast<double>(count)));
    sums[column] += sample.value;
    ++counts[column];
  }
  std::vector<std::optional<double>> columns(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (counts[i] > 0) columns[i] = sums[i] / counts[i];
  }
  return columns;
}

// A column without a sample of its own between two that have one is a gap only if its neighbours are further apart than
// the chart's step allows; else the columns are narrower than the step.
void bridge(std::vector<std::optional<double>>& columns, double columns_per_gap) {
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i]) continue;
    if (last && static_cast<double>(i - *last) <= columns_per_gap) {
      for (std::size_t j = *last + 1; j < i; ++j) columns[j] = columns[*last];
    }
    last = i;
  }
}

std::string bar(double value, double low, double high) {
  if (high <= low) return value == 0 ? kBars.front() : kBars[3];
  double part = (value / 2 - low / 2) / (high / 2 - low / 2);
  return kBars[std::min<std::size_t>(7, static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * 8))];
}

std::string newest_text(const base::Series& series, base::Unit unit) {
  auto newest = std::find_if(series.samples.rbegin(), series.samples.rend(),
                             [](const base::Sample& sample) { return std::isfinite(sample.value); });
  return newest == series.samples.rend() ? "no data" : format_value(newest->value, unit);
}

}  // namespace

std::string sparkline(const base::Series& series, const base::Chart& chart, int width) {
  auto count = static_cast<std::size_t>(std::clamp(width, 1, 1000));
  auto [from, to] = time_range(chart);
  auto columns = columns_of(series, from, to, count);
  std::chrono::duration<double> whole = to - from;
  std::chrono::duration<double> step = chart.step;
  bridge(columns, 1.5 * step / whole * static_cast<double>(count) + 1);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const auto& column : columns) {
    if (!column) continue;
    low = std::min(low, *column);
    high = std::max(high, *column);
  }
  std::string text;
  for (const auto& column : columns) text += column ? bar(*column, low, high) : " ";
  return text + "  " + newest_text(series, chart.unit);
}

}  // namespace charts
