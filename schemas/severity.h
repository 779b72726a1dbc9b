// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace schemas {

// Ordered: a later one is worse.
enum class Severity { kDebug, kInfo, kLow, kMedium, kHigh, kCritical };

// "DEBUG", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL".
std::string_view to_string(Severity severity);
// The reverse, in any letter case.
std::optional<Severity> parse_severity(std::string_view name);
// An alert's severity label: critical; high and error are HIGH; medium; warning and low are LOW; info and none are
// INFO; debug; anything else is nullopt. In any letter case.
std::optional<Severity> severity_of_label(std::string_view label);

}  // namespace schemas
