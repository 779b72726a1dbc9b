// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/options/option_table.h"
#include "base/time.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/event.h"
#include "schemas/severity.h"

namespace ingest {

// The section `watchdog`: an alert that fires all the time, as long as Prometheus and Alertmanager are well, taken as a
// lease. Immutable once read.
struct Watchdog {
  std::string alert = "Watchdog";
  base::options::TextMap labels;  // Which of the alerts of this name; empty: any.
  base::Duration lease = std::chrono::minutes(10);
  schemas::Severity severity = schemas::Severity::kCritical;

  bool is_it(const schemas::Alert& alert) const;
};
const base::OptionTable<Watchdog>& watchdog_options();

// The ordering key of everything that has to do with the lease, whatever labels the alert has: there is one lease.
inline constexpr std::string_view kWatchdogKey = "/tocsin/heartbeat/watchdog";

}  // namespace ingest
