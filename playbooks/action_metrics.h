// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/metrics.h"

namespace playbooks {

// Counts how actions end and how long they take. Thread-safe. `metrics` must outlive it.
class ActionMetrics {
 public:
  explicit ActionMetrics(base::Metrics& metrics) : metrics_(metrics) {}

  // `outcome`: "ok" or the label value of a base::Reason.
  void count(const std::string& action, const std::string& outcome, std::chrono::steady_clock::duration took);
  // What came of a call that was not ready when its finding went out: "awaited" or "no_place" at first; then
  // "followed", "nothing", "failed", "expired", or "gone" from the configuration.
  void count_late(const std::string& action, const std::string& outcome);

 private:
  base::Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, prometheus::Counter*> counters_;
  std::map<std::string, prometheus::Histogram*> seconds_;
};

}  // namespace playbooks
