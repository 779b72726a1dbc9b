// SPDX-License-Identifier: Apache-2.0
#include "charts/time_axis.h"

#include <fmt/format.h>

#include <array>

namespace charts {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

constexpr std::int64_t kDay = 86400;
constexpr std::array<std::int64_t, 24> kSteps{1,        2,        5,         10,        15,        30,
                                              60,       120,      300,       600,       900,       1800,
                                              3600,     2 * 3600, 3 * 3600,  6 * 3600,  12 * 3600, kDay,
                                              2 * kDay, 7 * kDay, 14 * kDay, 28 * kDay, 91 * kDay, 364 * kDay};
// 1970-01-05, the first Monday.
constexpr std::int64_t kFirstMonday = 4 * kDay;

constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Calendar {
  int year;
  const char* month;
  unsigned day;
  long hour;
  long minute;
  long second;
};

Calendar calendar(base::Time time) {
  auto day = floor<days>(time);
  std::chrono::year_month_day date(day);
  auto of_day = floor<seconds>(time - day).count();
  return {static_cast<int>(date.year()),       kMonths[static_cast<unsigned>(date.month()) - 1],
          static_cast<unsigned>(date.day()),   static_cast<long>(of_day / 3600),
          static_cast<long>(of_day / 60 % 60), static_cast<long>(of_day % 60)};
}

std::int64_t step_for(std::int64_t span, int max_ticks) {
  for (std::int64_t step : kSteps) {
    if (span / step + 1 <= max_ticks) return step;
  }
  std::int64_t step = kSteps.back();
  while (span / step + 1 > max_ticks) step *= 2;
  return step;
}

std::string label(const Calendar& at, std::int64_t step, bool is_day) {
  if (step >= 91 * kDay) return fmt::format("{} {}", at.month, at.year);
  if (step >= kDay || is_day) return fmt::format("{} {}", at.month, at.day);
  if (step < 60) return fmt::format("{:02}:{:02}:{:02}", at.hour, at.minute, at.second);
  return fmt::format("{:02}:{:02}", at.hour, at.minute);
}

}  // namespace

std::vector<TimeTick> time_ticks(base::Time from, base::Time to, int max_ticks) {
  std::int64_t first = std::chrono::ceil<seconds>(from.time_since_epoch()).count();
  std::int64_t last = floor<seconds>(to.time_since_epoch()).count();
  std::vector<TimeTick> ticks;
  if (last < first) return ticks;
  std::int64_t step = step_for(last - first, max_ticks);
  std::int64_t origin = step >= 7 * kDay ? kFirstMonday : 0;
  std::int64_t ahead = (first - origin) % step;
  std::int64_t start = ahead == 0 ? first : first - ahead + (ahead > 0 ? step : 0);
  for (std::int64_t at = start; at <= last; at += step) {
    base::Time time{seconds(at)};
    bool is_day = step < kDay && at % kDay == 0;
    ticks.push_back({time, label(calendar(time), step, is_day), is_day});
  }
  return ticks;
}

std::string range_text(base::Time from, base::Time to) {
  Calendar a = calendar(from);
  Calendar b = calendar(to);
  bool same_year = a.year == b.year;
  bool same_day = floor<days>(from) == floor<days>(to);
  if (same_day) {
    return fmt::format("{} {} {} {:02}:{:02} – {:02}:{:02} UTC", a.day, a.month, a.year, a.hour, a.minute, b.hour,
                       b.minute);
  }
  if (to - from < days(7)) {
    std::string year = same_year ? "" : fmt::format(" {}", a.year);
    return fmt::format("{} {}{} {:02}:{:02} – {} {} {} {:02}:{:02} UTC", a.day, a.month, year, a.hour, a.minute, b.day,
                       b.month, b.year, b.hour, b.minute);
  }
  if (same_year) return fmt::format("{} {} – {} {} {} UTC", a.day, a.month, b.day, b.month, b.year);
  return fmt::format("{} {} {} – {} {} {} UTC", a.day, a.month, a.year, b.day, b.month, b.year);
}

}  // namespace charts
