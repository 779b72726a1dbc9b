// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/schedule.h"

#include <gtest/gtest.h>

#include "base/yaml/parse.h"

namespace sinks {
namespace {

using std::chrono::minutes;

base::Time utc(const std::string& text) { return *base::parse_rfc3339(text).value(); }

base::yaml::Node yaml(const std::string& text, base::yaml::Problems& problems) {
  return base::yaml::parse(
      text, [](const std::string&) { return std::nullopt; }, problems);
}

Activity activity(const std::string& text) {
  base::yaml::Problems problems;
  auto read = activity_options().read(yaml(text, problems), problems);
  for (const auto& problem : problems.sorted()) ADD_FAILURE() << problem.message;
  return read;
}

std::vector<MuteInterval> mutes(const std::string& text) {
  base::yaml::Problems problems;
  std::vector<MuteInterval> read;
  for (const auto& item : yaml(text, problems).items) read.push_back(mute_interval_options().read(item, problems));
  for (const auto& problem : problems.sorted()) ADD_FAILURE() << problem.message;
  return read;
}

// "active", or why not and until when.
std::string at(const Schedule& schedule, const std::string& time) {
  auto quiet = schedule.quiet_at(utc(time));
  if (!quiet) return "active";
  return std::string(quiet->muted ? "muted" : "inactive") + " until " +
         (quiet->until ? base::to_rfc3339(*quiet->until) : "ever");
}

TEST(Schedule, IsAlwaysActiveWhenNothingIsSaid) { EXPECT_EQ(at(Schedule(), "2026-03-04T12:00:00Z"), "active"); }

// 2026-03-04 is a Wednesday; Berlin is an hour before UTC.
TEST(Schedule, KeepsOfficeHoursInItsTimeZone) {
  Schedule office(activity("{timezone: Europe/Berlin, intervals: [{days: [mon, tue, wed, THR, fri], "
                           "hours: [{start: 09:00, end: '17:00'}]}]}"),
                  {});

  EXPECT_EQ(at(office, "2026-03-04T07:59:59Z"), "inactive until 2026-03-04T08:00:00Z");
  EXPECT_EQ(at(office, "2026-03-04T08:00:00Z"), "active");
  EXPECT_EQ(at(office, "2026-03-04T15:59:59Z"), "active");
  EXPECT_EQ(at(office, "2026-03-04T16:00:00Z"), "inactive until 2026-03-05T08:00:00Z");
  EXPECT_EQ(at(office, "2026-03-06T16:00:00Z"), "inactive until 2026-03-09T08:00:00Z");
}

TEST(Schedule, FollowsTheClocksWhenTheyChange) {
  Schedule office(activity("{timezone: Europe/Berlin, intervals: [{hours: [{start: 9:00, end: 17:00}]}]}"), {});

  EXPECT_EQ(at(office, "2026-03-28T16:30:00Z"), "inactive until 2026-03-29T07:00:00Z");
  EXPECT_EQ(at(office, "2026-10-24T15:30:00Z"), "inactive until 2026-10-25T08:00:00Z");
}

TEST(Schedule, TakesTheHourThatComesTwiceWhole) {
  Schedule night(activity("{timezone: Europe/Berlin, intervals: [{hours: [{start: 02:00, end: 03:00}]}]}"), {});

  EXPECT_EQ(at(night, "2026-10-24T23:59:59Z"), "inactive until 2026-10-25T00:00:00Z");
  for (const char* time : {"2026-10-25T00:00:00Z", "2026-10-25T00:59:00Z", "2026-10-25T01:59:00Z"}) {
    EXPECT_EQ(at(night, time), "active") << time;
  }
  EXPECT_EQ(at(night, "2026-10-25T02:00:00Z"), "inactive until 2026-10-26T01:00:00Z");
}

TEST(Schedule, LeavesOutTheHourThatIsLeftOut) {
  Schedule night(activity("{timezone: Europe/Berlin, intervals: [{hours: [{start: 02:00, end: 03:00}]}]}"), {});

  EXPECT_EQ(at(night, "2026-03-28T23:00:00Z"), "inactive until 2026-03-30T00:00:00Z");
  EXPECT_EQ(at(night, "2026-03-29T01:00:00Z"), "inactive until 2026-03-30T00:00:00Z");
}

TEST(Schedule, ReachesOverMidnightFromTheDayItBegins) {
  Schedule duty(activity("{intervals: [{days: [fri], hours: [{start: 22:00, end: 06:00}]}]}"), {});

  EXPECT_EQ(at(duty, "2026-03-06T05:00:00Z"), "inactive until 2026-03-06T22:00:00Z");
  EXPECT_EQ(at(duty, "2026-03-06T22:00:00Z"), "active");
  EXPECT_EQ(at(duty, "2026-03-07T05:59:00Z"), "active");
  EXPECT_EQ(at(duty, "2026-03-07T06:00:00Z"), "inactive until 2026-03-13T22:00:00Z");
}

TEST(Schedule, ReachesOverMidnightWhileTheClocksChange) {
  Schedule duty(activity("{timezone: Europe/Berlin, intervals: [{days: [sat], hours: [{start: 22:00, end: 06:00}]}]}"),
                {});

  EXPECT_EQ(at(duty, "2026-03-29T03:59:00Z"), "active");
  EXPECT_EQ(at(duty, "2026-03-29T04:00:00Z"), "inactive until 2026-04-04T20:00:00Z");
  EXPECT_EQ(at(duty, "2026-10-25T04:59:00Z"), "active");
  EXPECT_EQ(at(duty, "2026-10-25T05:00:00Z"), "inactive until 2026-10-31T21:00:00Z");
}

TEST(Schedule, TakesTheLastMinuteOfADayForItsEnd) {
  Schedule whole(activity("{intervals: [{days: [wed, thu], hours: [{start: 00:00, end: 23:59}]}]}"), {});

  EXPECT_EQ(at(whole, "2026-03-04T23:59:30Z"), "active");
  EXPECT_EQ(at(whole, "2026-03-05T23:59:59.9Z"), "active");
  EXPECT_EQ(at(whole, "2026-03-06T00:00:00Z"), "inactive until 2026-03-11T00:00:00Z");
}

TEST(Schedule, IsActiveForWholeDaysWithoutHours) {
  Schedule weekend(activity("{timezone: America/New_York, intervals: [{days: [Saturday, sunday]}]}"), {});

  EXPECT_EQ(at(weekend, "2026-03-07T04:59:00Z"), "inactive until 2026-03-07T05:00:00Z");
  EXPECT_EQ(at(weekend, "2026-03-07T05:00:00Z"), "active");
  // New York's clocks go forward on that Sunday.
  EXPECT_EQ(at(weekend, "2026-03-09T03:59:00Z"), "active");
  EXPECT_EQ(at(weekend, "2026-03-09T04:00:00Z"), "inactive until 2026-03-14T04:00:00Z");
}

TEST(Schedule, IsMutedBetweenTwoDatesTheLastMinuteIncluded) {
  Schedule holidays(std::nullopt, mutes("[{start_date: 2026-12-24 18:00, end_date: 2026-12-27 08:00, timezone: CET}]"));

  EXPECT_EQ(at(holidays, "2026-12-24T16:59:59Z"), "active");
  EXPECT_EQ(at(holidays, "2026-12-24T17:00:00Z"), "muted until 2026-12-27T07:01:00Z");
  EXPECT_EQ(at(holidays, "2026-12-27T07:00:59Z"), "muted until 2026-12-27T07:01:00Z");
  EXPECT_EQ(at(holidays, "2026-12-27T07:01:00Z"), "active");
}

TEST(Schedule, IsMutedEveryWeek) {
  Schedule backups(std::nullopt, mutes("[{days: [sun], hours: [{start: 23:00, end: 01:00}]}]"));

  EXPECT_EQ(at(backups, "2026-03-08T22:59:00Z"), "active");
  EXPECT_EQ(at(backups, "2026-03-09T00:30:00Z"), "muted until 2026-03-09T01:00:00Z");
}

TEST(Schedule, IsToldAgainOnlyWhenNothingKeepsItQuiet) {
  Schedule both(activity("{intervals: [{hours: [{start: 09:00, end: 17:00}]}]}"),
                mutes("[{start_date: 2026-03-04 16:00, end_date: 2026-03-05 11:59},"
                      " {start_date: 2026-03-05 10:00, end_date: 2026-03-05 17:30}]"));

  EXPECT_EQ(at(both, "2026-03-04T16:30:00Z"), "muted until 2026-03-06T09:00:00Z");
  EXPECT_EQ(at(both, "2026-03-04T08:00:00Z"), "inactive until 2026-03-04T09:00:00Z");
}

TEST(Schedule, SaysThatItIsNeverToldAgain) {
  Schedule never(std::nullopt, mutes("[{days: [mon, tue, wed, thu, fri, sat, sun]}]"));

  EXPECT_EQ(at(never, "2026-03-04T08:00:00Z"), "muted until ever");
}

TEST(Schedule, AgreesWithItselfAboutTheEndOfEachQuietTime) {
  Schedule odd(activity("{timezone: Australia/Lord_Howe, intervals: [{days: [mon, wed, sat], hours: "
                        "[{start: 01:45, end: 02:15}, {start: 23:00, end: 00:30}]}]}"),
               mutes("[{days: [sat], hours: [{start: 23:30, end: 23:45}], timezone: Australia/Lord_Howe}]"));

  for (base::Time time = utc("2026-03-30T00:00:00Z"); time < utc("2026-10-12T00:00:00Z"); time += minutes(7)) {
    auto quiet = odd.quiet_at(time);
    if (!quiet) continue;
    ASSERT_TRUE(quiet->until) << base::to_rfc3339(time);
    EXPECT_FALSE(odd.quiet_at(*quiet->until)) << base::to_rfc3339(time);
    EXPECT_TRUE(odd.quiet_at(*quiet->until - minutes(1))) << base::to_rfc3339(time);
  }
}

}  // namespace
}  // namespace sinks
