// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/schedule.h"

#include <algorithm>

namespace sinks {

using base::LocalTime;
using base::Time;
using base::TimeOfDay;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

namespace {

constexpr minutes kWholeDay{24 * 60};
// The last minute of a day is how people write the end of the day where 24:00 is not allowed.
constexpr minutes kLastMinute{24 * 60 - 1};

struct Window {
  Time begin;
  Time end;
  bool holds(Time now) const { return begin <= now && now < end; }
};

// The window that begins on `day`. Clocks that go back inside of it make it longer, clocks that go forward shorter.
Window window_on(local_days day, const Hours& hours, const base::TimeZone& zone) {
  minutes end = hours.end.since_midnight == kLastMinute ? kWholeDay : hours.end.since_midnight;
  bool over_midnight = end <= hours.start.since_midnight;
  LocalTime first = day + hours.start.since_midnight;
  LocalTime last = day + (over_midnight ? days(1) : days(0)) + end;
  return {zone.first_at(first), zone.last_at(last)};
}

// Calls visit(window) for the windows that may hold `now` or begin within the week after it.
template <class Visit>
void for_windows(const WeeklyHours& weekly, const base::TimeZone& zone, Time now, Visit visit) {
  static const std::vector<Hours> whole_day{{TimeOfDay{minutes(0)}, TimeOfDay{kWholeDay}}};
  const auto& hours = weekly.hours.empty() ? whole_day : weekly.hours;
  auto today = std::chrono::floor<days>(zone.local(now));
  // Yesterday's may reach over midnight.
  for (auto day = today - days(1); day <= today + days(7); day += days(1)) {
    if (!weekly.days.has(std::chrono::weekday(day))) continue;
    for (const Hours& one : hours) visit(window_on(day, one, zone));
  }
}

// The end of the latest window that holds `now`.
std::optional<Time> end_of(const WeeklyHours& weekly, const base::TimeZone& zone, Time now) {
  std::optional<Time> end;
  for_windows(weekly, zone, now, [&](const Window& window) {
    if (window.holds(now) && (!end || window.end > *end)) end = window.end;
  });
  return end;
}

bool is_active(const Activity& activity, Time now) {
  return std::any_of(activity.intervals.begin(), activity.intervals.end(),
                     [&](const WeeklyHours& weekly) { return end_of(weekly, activity.timezone, now).has_value(); });
}

std::optional<Time> next_activity(const Activity& activity, Time now) {
  std::optional<Time> next;
  for (const WeeklyHours& weekly : activity.intervals) {
    for_windows(weekly, activity.timezone, now, [&](const Window& window) {
      // A window that the clock's change leaves empty begins nothing.
      if (window.begin > now && window.begin < window.end && (!next || window.begin < *next)) next = window.begin;
    });
  }
  return next;
}

std::optional<Time> end_of(const MuteInterval& mute, Time now) {
  if (!mute.start_date || !mute.end_date) return end_of(WeeklyHours{mute.days, mute.hours}, mute.timezone, now);
  Window window{mute.timezone.first_at(*mute.start_date), mute.timezone.last_at(*mute.end_date + minutes(1))};
  return window.holds(now) ? std::optional(window.end) : std::nullopt;
}

}  // namespace

std::optional<Time> Schedule::muted_until(Time now) const {
  std::optional<Time> until;
  for (const MuteInterval& mute : mutes_) {
    auto end = end_of(mute, now);
    if (end && (!until || *end > *until)) until = end;
  }
  return until;
}

std::optional<Schedule::Quiet> Schedule::quiet_at(Time now) const {
  auto blocked_until = [&](Time at) -> std::optional<Quiet> {
    if (auto end = muted_until(at)) return Quiet{.muted = true, .until = end};
    if (activity_ && !is_active(*activity_, at)) return Quiet{.muted = false, .until = next_activity(*activity_, at)};
    return std::nullopt;
  };
  auto quiet = blocked_until(now);
  if (!quiet) return std::nullopt;
  // One kind of quiet may end within another. Each step is at least a minute; a year of hours, one after the other, has
  // a few thousand of them.
  constexpr int kMostSteps = 10'000;
  const Time horizon = now + days(366);
  auto until = quiet->until;
  for (int step = 0; until && step < kMostSteps; ++step) {
    auto more = blocked_until(*until);
    if (!more) return Quiet{quiet->muted, until};
    if (*until > horizon) break;
    until = more->until;
  }
  return Quiet{quiet->muted, std::nullopt};
}

}  // namespace sinks
