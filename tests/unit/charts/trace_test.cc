// SPDX-License-Identifier: Apache-2.0
#include "charts/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/unit/charts/example_charts.h"

namespace charts {
namespace {

PlotScale scale() { return {{50, 50, 700, 300}, kStart, kStart + kStep * 239, 0, 200}; }

TEST(Trace, PutsTheEndsOfTheScaleOnTheEdgesOfThePlot) {
  EXPECT_EQ(scale().x(kStart), 50);
  EXPECT_EQ(scale().x(kStart + kStep * 239), 750);
  EXPECT_EQ(scale().y(0), 350);
  EXPECT_EQ(scale().y(200), 50);
}

TEST(Trace, IsOneRunWithoutGaps) {
  auto runs = trace(wave("a", 100, 50), kStep, scale());

  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].size(), 240u);
}

TEST(Trace, BreaksAfterOneAndAHalfSteps) {
  base::Series series = wave("a", 100, 50);
  series.samples[10].time += kStep / 2 + std::chrono::nanoseconds(1);
  EXPECT_EQ(trace(series, kStep, scale()).size(), 2u);

  series = wave("a", 100, 50);
  series.samples.erase(series.samples.begin() + 10);
  EXPECT_EQ(trace(series, kStep, scale()).size(), 2u);
  EXPECT_EQ(trace(series, base::Duration::zero(), scale()).size(), 1u);
}

TEST(Trace, BreaksWhereAValueIsNotFinite) {
  base::Series series = wave("a", 100, 50);
  series.samples[10].value = std::numeric_limits<double>::quiet_NaN();
  series.samples[20].value = std::numeric_limits<double>::infinity();

  EXPECT_EQ(trace(series, kStep, scale()).size(), 3u);
}

TEST(Trace, LeavesOutSamplesThatGoBackInTime) {
  base::Series series = wave("a", 100, 50);
  std::swap(series.samples[5], series.samples[50]);

  for (const charts::Run& run : trace(series, kStep, scale())) {
    EXPECT_TRUE(std::is_sorted(run.begin(), run.end(), [](Point a, Point b) { return a.x < b.x; }));
  }
}

TEST(Trace, ThinsOutLongSeriesAndKeepsTheirPeaks) {
  base::Series series{"a", {}, {}};
  for (int i = 0; i < 200'000; ++i) {
    series.samples.push_back({kStart + kStep * 239 * i / 200'000, i == 77'777 ? 199.0 : 100.0 + i % 7});
  }

  auto runs = trace(series, base::Duration::zero(), scale());

  ASSERT_EQ(runs.size(), 1u);
  EXPECT_LE(runs[0].size(), 700u * 2 * 4 + 4);
  auto highest = std::min_element(runs[0].begin(), runs[0].end(), [](Point a, Point b) { return a.y < b.y; });
  EXPECT_EQ(highest->y, scale().y(199));
}

}  // namespace
}  // namespace charts
