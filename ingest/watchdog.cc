// SPDX-License-Identifier: Apache-2.0
#include "ingest/watchdog.h"

#include <algorithm>

namespace ingest {

namespace {

constexpr double kDay = 24 * 3600;

}  // namespace

bool Watchdog::is_it(const schemas::Alert& that) const {
  return that.name() == alert && std::ranges::all_of(labels, [&](const auto& label) {
           return schemas::value_of(that.labels, label.first) == label.second;
         });
}

const base::OptionTable<Watchdog>& watchdog_options() {
  static const auto table = [] {
    using schemas::Severity;
    base::OptionTable<Watchdog> t(
        "watchdog", "Takes an alert that always fires, Alertmanager's Watchdog, as a lease: its absence is told.");
    t.option("alert", &Watchdog::alert, "The alert's name.");
    t.option("labels", &Watchdog::labels, "Labels that it must have, where several alerts have the name.");
    t.option("lease", &Watchdog::lease,
             "How long it may be absent. Longer than the `repeat_interval` of Alertmanager's route to here.",
             {.at_least = 1, .at_most = 7 * kDay});
    t.choice("severity", &Watchdog::severity, "Of the finding that tells of its absence.",
             {{"DEBUG", Severity::kDebug},
              {"INFO", Severity::kInfo},
              {"LOW", Severity::kLow},
              {"MEDIUM", Severity::kMedium},
              {"HIGH", Severity::kHigh},
              {"CRITICAL", Severity::kCritical}});
    return t;
  }();
  return table;
}

}  // namespace ingest
