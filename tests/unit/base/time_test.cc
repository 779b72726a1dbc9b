// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace base {
namespace {

using namespace std::chrono_literals;

std::string normalized(std::string_view text) {
  auto time = parse_rfc3339(text);
  if (!time) return "error";
  return time.value() ? to_rfc3339(*time.value()) : "none";
}

struct Row {
  const char* text;
  const char* normalized;
};

class Rfc3339 : public testing::TestWithParam<Row> {};

TEST_P(Rfc3339, IsReadAndWrittenAsGoDoes) { EXPECT_EQ(normalized(GetParam().text), GetParam().normalized); }

INSTANTIATE_TEST_SUITE_P(
    All, Rfc3339,
    testing::Values(
        Row{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
        Row{"2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"},
        Row{"2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456789Z"},
        Row{"2026-01-02T03:04:05.1234567899Z", "2026-01-02T03:04:05.123456789Z"},
        Row{"2026-01-02T03:04:05.100Z", "2026-01-02T03:04:05.1Z"},
        Row{"2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"},
        Row{"2026-01-01T01:30:00+05:30", "2025-12-31T20:00:00Z"},
        Row{"2026-01-02T23:04:05-01:30", "2026-01-03T00:34:05Z"}, Row{"2026-01-02t03:04:05z", "2026-01-02T03:04:05Z"},
        Row{"2026-01-02 03:04:05Z", "2026-01-02T03:04:05Z"}, Row{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        Row{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"}, Row{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
        Row{"1678-01-01T00:00:00Z", "1678-01-01T00:00:00Z"}, Row{"2261-12-31T23:59:59Z", "2261-12-31T23:59:59Z"},
        Row{"0001-01-01T00:00:00Z", "none"}, Row{"", "none"}, Row{"2025-02-29T00:00:00Z", "error"},
        Row{"2026-13-01T00:00:00Z", "error"}, Row{"2026-00-01T00:00:00Z", "error"},
        Row{"2026-01-32T00:00:00Z", "error"}, Row{"2026-01-02T24:00:00Z", "error"},
        Row{"2026-01-02T03:60:00Z", "error"}, Row{"2026-01-02T03:04:61Z", "error"}, Row{"2026-01-02T03:04:05", "error"},
        Row{"2026-01-02T03:04:05+0200", "error"}, Row{"2026-01-02T03:04:05+24:00", "error"},
        Row{"2026-01-02T03:04:05Zx", "error"}, Row{"2026-1-2T03:04:05Z", "error"}, Row{"1500-01-01T00:00:00Z", "error"},
        Row{"2500-01-01T00:00:00Z", "error"}, Row{"now", "error"}, Row{"1767323045", "error"},
        Row{"-026-01-02T03:04:05Z", "error"}));

TEST(Time, SurvivesARoundTrip) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> nanos(-9'000'000'000'000'000'000, 9'000'000'000'000'000'000);
  for (int i = 0; i < 2000; ++i) {
    Time time{Duration(nanos(random))};

    auto read = parse_rfc3339(to_rfc3339(time));

    ASSERT_TRUE(read) << to_rfc3339(time);
    ASSERT_EQ(read.value(), time);
  }
}

TEST(Time, ConvertsUnixSecondsByTheMillisecond) {
  EXPECT_EQ(to_rfc3339(from_unix_seconds(1767323045.678)), "2026-01-02T03:04:05.678Z");
  EXPECT_DOUBLE_EQ(to_unix_seconds(from_unix_seconds(1767323045.678)), 1767323045.678);
  EXPECT_EQ(from_unix_seconds(-0.5), Time(-500ms));
  EXPECT_EQ(to_rfc3339(from_unix_seconds(1e300)).substr(0, 4), "2261");
  EXPECT_EQ(to_rfc3339(from_unix_seconds(-1e300)).substr(0, 4), "1678");
  EXPECT_EQ(from_unix_seconds(std::nan("")), Time());
}

TEST(Time, NamesTheBadTextShortened) {
  auto read = parse_rfc3339(std::string(1000, 'x'));

  EXPECT_EQ(read.error().reason, Reason::kBadRequest);
  EXPECT_TRUE(read.error().retry.is_never());
  EXPECT_LT(read.error().message.size(), 100u);
}

struct DurationRow {
  const char* text;
  Duration expected;
  const char* written;
};

class DurationForms : public testing::TestWithParam<DurationRow> {};

TEST_P(DurationForms, AreReadAndWrittenAsPrometheusDoes) {
  auto read = parse_duration(GetParam().text);

  ASSERT_TRUE(read) << GetParam().text;
  EXPECT_EQ(read.value(), GetParam().expected);
  EXPECT_EQ(to_string(read.value()), GetParam().written);
}

INSTANTIATE_TEST_SUITE_P(All, DurationForms,
                         testing::Values(DurationRow{"30s", 30s, "30s"}, DurationRow{"1h30m", 90min, "1h30m"},
                                         DurationRow{"90s", 90s, "1m30s"}, DurationRow{"500ms", 500ms, "500ms"},
                                         DurationRow{"1d", 24h, "1d"}, DurationRow{"2w", 336h, "14d"},
                                         DurationRow{"1y", 8760h, "365d"}, DurationRow{"45", 45s, "45s"},
                                         DurationRow{"1.5", 1500ms, "1s500ms"}, DurationRow{"1.5h", 90min, "1h30m"},
                                         DurationRow{"0", 0s, "0s"}, DurationRow{"0s", 0s, "0s"}));

TEST(Durations, RefuseWhatIsNone) {
  for (const char* text : {"", "s", "5 m", "-5s", "5x", "1h5", "soon", "1..5s", "1e3s", "inf", "nan", "200y",
                           "99999999999999999999s", "36500d1s", "5S", "30m1h", "1h1h", "5s1"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Durations, AreWrittenBelowZeroToo) { EXPECT_EQ(to_string(Duration(-90s)), "-1m30s"); }

}  // namespace
}  // namespace base
