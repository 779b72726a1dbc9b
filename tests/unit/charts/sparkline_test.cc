// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "charts/chart.h"
#include "charts/names.h"
#include "tests/unit/charts/example_charts.h"

namespace charts {
namespace {

base::Chart chart_of_values(const std::vector<double>& values, base::Unit unit = base::Unit::kPlain) {
  base::Chart chart{"", unit, kStart, kStart + kStep * (static_cast<int>(values.size()) - 1), kStep, {{}}, {}, {}};
  for (double value : values) {
    chart.series[0].samples.push_back({kStart + kStep * static_cast<int>(chart.series[0].samples.size()), value});
  }
  return chart;
}

std::string line_of(const std::vector<double>& values, int width, base::Unit unit = base::Unit::kPlain) {
  base::Chart chart = chart_of_values(values, unit);
  return sparkline(chart.series[0], chart, width);
}

TEST(Sparkline, RisesFromLowestToHighest) { EXPECT_EQ(line_of({0, 1, 2, 3, 4, 5, 6, 7}, 8), "▁▂▃▄▅▆▇█  7"); }

TEST(Sparkline, ShowsAConstantAsAFlatLine) {
  EXPECT_EQ(line_of({5, 5, 5, 5}, 4), "▄▄▄▄  5");
  EXPECT_EQ(line_of({0, 0, 0, 0}, 4), "▁▁▁▁  0");
}

TEST(Sparkline, LeavesGapsBlank) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(line_of({0, 0, 0, nan, nan, nan, nan, 7}, 8), "▁▁▁    █  7");
}

TEST(Sparkline, WritesTheNewestValueInItsUnit) {
  EXPECT_EQ(line_of({0, 12.5 * 1024 * 1024}, 2, base::Unit::kBytes), "▁█  12.5 MiB");
}

TEST(Sparkline, IsAsWideAsAskedFor) {
  for (int width : {1, 10, 60, 240, 500}) {
    base::Chart chart = chart_of(1);
    std::string line = sparkline(chart.series[0], chart, width);
    EXPECT_EQ(count_chars(line.substr(0, line.find("  "))), static_cast<std::size_t>(width));
  }
}

TEST(Sparkline, SaysNoDataWithoutValues) {
  base::Chart chart = chart_of_values({1, 2});
  chart.series[0].samples.clear();

  EXPECT_EQ(sparkline(chart.series[0], chart, 4), "      no data");
}

TEST(Sparkline, SurvivesWhateverTimesCome) {
  base::Chart chart = chart_of(1);
  chart.from = base::Time::min();
  chart.to = base::Time::max();
  chart.step = base::Duration::max();

  EXPECT_EQ(sparkline(chart.series[0], chart, 20).find("  "), 0u);
}

TEST(Sparkline, IgnoresInfinity) { EXPECT_EQ(line_of({0, std::numeric_limits<double>::infinity(), 7}, 3), "▁▁█  7"); }

}  // namespace
}  // namespace charts
