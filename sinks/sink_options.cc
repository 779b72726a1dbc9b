// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink_options.h"

namespace sinks {

const base::OptionTable<RateLimit>& rate_limit_options() {
  static const auto table = [] {
    base::OptionTable<RateLimit> t("rate_limit", "A bound on how fast a sink is told; what is over it waits.");
    t.option("per_second", &RateLimit::per_second, "Sends a second; 0 is no limit.",
             {.at_least = 0, .at_most = 10'000});
    t.option("burst", &RateLimit::burst, "Sends at once after a quiet time.", {.at_least = 1, .at_most = 10'000});
    return t;
  }();
  return table;
}

const base::OptionTable<Storm>& storm_options() {
  using schemas::Severity;
  static const auto table = [] {
    base::OptionTable<Storm> t("storm", "What becomes of deliveries that come faster than rate_limit lets them go.");
    t.option(
        "digest_after", &Storm::digest_after,
        "An opening whose turn under rate_limit is further away than this is told in a digest, together with others; "
        "0 has each wait for its turn.",
        {.at_least = 0, .at_most = 600});
    t.option("digest_interval", &Storm::digest_interval,
             "How long a digest gathers, unless it has 500 deliveries before, or something urgent.",
             {.at_least = 1, .at_most = 3600});
    t.choice("urgent_severity", &Storm::urgent_severity,
             "From this severity on an opening goes before everything else.",
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

}  // namespace sinks
