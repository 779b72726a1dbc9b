// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/options/value_types.h"

namespace base::options {

using std::chrono::minutes;

namespace {

bool wrong(const yaml::Node& node, yaml::Problems& problems, std::string_view expected) {
  problems.error(node.mark, fmt::format("{} is not {}", shown(node), expected));
  return false;
}

// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
  auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  return is_digit(at) && is_digit(at + 1) ? (text[at] - '0') * 10 + (text[at + 1] - '0') : -1;
}

// "HH:MM", also "H:MM".
std::optional<TimeOfDay> parse_time_of_day(std::string_view text) {
  std::string padded = text.size() == 4 ? "0" + std::string(text) : std::string(text);
  if (padded.size() != 5 || padded[2] != ':') return std::nullopt;
  int hour = two_digits(padded, 0);
  int minute = two_digits(padded, 3);
  if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return TimeOfDay{minutes(hour * 60 + minute)};
}

// "YYYY-MM-DD HH:MM", as in Robusta's mute_intervals.
std::optional<LocalTime> parse_local_time(std::string_view text) {
  if (text.size() < 15 || text[4] != '-' || text[7] != '-' || text[10] != ' ') return std::nullopt;
  int century = two_digits(text, 0);
  int year = two_digits(text, 2);
  int month = two_digits(text, 5);
  int day = two_digits(text, 8);
  auto time = parse_time_of_day(text.substr(11));
  if (century < 0 || year < 0 || month < 0 || day < 0 || !time) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(century * 100 + year),
                                   std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  // What base::Time holds, with room for offsets.
  if (!date.ok() || date.year() < std::chrono::year(1970) || date.year() > std::chrono::year(2200)) {
    return std::nullopt;
  }
  return LocalTime(std::chrono::local_days(date)) + time->since_midnight;
}

constexpr std::array<std::string_view, 7> kDays = {"sunday",   "monday", "tuesday", "wednesday",
                                                   "thursday", "friday", "saturday"};

// A day's name, or its first three letters; "THR" is how Robusta writes Thursday.
std::optional<std::chrono::weekday> parse_day(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "thr") text = "thu";
  for (unsigned i = 0; i < kDays.size(); ++i) {
    if (text == kDays[i] || text == kDays[i].substr(0, 3)) return std::chrono::weekday(i);
  }
  return std::nullopt;
}

bool add_day(const yaml::Node& node, Weekdays& days, yaml::Problems& problems) {
  auto day = node.is_scalar() ? parse_day(node.scalar) : std::nullopt;
  if (!day) return wrong(node, problems, "a day: one of mon, tue, wed, thu, fri, sat, sun");
  days.add(*day);
  return true;
}

constexpr std::string_view kDayPattern =
    R"re({"type":"string","pattern":"^([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][UuRr]|[Ff][Rr][Ii]|[Ss][AaUu][TtNn])"})re";

}  // namespace

bool read_value(const yaml::Node& node, TimeZone& value, yaml::Problems& problems) {
  auto zone = node.is_scalar() ? TimeZone::find(node.scalar) : std::nullopt;
  if (!zone) return wrong(node, problems, "a time zone of this system's tzdata, such as Europe/Berlin");
  value = *zone;
  return true;
}
ValueType type_of(const TimeZone*) { return {"time zone", R"({"type":"string"})"}; }
std::string default_text(const TimeZone& value) { return value.name(); }

bool read_value(const yaml::Node& node, TimeOfDay& value, yaml::Problems& problems) {
  auto time = node.is_scalar() ? parse_time_of_day(node.scalar) : std::nullopt;
  if (!time) return wrong(node, problems, "a time of day from 00:00 to 24:00");
  value = *time;
  return true;
}
ValueType type_of(const TimeOfDay*) {
  return {"time of day", R"re({"type":"string","pattern":"^([01]?[0-9]|2[0-4]):[0-5][0-9]$"})re"};
}
std::string default_text(const TimeOfDay& value) {
  auto count = value.since_midnight.count();
  return fmt::format("{:02}:{:02}", count / 60, count % 60);
}

bool read_value(const yaml::Node& node, Weekdays& value, yaml::Problems& problems) {
  if (node.is_scalar()) {
    value = {};
    return add_day(node, value, problems);
  }
  if (!node.is_sequence()) return wrong(node, problems, "a list of days");
  value = {};
  bool ok = true;
  for (const yaml::Node& day : node.items) ok = add_day(day, value, problems) && ok;
  return ok;
}
ValueType type_of(const Weekdays*) {
  return {"list of days", fmt::format(R"({{"oneOf":[{},{{"type":"array","items":{}}}]}})", kDayPattern, kDayPattern)};
}
std::string default_text(const Weekdays& value) { return value == Weekdays::all() ? "every day" : ""; }

bool read_value(const yaml::Node& node, OptionalLocalTime& value, yaml::Problems& problems) {
  value = node.is_scalar() ? parse_local_time(node.scalar) : std::nullopt;
  return value ? true : wrong(node, problems, "a date and time such as 2026-12-31 23:00");
}
ValueType type_of(const OptionalLocalTime*) {
  return {"date and time",
          R"re({"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01]?[0-9]|2[0-4]):[0-5][0-9]$"})re"};
}
std::string default_text(const OptionalLocalTime&) { return {}; }

}  // namespace base::options
