// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/schedule.h"

namespace sinks {

namespace {

const base::OptionTable<Hours>& hours_options() {
  static const auto table = [] {
    base::OptionTable<Hours> t("hours", "Hours of a day, in the time zone of the interval.");
    t.option("start", &Hours::start, "From.", base::kRequired);
    t.option("end", &Hours::end,
             "Up to; `23:59` and `24:00` are the end of the day. An end that is not after the start is on the next "
             "day.",
             base::kRequired);
    return t;
  }();
  return table;
}

const base::OptionTable<WeeklyHours>& weekly_hours_options() {
  static const auto table = [] {
    base::OptionTable<WeeklyHours> t("intervals", "Hours of some days of the week.");
    t.option("days", &WeeklyHours::days,
             "The days, such as `[mon, tue]`. Hours over midnight belong to the day that "
             "they begin on.");
    t.list_of("hours", &WeeklyHours::hours, hours_options(), "The hours; without any, the whole day.");
    return t;
  }();
  return table;
}

// What tells one form of a mute interval from the other.
bool names_dates(const base::yaml::Node& item) {
  return item.find("start_date") != nullptr || item.find("end_date") != nullptr;
}
bool names_hours(const base::yaml::Node& item) { return item.find("days") != nullptr || item.find("hours") != nullptr; }

void check_mute(const base::yaml::Node& item, const MuteInterval& mute, base::yaml::Problems& problems) {
  if (!item.is_mapping()) return;  // Reported by the table.
  if (names_dates(item) == names_hours(item)) {
    problems.error(item.mark, "a mute interval has start_date and end_date, or days and hours, and not both");
  } else if (names_dates(item) && (!item.find("start_date") || !item.find("end_date"))) {
    problems.error(item.mark, "a mute interval needs both start_date and end_date");
  } else if (mute.start_date && mute.end_date && *mute.end_date < *mute.start_date) {
    problems.error(item.find("end_date")->mark, "end_date is before start_date");
  }
}

}  // namespace

const base::OptionTable<Activity>& activity_options() {
  static const auto table = [] {
    base::OptionTable<Activity> t("activity", "When a sink is told.");
    t.option("timezone", &Activity::timezone, "Where the hours are meant, such as Europe/Berlin.");
    t.list_of("intervals", &Activity::intervals, weekly_hours_options(), "Days and hours; any of them is enough.",
              base::kRequired);
    return t;
  }();
  return table;
}

const base::OptionTable<MuteInterval>& mute_interval_options() {
  static const auto table = [] {
    base::OptionTable<MuteInterval> t("mute_intervals", "When a sink is not told: between two dates, or every week.");
    t.option("timezone", &MuteInterval::timezone, "Where dates and hours are meant.");
    t.option("start_date", &MuteInterval::start_date, "From.");
    t.option("end_date", &MuteInterval::end_date, "Until; this minute is muted too.");
    t.option("days", &MuteInterval::days, "Instead of dates: days of every week.");
    t.list_of("hours", &MuteInterval::hours, hours_options(), "Hours of those days; without any, the whole days.");
    return t;
  }();
  return table;
}

void check_schedule(const base::yaml::Node& sink, const std::vector<MuteInterval>& mutes,
                    base::yaml::Problems& problems) {
  const auto* list = sink.find("mute_intervals");
  if (!list || list->items.size() != mutes.size()) return;
  for (std::size_t i = 0; i < mutes.size(); ++i) check_mute(list->items[i], mutes[i], problems);
}

}  // namespace sinks
