// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "charts/chart.h"
#include "charts/layout.h"
#include "tests/unit/charts/decoded_png.h"
#include "tests/unit/charts/example_charts.h"

namespace charts {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Layout layout_of(const base::Chart& chart, PngOptions options = {}) {
  Canvas canvas = Canvas::make(options.width, options.height, options.scale).value();
  return lay_out(chart, options.width, options.height, canvas);
}

DecodedPng draw(const base::Chart& chart, PngOptions options = {}) {
  auto png = render_png(chart, options);
  return png ? decode_png(png.value()) : DecodedPng{};
}

int count_in_plot(const DecodedPng& picture, const Layout& layout, Color color, int tolerance = 40) {
  const Rect& plot = layout.scale.plot;
  return picture.count(color, static_cast<int>(plot.x), static_cast<int>(plot.y), static_cast<int>(plot.right()),
                       static_cast<int>(plot.bottom()), tolerance);
}

TEST(RenderPng, HasTheSizeAskedForTimesTheScale) {
  for (int scale : {1, 2, 3}) {
    DecodedPng picture = draw(chart_of(1), {640, 320, scale});

    EXPECT_EQ(picture.width, 640 * scale);
    EXPECT_EQ(picture.height, 320 * scale);
  }
}

TEST(RenderPng, RefusesSizesAndScalesOutOfRange) {
  for (PngOptions options :
       {PngOptions{99, 400, 1}, {800, 99, 1}, {4001, 400, 1}, {800, 4001, 1}, {800, 400, 0}, {800, 400, 4}}) {
    auto png = render_png(chart_of(1), options);

    ASSERT_FALSE(png);
    EXPECT_EQ(png.error().reason, base::Reason::kBadRequest);
    EXPECT_TRUE(png.error().retry.is_never());
  }
}

TEST(RenderPng, GivesTheSameBytesForTheSameChart) {
  EXPECT_EQ(render_png(chart_of(5)).value(), render_png(chart_of(5)).value());
}

TEST(RenderPng, DrawsEverySeriesInItsColourInPlotAndLegend) {
  base::Chart chart = chart_of(12);
  Layout layout = layout_of(chart);
  DecodedPng picture = draw(chart);

  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    EXPECT_GT(count_in_plot(picture, layout, series_style(i).color), 20) << i;
    const LegendEntry& entry = layout.legend.at(i);
    int x = static_cast<int>(entry.name.at.x);
    int y = static_cast<int>(entry.name.at.y);
    EXPECT_GT(picture.count(series_style(i).color, x - 30, y - 4, x, y + 4), 10) << i;
  }
}

TEST(RenderPng, DrawsTheColumnsOfAGapEmpty) {
  base::Chart with_nan = chart_of(1);
  for (std::size_t i = 100; i < 140; ++i) with_nan.series[0].samples[i].value = kNan;
  base::Chart with_hole = chart_of(1);
  auto& samples = with_hole.series[0].samples;
  samples.erase(samples.begin() + 100, samples.begin() + 140);

  for (const base::Chart& chart : {with_nan, with_hole}) {
    Layout layout = layout_of(chart);
    DecodedPng picture = draw(chart);
    const Rect& plot = layout.scale.plot;
    int from = static_cast<int>(layout.scale.x(kStart + kStep * 101));
    int to = static_cast<int>(layout.scale.x(kStart + kStep * 139));
    auto columns = [&](int x0, int x1) {
      return picture.count(series_style(0).color, x0, static_cast<int>(plot.y), x1, static_cast<int>(plot.bottom()),
                           60);
    };

    EXPECT_EQ(columns(from, to), 0);
    EXPECT_GT(columns(from - 40, from - 10), 20);
    EXPECT_GT(columns(to + 10, to + 40), 20);
  }
}

TEST(RenderPng, DrawsASingleSampleAsADot) {
  base::Chart chart = chart_of(1);
  chart.series[0].samples = {{kStart + kStep * 100, 5}};
  Layout layout = layout_of(chart);

  EXPECT_GT(count_in_plot(draw(chart), layout, series_style(0).color), 8);
  EXPECT_TRUE(layout.has_data);
}

TEST(RenderPng, SaysNoDataWithoutSamples) {
  base::Chart no_series = chart_of(0);
  base::Chart no_samples = chart_of(3);
  for (auto& series : no_samples.series) series.samples.clear();
  base::Chart only_nan = chart_of(1);
  for (auto& sample : only_nan.series[0].samples) sample.value = kNan;
  base::Chart elsewhere = chart_of(1);
  elsewhere.from += std::chrono::hours(100);
  elsewhere.to += std::chrono::hours(100);

  for (const base::Chart& chart : {no_series, no_samples, only_nan, elsewhere}) {
    Layout layout = layout_of(chart);
    const Rect& plot = layout.scale.plot;
    int x = static_cast<int>(plot.x + plot.width / 2);
    int y = static_cast<int>(plot.y + plot.height / 2);

    EXPECT_FALSE(layout.has_data);
    EXPECT_GT(draw(chart).count(kMutedInk, x - 40, y - 10, x + 40, y + 10, 30), 30);
  }
}

