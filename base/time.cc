// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace base {

namespace {

Error bad_time(std::string_view text) {
  return permanent(Reason::kBadRequest, fmt::format("'{}' is not an RFC 3339 time", text.substr(0, 40)));
}

// Reads exactly `digits` decimal digits at `*at`, moving it on. -1 when they are not there.
int read_number(std::string_view text, std::size_t* at, std::size_t digits) {
  if (text.size() < *at + digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    char c = text[*at + i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  *at += digits;
  return value;
}

bool read_char(std::string_view text, std::size_t* at, std::string_view any_of) {
  if (*at >= text.size() || any_of.find(text[*at]) == std::string_view::npos) return false;
  ++*at;
  return true;
}

// The fraction behind a dot, in nanoseconds; digits past the ninth are dropped.
int read_fraction(std::string_view text, std::size_t* at) {
  int nanos = 0;
  int scale = 100'000'000;
  for (; *at < text.size() && text[*at] >= '0' && text[*at] <= '9'; ++*at, scale /= 10)
    nanos += (text[*at] - '0') * scale;
  return nanos;
}

// Writes the last digits of a number over those at `at`. Every record has some ten times: fmt would take four times as
// long.
void write_number(std::string& text, std::size_t at, std::size_t digits, std::int64_t number) {
  for (std::size_t i = at + digits; i-- > at; number /= 10) text[i] = static_cast<char>('0' + number % 10);
}

std::optional<std::chrono::minutes> read_offset(std::string_view text, std::size_t* at) {
  if (read_char(text, at, "Zz")) return std::chrono::minutes(0);
  bool negative = *at < text.size() && text[*at] == '-';
  if (!read_char(text, at, "+-")) return std::nullopt;
  int hours = read_number(text, at, 2);
  if (!read_char(text, at, ":")) return std::nullopt;
  int minutes = read_number(text, at, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return std::chrono::minutes((negative ? -1 : 1) * (hours * 60 + minutes));
}

struct Unit {
  std::string_view name;
  Duration length;
};

using std::chrono::hours;
// Prometheus' units; a year is 365 days there
// (https://prometheus.io/docs/prometheus/latest/configuration/configuration/).
constexpr std::array<Unit, 7> kUnits = {{{"y", hours(24 * 365)},
                                         {"w", hours(24 * 7)},
                                         {"d", hours(24)},
                                         {"h", hours(1)},
                                         {"m", std::chrono::minutes(1)},
                                         {"s", std::chrono::seconds(1)},
                                         {"ms", std::chrono::milliseconds(1)}}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// A century: keeps every sum of a parsed duration and a time inside the range of Time.
constexpr Duration kLongestDuration = hours(24 * 365 * 100);

}  // namespace

std::string to_rfc3339(Time time) {
  auto days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(days);
  std::chrono::hh_mm_ss clock(time - days);
  auto nanos = clock.subseconds().count();
  std::string text = "0000-00-00T00:00:00.000000000Z";
  write_number(text, 0, 4, static_cast<int>(date.year()));
  write_number(text, 5, 2, static_cast<unsigned>(date.month()));
  write_number(text, 8, 2, static_cast<unsigned>(date.day()));
  write_number(text, 11, 2, clock.hours().count());
  write_number(text, 14, 2, clock.minutes().count());
  write_number(text, 17, 2, clock.seconds().count());
  write_number(text, 20, 9, nanos);
  std::size_t last = nanos == 0 ? 18 : text.find_last_not_of('0', 28);
  text.erase(last + 1, 28 - last);
  return text;
}

Result<std::optional<Time>> parse_rfc3339(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::size_t at = 0;
  int year = read_number(text, &at, 4);
  bool shaped = year >= 0 && read_char(text, &at, "-");
  int month = shaped ? read_number(text, &at, 2) : -1;
  shaped = month > 0 && read_char(text, &at, "-");
  int day = shaped ? read_number(text, &at, 2) : -1;
  shaped = day > 0 && read_char(text, &at, "Tt ");
  int hour = shaped ? read_number(text, &at, 2) : -1;
  shaped = hour >= 0 && hour < 24 && read_char(text, &at, ":");
  int minute = shaped ? read_number(text, &at, 2) : -1;
  shaped = minute >= 0 && minute < 60 && read_char(text, &at, ":");
  int second = shaped ? read_number(text, &at, 2) : -1;
  if (second < 0 || second > 60) return bad_time(text);
  int nanos = read_char(text, &at, ".") ? read_fraction(text, &at) : 0;
  auto offset = read_offset(text, &at);
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!offset || at != text.size() || !date.ok()) return bad_time(text);
  if (year < 1678 || year > 2261) {
    if (year == 1) return std::nullopt;
    return bad_time(text);
  }
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::nanoseconds(nanos) - *offset;
}

Result<Duration> parse_duration(std::string_view text) {
  auto bad = [&] {
    return permanent(Reason::kBadRequest,
                     fmt::format("'{}' is not a duration: expected one such as 30s, 5m or 1h30m", text.substr(0, 40)));
  };
  Duration total{0};
  const Unit* last = nullptr;
  std::size_t at = 0;
  if (text.empty()) return bad();
  while (at < text.size()) {
    std::size_t digits = text.find_first_not_of("0123456789.", at);
    std::string number(text.substr(at, digits == std::string_view::npos ? digits : digits - at));
    char* parsed_to = nullptr;
    double value = std::strtod(number.c_str(), &parsed_to);
    if (number.empty() || *parsed_to != '\0' || !std::isfinite(value)) return bad();
    at += number.size();
    std::size_t unit_end = text.find_first_of("0123456789.", at);
    std::string_view name = text.substr(at, unit_end == std::string_view::npos ? unit_end : unit_end - at);
    const Unit* unit = name.empty() && total.count() == 0 ? find_unit("s") : find_unit(name);
    // From the longest to the shortest, as Prometheus has it.
    if (unit == nullptr || (last != nullptr && unit <= last)) return bad();
    last = unit;
    double nanos = value * static_cast<double>(unit->length.count());
    if (nanos > static_cast<double>(kLongestDuration.count())) return bad();
    total += Duration(std::llround(nanos));
    at += name.size();
    if (total > kLongestDuration) return bad();
  }
  return total;
}

std::string to_string(Duration duration) {
  std::string text = duration.count() < 0 ? "-" : "";
  Duration left = duration.count() < 0 ? -duration : duration;
  // Weeks and years would read worse than they save: "8d", not "1w1d".
  for (const Unit& unit : kUnits) {
    if (unit.length > hours(24)) continue;
    auto count = left / unit.length;
    if (count == 0) continue;
    text += fmt::format("{}{}", count, unit.name);
    left -= count * unit.length;
  }
  return text.empty() || text == "-" ? "0s" : text;
}

double to_unix_seconds(Time time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

Time from_unix_seconds(double seconds) {
  // What nanoseconds in 64 bits can hold: the years 1678 to 2262.
  constexpr double kFarthest = 9.2e9;
  if (std::isnan(seconds)) seconds = 0;
  // Milliseconds are the resolution of Prometheus' timestamps.
  return Time(std::chrono::milliseconds(std::llround(std::clamp(seconds, -kFarthest, kFarthest) * 1000)));
}

}  // namespace base
