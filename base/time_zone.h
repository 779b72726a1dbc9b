// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace base {

// What a clock on the wall shows, without saying where.
using LocalTime = std::chrono::local_seconds;

// A place's rules for the time, by their name in the IANA database ("Europe/Berlin"). Read from the system's tzdata at
// first use. Copies are cheap; thread-safe.
class TimeZone {
 public:
  TimeZone() = default;  // UTC, which needs no tzdata.
  // nullopt: there is no such zone here.
  static std::optional<TimeZone> find(const std::string& name);

  const std::string& name() const { return name_; }

  LocalTime local(Time time) const;
  // When the clock there shows `local`, for the first and for the last time: they differ by the hour that comes twice
  // when clocks go back. A time that is left out when they go forward is the moment of the change.
  Time first_at(LocalTime local) const;
  Time last_at(LocalTime local) const;

  friend bool operator==(const TimeZone&, const TimeZone&) = default;

 private:
  std::string name_ = "UTC";
};

// Minutes after midnight; 24 * 60 is the end of the day.
struct TimeOfDay {
  std::chrono::minutes since_midnight{0};
  friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

// Some of the days of a week.
class Weekdays {
 public:
  static Weekdays all() { return Weekdays(0x7F); }
  Weekdays() = default;  // None.

  void add(std::chrono::weekday day) { bits_ = static_cast<std::uint8_t>(bits_ | 1U << day.c_encoding()); }
  bool has(std::chrono::weekday day) const { return (bits_ >> day.c_encoding() & 1U) != 0; }
  bool empty() const { return bits_ == 0; }
  friend bool operator==(const Weekdays&, const Weekdays&) = default;

 private:
  explicit Weekdays(std::uint8_t bits) : bits_(bits) {}
  std::uint8_t bits_ = 0;
};

}  // namespace base
