// SPDX-License-Identifier: Apache-2.0
#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace base {
namespace {

Time utc(const char* text) { return *parse_rfc3339(text).value(); }

LocalTime wall(int year, unsigned month, unsigned day, int hour, int minute) {
  return LocalTime(std::chrono::local_days(
             std::chrono::year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)})) +
         std::chrono::hours(hour) + std::chrono::minutes(minute);
}

TEST(TimeZone, KnowsItsOffsetInSummerAndWinter) {
  auto berlin = TimeZone::find("Europe/Berlin").value();

  EXPECT_EQ(berlin.local(utc("2026-01-15T12:00:00Z")), wall(2026, 1, 15, 13, 0));
  EXPECT_EQ(berlin.local(utc("2026-07-15T12:00:00Z")), wall(2026, 7, 15, 14, 0));
  EXPECT_EQ(berlin.first_at(wall(2026, 7, 15, 14, 0)), utc("2026-07-15T12:00:00Z"));
  EXPECT_EQ(berlin.last_at(wall(2026, 7, 15, 14, 0)), utc("2026-07-15T12:00:00Z"));
}

TEST(TimeZone, TakesATimeThatIsLeftOutForTheMomentOfTheChange) {
  auto berlin = TimeZone::find("Europe/Berlin").value();

  EXPECT_EQ(berlin.first_at(wall(2026, 3, 29, 2, 30)), utc("2026-03-29T01:00:00Z"));
  EXPECT_EQ(berlin.last_at(wall(2026, 3, 29, 2, 30)), utc("2026-03-29T01:00:00Z"));
}

TEST(TimeZone, TellsTheTwoTimesOfAnHourThatComesTwice) {
  auto berlin = TimeZone::find("Europe/Berlin").value();

  EXPECT_EQ(berlin.first_at(wall(2026, 10, 25, 2, 30)), utc("2026-10-25T00:30:00Z"));
  EXPECT_EQ(berlin.last_at(wall(2026, 10, 25, 2, 30)), utc("2026-10-25T01:30:00Z"));
}

TEST(TimeZone, IsUtcWhenNothingIsSaid) {
  EXPECT_EQ(TimeZone().local(utc("2026-01-15T12:00:00.5Z")), wall(2026, 1, 15, 12, 0));
  EXPECT_EQ(TimeZone(), TimeZone::find("UTC").value());
}

TEST(TimeZone, RefusesNamesThatAreNoZone) {
  for (const char* name : {"", "Mars/Olympus", "/etc/passwd", "../../etc/passwd"})
    EXPECT_FALSE(TimeZone::find(name)) << name;
}

}  // namespace
}  // namespace base
