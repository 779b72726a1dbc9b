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

}  // namespace sinks
