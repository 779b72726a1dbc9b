// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "base/options/option_table.h"
#include "base/time_zone.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"

namespace sinks {

// From `start` up to `end` on the wall; an end that is not after the start is on the next day.
struct Hours {
  base::TimeOfDay start;
  base::TimeOfDay end;
};

// Hours of some days of the week; none are the whole days. Hours over midnight belong to the day that they begin on.
struct WeeklyHours {
  base::Weekdays days = base::Weekdays::all();
  std::vector<Hours> hours;
};

// A sink's section `activity`, as Robusta has it.
struct Activity {
  base::TimeZone timezone;
  std::vector<WeeklyHours> intervals;
};

// One of a sink's `mute_intervals`: two dates, as Robusta has them (the minute of the end belongs to it), or hours of
// every week.
struct MuteInterval {
  base::TimeZone timezone;
  std::optional<base::LocalTime> start_date;
  std::optional<base::LocalTime> end_date;
  base::Weekdays days = base::Weekdays::all();
  std::vector<Hours> hours;
};

const base::OptionTable<Activity>& activity_options();
const base::OptionTable<MuteInterval>& mute_interval_options();

// What the tables can't see: an interval that mixes both forms, ends before it begins, or has none. `sink` is the
// section of the sink.
void check_schedule(const base::yaml::Node& sink, const std::vector<MuteInterval>& mutes,
                    base::yaml::Problems& problems);

// When a sink is told. Immutable and thread-safe.
class Schedule {
 public:
  // A sink that is not told at a moment.
  struct Quiet {
    bool muted = false;               // By a mute interval, else outside of its activity.
    std::optional<base::Time> until;  // When it is told again; nullopt: not within a year.
  };

  Schedule() = default;  // Always.
  Schedule(std::optional<Activity> activity, std::vector<MuteInterval> mutes)
      : activity_(std::move(activity)), mutes_(std::move(mutes)) {}

  std::optional<Quiet> quiet_at(base::Time now) const;

 private:
  std::optional<base::Time> muted_until(base::Time now) const;

  std::optional<Activity> activity_;
  std::vector<MuteInterval> mutes_;
};

}  // namespace sinks
