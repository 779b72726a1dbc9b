// SPDX-License-Identifier: Apache-2.0
#include "charts/layout.h"

#include <gtest/gtest.h>

#include "tests/unit/charts/example_charts.h"

namespace charts {
namespace {

Layout layout_of(const base::Chart& chart, int width = 800, int height = 400) {
  Canvas canvas = Canvas::make(width, height, 1).value();
  return lay_out(chart, width, height, canvas);
}

TEST(Layout, KeepsTheLegendBelowThePlotAndWithinThePicture) {
  for (int count : {1, 2, 5, 12, 40, 200}) {
    for (auto [width, height] : {std::pair(800, 400), {1280, 500}, {360, 240}}) {
      Layout layout = layout_of(chart_of(count), width, height);

      EXPECT_GT(layout.scale.plot.height, height * 0.3) << count;
      for (const LegendEntry& entry : layout.legend) {
        EXPECT_GT(entry.name.at.y - 7, layout.scale.plot.bottom() + 18) << count;
        EXPECT_LT(entry.name.at.y + 7, height) << count;
      }
    }
  }
}

TEST(Layout, CountsTheSeriesThatTheLegendHasNoRoomFor) {
  Layout layout = layout_of(chart_of(60));

  EXPECT_EQ(layout.more.text, "+" + std::to_string(60 - layout.legend.size()) + " more");
  EXPECT_GE(layout.legend.size(), 10u);
}

TEST(Layout, ShowsEverySeriesWhereThereIsRoom) {
  Layout layout = layout_of(chart_of(12));

  EXPECT_EQ(layout.legend.size(), 12u);
  EXPECT_EQ(layout.more.text, "");
}

TEST(Layout, IsTheSameAtEveryScale) {
  base::Chart chart = chart_of(7);
  Canvas one = Canvas::make(800, 400, 1).value();
  Canvas two = Canvas::make(800, 400, 2).value();

  Layout small = lay_out(chart, 800, 400, one);
  Layout large = lay_out(chart, 800, 400, two);

  EXPECT_NEAR(small.scale.plot.x, large.scale.plot.x, 1);
  EXPECT_EQ(small.scale.plot.bottom(), large.scale.plot.bottom());
  ASSERT_EQ(small.legend.size(), large.legend.size());
  EXPECT_EQ(small.legend[3].name.text, large.legend[3].name.text);
}

TEST(Layout, ElidesLongNamesSoThatTheyStayDifferent) {
  base::Chart chart = chart_of(8);
  for (std::size_t i = 0; i < 8; ++i) {
    chart.series[i].name = std::string(60, 'a') + "/shard-" + std::to_string(i) + "/" + std::string(60, 'b');
  }

  Layout layout = layout_of(chart);

  for (std::size_t i = 0; i < layout.legend.size(); ++i) {
    const std::string& name = layout.legend[i].name.text;
    EXPECT_NE(name.find(std::to_string(i)), std::string::npos) << name;
    EXPECT_LT(name.size(), 80u);
  }
}

TEST(Layout, TellsTheSeriesApartByTheLabelsThatDiffer) {
  base::Chart chart = chart_of(2);
  chart.series[0].name = chart.series[1].name = "";
  chart.series[0].labels = {{"job", "api"}, {"pod", "a"}, {"zone", "x"}};
  chart.series[1].labels = {{"job", "api"}, {"pod", "b"}, {"zone", "y"}};

  Layout layout = layout_of(chart);

  EXPECT_EQ(layout.legend[0].name.text, "pod=a, zone=x");
  EXPECT_EQ(layout.legend[1].name.text, "pod=b, zone=y");
}

TEST(Layout, KeepsLinesNearTheDataInThePicture) {
  base::Chart chart = chart_of(1);
  chart.lines = {{base::ReferenceLine::Kind::kLimit, "limit", 500}};

  Layout layout = layout_of(chart);

  EXPECT_TRUE(layout.lines[0].is_drawn);
  EXPECT_GE(layout.values.high, 500);
}

TEST(Layout, PointsAtLinesFarAboveTheDataInsteadOfPressingItFlat) {
  base::Chart chart = chart_of(1);
  chart.lines = {{base::ReferenceLine::Kind::kLimit, "limit", 1e6}};

  Layout layout = layout_of(chart);

  EXPECT_FALSE(layout.lines[0].is_drawn);
  EXPECT_EQ(layout.lines[0].label.text, "↑ limit 1M");
  EXPECT_LT(layout.values.high, 1000);
}

TEST(Layout, KeepsLabelsOfCloseLinesApart) {
  base::Chart chart = chart_of(1);
  for (int i = 0; i < 4; ++i) chart.lines.push_back({base::ReferenceLine::Kind::kThreshold, "t", 100.0 + i});

  Layout layout = layout_of(chart);

  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GE(layout.lines[i].label.at.y - layout.lines[i - 1].label.at.y, 13);
  }
}

TEST(Layout, PlacesLabelsOfCloseMarkersSoThatNoLineCrossesThem) {
  base::Chart chart = chart_of(1);
  for (int i : {118, 120, 122, 124}) chart.markers.push_back({"deploy 1.4." + std::to_string(i), kStart + kStep * i});
  Canvas canvas = Canvas::make(800, 400, 1).value();

  Layout layout = lay_out(chart, 800, 400, canvas);

  ASSERT_EQ(layout.markers.size(), 4u);
  for (const PlacedMarker& label : layout.markers) {
    ASSERT_NE(label.label.text, "");
    double left = label.label.at.x;
    double right = left + canvas.text_width(label.label.text, kLabelStyle);
    for (const PlacedMarker& line : layout.markers) {
      EXPECT_FALSE(line.row >= label.row && line.x > left && line.x < right) << label.label.text;
    }
    EXPECT_LT(label.label.at.y, layout.scale.plot.y);
  }
}

TEST(Layout, LeavesOutMarkersOfOtherTimes) {
  base::Chart chart = chart_of(1);
  chart.markers = {{"before", kStart - std::chrono::hours(1)}, {"after", kStart + std::chrono::hours(2)}};

  EXPECT_TRUE(layout_of(chart).markers.empty());
}

}  // namespace
}  // namespace charts
