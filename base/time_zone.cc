// SPDX-License-Identifier: Apache-2.0
#include "base/time_zone.h"

#include <cctz/time_zone.h>

namespace base {

namespace {

using std::chrono::seconds;

// cctz keeps every zone that was loaded; UTC is what it gives for a name that was checked before and is gone now.
cctz::time_zone zone_of(const std::string& name) {
  cctz::time_zone zone;
  cctz::load_time_zone(name, &zone);
  return zone;
}

cctz::civil_second civil_of(LocalTime local) { return cctz::civil_second() + local.time_since_epoch().count(); }

Time time_of(cctz::time_point<cctz::seconds> point) { return Time(seconds(point.time_since_epoch().count())); }

}  // namespace

std::optional<TimeZone> TimeZone::find(const std::string& name) {
  cctz::time_zone zone;
  // An absolute path would read any file (https://github.com/google/cctz, time_zone_info.cc).
  if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return std::nullopt;
  if (!cctz::load_time_zone(name, &zone)) return std::nullopt;
  TimeZone found;
  found.name_ = name;
  return found;
}

LocalTime TimeZone::local(Time time) const {
  auto whole = std::chrono::floor<seconds>(time);
  auto civil = zone_of(name_).lookup(cctz::time_point<cctz::seconds>(whole.time_since_epoch())).cs;
  return LocalTime(seconds(civil - cctz::civil_second()));
}

Time TimeZone::first_at(LocalTime local) const {
  auto found = zone_of(name_).lookup(civil_of(local));
  return time_of(found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre);
}

Time TimeZone::last_at(LocalTime local) const {
  auto found = zone_of(name_).lookup(civil_of(local));
  return time_of(found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.post);
}

}  // namespace base