TEST(RenderPng, DrawsReferenceLinesAndMarkersInTheirColours) {
  base::Chart chart = chart_of(1);
  chart.lines = {{base::ReferenceLine::Kind::kLimit, "limit", 180},
                 {base::ReferenceLine::Kind::kRequest, "request", 60},
                 {base::ReferenceLine::Kind::kThreshold, "threshold", 150}};
  chart.markers = {{"alert started", kStart + kStep * 120}};
  Layout layout = layout_of(chart);
  DecodedPng picture = draw(chart);

  for (const base::ReferenceLine& line : chart.lines) {
    EXPECT_GT(count_in_plot(picture, layout, line_color(line.kind), 30), 200) << line.name;
  }
  EXPECT_GT(count_in_plot(picture, layout, kMarkerInk, 30), 50);
}

TEST(RenderPng, SurvivesWhateverNumbersCome) {
  for (double value : {kInfinity, -kInfinity, kNan, 0.0, -0.0, 1e308, -1e308, 5e-324, 1.0, -3.5}) {
    base::Chart chart = chart_of(2);
    chart.series[0].samples[7].value = value;
    for (auto& sample : chart.series[1].samples) sample.value = value;
    chart.lines = {{base::ReferenceLine::Kind::kLimit, "limit", value}};

    EXPECT_GT(draw(chart).count(kWhite), 100'000) << value;
  }
}

TEST(RenderPng, SurvivesWhateverTimesCome) {
  for (auto [from, to] : {std::pair(base::Time::min(), base::Time::max()),
                          {base::Time::max(), base::Time::min()},
                          {kStart, kStart},
                          {kStart + kStep, kStart},
                          {base::Time{}, base::Time{}}}) {
    base::Chart chart = chart_of(2);
    chart.from = from;
    chart.to = to;
    chart.series[0].samples.push_back({base::Time::max(), 1});
    chart.series[0].samples.insert(chart.series[0].samples.begin(), {base::Time::min(), 1});
    std::swap(chart.series[1].samples[3], chart.series[1].samples[90]);
    chart.markers = {{"first", base::Time::min()}, {"last", base::Time::max()}};

    EXPECT_GT(draw(chart).count(kWhite), 100'000);
  }
}

TEST(RenderPng, SurvivesWhateverNamesCome) {
  for (const std::string& text : {std::string(), std::string("\xff\xfe\x80"), std::string("a\0b\x01\n\t", 6),
                                  std::string(100'000, 'W'), std::string("\xe2\x80\xae rtl \xd7\xa9"),
                                  std::string("<b>&amp;</b>"), std::string("\xf0\x9f\x94\xa5 \xe7\x81\xab")}) {
    base::Chart chart = chart_of(30);
    chart.title = text;
    for (auto& series : chart.series) {
      series.name = text;
      series.labels = {{text, text}};
    }
    chart.lines = {{base::ReferenceLine::Kind::kLimit, text, 180}, {base::ReferenceLine::Kind::kLimit, text, 1e9}};
    for (int i = 0; i < 10; ++i) chart.markers.push_back({text, kStart + kStep * i * 24});

    for (PngOptions options : {PngOptions{800, 400, 1}, {100, 100, 2}, {4000, 120, 1}}) {
      EXPECT_GT(draw(chart, options).width, 0);
    }
  }
}

TEST(RenderPng, LeavesTheChartAsItWas) {
  base::Chart chart = chart_of(3);
  std::swap(chart.series[0].samples[1], chart.series[0].samples[2]);
  const base::Chart before = chart;

  (void)render_png(chart);

  EXPECT_EQ(chart, before);
}

TEST(RenderPng, DrawsOnSeveralThreadsAtOnce) {
  std::string expected = render_png(chart_of(4)).value();
  std::array<std::string, 4> drawn;
  {
    std::vector<std::jthread> threads;
    for (std::string& png : drawn) threads.emplace_back([&png] { png = render_png(chart_of(4)).value(); });
  }

  for (const std::string& png : drawn) EXPECT_EQ(png, expected);
}

TEST(RenderPng, IsSmall) {
  EXPECT_LT(render_png(chart_of(5)).value().size(), 40'000u);
  EXPECT_LT(render_png(chart_of(1), {800, 400, 2}).value().size(), 80'000u);
}

}  // namespace
}  // namespace charts
