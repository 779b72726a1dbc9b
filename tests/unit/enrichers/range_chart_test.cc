// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/range_chart.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

const base::Time kNow = base::parse_rfc3339("2026-01-02T12:00:00Z").value().value();

schemas::Alert alert_since(base::Duration age) {
  schemas::Alert alert;
  alert.starts_at = kNow - age;
  return alert;
}

TEST(RangeOf, CoversTheWantedTimeOfAYoungAlert) {
  auto range = enrichers::range_of(alert_since(5min), kNow, 60min);

  EXPECT_EQ(range.from, kNow - 60min);
  EXPECT_EQ(range.to, kNow);
  EXPECT_EQ(range.step, 15s);
}

TEST(RangeOf, GoesBackToTheStartOfAnOldAlert) {
  auto range = enrichers::range_of(alert_since(24h), kNow, 60min);

  EXPECT_EQ(range.from, kNow - 24h);
  EXPECT_EQ(range.step, 360s);
}

TEST(RangeOf, EndsALittleBehindTheEndOfAResolvedAlert) {
  auto alert = alert_since(10h);
  alert.ends_at = kNow - 9h;

  auto range = enrichers::range_of(alert, kNow, 60min);

  EXPECT_EQ(range.from, kNow - 10h);
  EXPECT_EQ(range.to, kNow - 9h + 3min);
}

TEST(MarkersOf, LeavesOutWhatTheRangeDoesNotShow) {
  auto alert = alert_since(10h);
  alert.ends_at = kNow - 1min;

  auto markers = enrichers::markers_of(alert, {kNow - 1h, kNow, 15s});

  ASSERT_EQ(markers.size(), 1u);
  EXPECT_EQ(markers[0].name, "resolved");
}

TEST(NameSeries, NamesThemByWhatDiffers) {
  std::vector<base::Series> series(2);
  series[0].labels = {{"job", "x"}, {"pod", "a"}, {"zone", "1"}};
  series[1].labels = {{"job", "x"}, {"pod", "b"}};

  enrichers::name_series(series);

  EXPECT_EQ(series[0].name, "a 1");
  EXPECT_EQ(series[1].name, "b");
}

TEST(NameSeries, NamesASingleOneByItsMostTellingLabel) {
  std::vector<base::Series> series(1);
  series[0].labels = {{"instance", "1.2.3.4:80"}, {"pod", "a"}};

  enrichers::name_series(series);

  EXPECT_EQ(series[0].name, "a");
}

}  // namespace
