// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "charts/chart.h"
#include "charts/time_axis.h"
#include "charts/value_axis.h"
#include "tests/unit/charts/example_charts.h"

namespace charts {
namespace {

using base::Unit;

std::string labels(const ValueAxis& axis) {
  std::string text;
  for (const ValueTick& tick : axis.ticks) text += (text.empty() ? "" : " | ") + tick.label;
  return text;
}

TEST(ValueAxis, CountsInStepsThatPeopleRead) {
  struct Case {
    double min;
    double max;
    Unit unit;
    const char* labels;
  };
  constexpr double kMiB = 1024 * 1024;
  for (const Case& c : std::initializer_list<Case>{
           {0, 10, Unit::kPlain, "0 | 2 | 4 | 6 | 8 | 10"},
           {0, 1234, Unit::kPlain, "0 | 0.5k | 1k | 1.5k"},
           {0, 0.03, Unit::kPlain, "0 | 0.01 | 0.02 | 0.03"},
           {-3, 4, Unit::kPlain, "-4 | -2 | 0 | 2 | 4"},
           {1700000000, 1700000040, Unit::kPlain, "1700000000 | 1700000010 | 1700000020 | 1700000030 | 1700000040"},
           {0, 512 * kMiB, Unit::kBytes, "0 | 128 MiB | 256 MiB | 384 MiB | 512 MiB"},
           {0, 900, Unit::kBytes, "0 | 256 B | 512 B | 768 B | 1024 B"},
           {0, 1, Unit::kPercent, "0 % | 20 % | 40 % | 60 % | 80 % | 100 %"},
           {0, 0.04, Unit::kPercent, "0 % | 1 % | 2 % | 3 % | 4 %"},
           {0, 0.8, Unit::kMillicores, "0 | 200m | 400m | 600m | 800m"},
           {0, 7.5, Unit::kMillicores, "0 | 2 cores | 4 cores | 6 cores | 8 cores"},
           {0, 100, Unit::kSeconds, "0s | 30s | 1m | 1m30s | 2m"},
           {0, 0.2, Unit::kSeconds, "0s | 50ms | 100ms | 150ms | 200ms"},
           {5, 5, Unit::kPlain, "0 | 1 | 2 | 3 | 4 | 5"},
           {0, 0, Unit::kPlain, "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1"},
       }) {
    EXPECT_EQ(labels(make_value_axis(c.min, c.max, c.unit, 6)), c.labels);
  }
}

TEST(ValueAxis, HoldsItsValuesWithFewLinesWhateverTheRange) {
  for (Unit unit : {Unit::kPlain, Unit::kBytes, Unit::kPercent, Unit::kMillicores, Unit::kSeconds}) {
    for (double magnitude = 1e-9; magnitude < 1e18; magnitude *= 3.7) {
      for (auto [min, max] : {std::pair(0.0, magnitude), {-magnitude, magnitude / 3}, {magnitude, magnitude * 1.01}}) {
        ValueAxis axis = make_value_axis(min, max, unit, 6);

        EXPECT_LE(axis.low, min + magnitude * 1e-6);
        EXPECT_GE(axis.high, max - magnitude * 1e-6);
        EXPECT_GE(axis.ticks.size(), 2u);
        EXPECT_LE(axis.ticks.size(), 6u) << min << ".." << max;
      }
    }
  }
}

TEST(ValueAxis, SurvivesTheEndsOfDouble) {
  double largest = std::numeric_limits<double>::max();
  for (auto [min, max] : {std::pair(-largest, largest), {0.0, 5e-324}, {largest, largest}}) {
    ValueAxis axis = make_value_axis(min, max, Unit::kPlain, 5);

    EXPECT_LT(axis.low, axis.high);
    EXPECT_LE(axis.ticks.size(), 8u);
  }
}

std::string labels(const std::vector<TimeTick>& ticks) {
  std::string text;
  for (const TimeTick& tick : ticks) text += (text.empty() ? "" : " | ") + tick.label;
  return text;
}

TEST(TimeAxis, CountsInStepsOfClockAndCalendar) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  struct Case {
    base::Duration range;
    const char* labels;
  };
  for (const Case& c : std::initializer_list<Case>{
           {seconds(40), "13:00:00 | 13:00:10 | 13:00:20 | 13:00:30 | 13:00:40"},
           {minutes(5), "13:00 | 13:01 | 13:02 | 13:03 | 13:04 | 13:05"},
           {hours(1), "13:00 | 13:10 | 13:20 | 13:30 | 13:40 | 13:50 | 14:00"},
           {hours(12), "14:00 | 16:00 | 18:00 | 20:00 | 22:00 | Jan 15"},
           {hours(24), "18:00 | Jan 15 | 06:00 | 12:00"},
           {hours(24 * 7), "Jan 15 | Jan 17 | Jan 19 | Jan 21"},
           {hours(24 * 30), "Jan 19 | Jan 26 | Feb 2 | Feb 9"},
           {hours(24 * 365), "Jan 2026 | Apr 2026 | Jul 2026 | Oct 2026"},
       }) {
    EXPECT_EQ(labels(time_ticks(kStart, kStart + c.range, 7)), c.labels);
  }
}

TEST(TimeAxis, NamesTheDayAtMidnight) {
  auto ticks = time_ticks(kStart, kStart + std::chrono::hours(12), 7);

  EXPECT_TRUE(ticks.back().is_day);
  EXPECT_FALSE(ticks.front().is_day);
}

TEST(TimeAxis, TellsTheRangeOnce) {
  using std::chrono::hours;
  EXPECT_EQ(range_text(kStart, kStart + hours(1)), "14 Jan 2026 13:00 – 14:00 UTC");
  EXPECT_EQ(range_text(kStart, kStart + hours(20)), "14 Jan 13:00 – 15 Jan 2026 09:00 UTC");
  EXPECT_EQ(range_text(kStart, kStart + hours(24 * 14)), "14 Jan – 28 Jan 2026 UTC");
  EXPECT_EQ(range_text(kStart - hours(24 * 20), kStart), "25 Dec 2025 – 14 Jan 2026 UTC");
}

TEST(FormatValue, WritesEachUnitAsPeopleDo) {
  struct Case {
    double value;
    Unit unit;
    const char* text;
  };
  for (const Case& c : std::initializer_list<Case>{
           {1.5 * 1024 * 1024 * 1024, Unit::kBytes, "1.5 GiB"},
           {0, Unit::kBytes, "0 B"},
           {12.34 * 1024 * 1024, Unit::kBytes, "12.3 MiB"},
           {-2048, Unit::kBytes, "-2 KiB"},
           {0.25, Unit::kPercent, "25 %"},
           {0.98765, Unit::kPercent, "98.8 %"},
           {0.25, Unit::kMillicores, "250m"},
           {0, Unit::kMillicores, "0m"},
           {1, Unit::kMillicores, "1 core"},
           {2.5, Unit::kMillicores, "2.5 cores"},
           {1200, Unit::kPlain, "1.2k"},
           {7, Unit::kPlain, "7"},
           {0.5, Unit::kPlain, "0.5"},
           {-1234567, Unit::kPlain, "-1.23M"},
           {1e30, Unit::kPlain, "1e+18T"},
           {0.00001234, Unit::kPlain, "1.23e-05"},
           {0, Unit::kSeconds, "0s"},
           {0.25, Unit::kSeconds, "250ms"},
           {5400, Unit::kSeconds, "1h30m"},
           {90061, Unit::kSeconds, "1d1h"},
           {-90, Unit::kSeconds, "-1m30s"},
           {std::numeric_limits<double>::infinity(), Unit::kBytes, "+Inf"},
           {std::numeric_limits<double>::quiet_NaN(), Unit::kPlain, "no value"},
       }) {
    EXPECT_EQ(format_value(c.value, c.unit), c.text);
  }
}

}  // namespace
}  // namespace charts
