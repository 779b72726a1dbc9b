// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

// A point in time, always UTC. Nanoseconds, because Prometheus and Kubernetes send them and identities hash them; the
// range is 1678 to 2262.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

// RFC 3339 with up to nine fractional digits, as Go's time.Time prints it ("2026-01-02T03:04:05.678Z").
std::string to_rfc3339(Time time);

// Parses RFC 3339 with `Z` or a numeric offset. Go's zero time (year 1) and the empty string are "no time": nullopt.
Result<std::optional<Time>> parse_rfc3339(std::string_view text);

// Prometheus durations: "90s", "1h30m", "500ms", "7d", "2w", "1y", or a bare number of seconds.
Result<Duration> parse_duration(std::string_view text);

// The shortest Prometheus form of a duration: "1h30m", "250ms", "0s".
std::string to_string(Duration duration);

// Seconds since the epoch with a fraction: the unit of Prometheus' HTTP API.
double to_unix_seconds(Time time);
// What a Time can't hold becomes the first or last that it can; no number is the epoch.
Time from_unix_seconds(double seconds);

}  // namespace base
