// SPDX-License-Identifier: Apache-2.0
#include "playbooks/action_metrics.h"

namespace playbooks {

void ActionMetrics::count(const std::string& action, const std::string& outcome,
                          std::chrono::steady_clock::duration took) {
  std::lock_guard lock(mutex_);
  prometheus::Counter*& counter = counters_[{action, outcome}];
  if (counter == nullptr) {
    counter = &metrics_.counter("tocsin_actions_total", "Actions run, by outcome.",
                                {{"action", action}, {"outcome", outcome}});
  }
  prometheus::Histogram*& seconds = seconds_[action];
  if (seconds == nullptr) {
    seconds = &metrics_.seconds("tocsin_action_seconds", "Time that actions took.", {{"action", action}});
  }
  counter->Increment();
  seconds->Observe(std::chrono::duration<double>(took).count());
}

void ActionMetrics::count_late(const std::string& action, const std::string& outcome) {
  metrics_
      .counter("tocsin_late_actions_total", "Actions that were not ready when their finding went out, by outcome.",
               {{"action", action}, {"outcome", outcome}})
      .Increment();
}

}  // namespace playbooks
