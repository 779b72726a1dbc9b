// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "bus/kafka/client/statistics.h"

namespace bus::kafka {

// What a client tells about itself: its log lines, errors and statistics, and from them whether any broker can be
// reached. Thread-safe, because librdkafka's own threads write log lines.
class Vitals {
 public:
  // `name` labels the client's metrics and log lines.
  Vitals(std::string name, base::Metrics& metrics);

  // At most one line of a kind every kQuiet: a broker that is down is told once, with how often it was not.
  void on_log(int syslog_level, std::string_view kind, std::string_view text);
  void on_error(int code, std::string_view text);
  void on_statistics(std::string_view json);
  // A broker has answered.
  void on_answer() { brokers_down_.store(false, std::memory_order_relaxed); }

  // From when all brokers are said to be down until one answers.
  bool brokers_down() const { return brokers_down_.load(std::memory_order_relaxed); }
  // The last error that was not just that; empty if there was none.
  std::string last_error() const;
  // The same while brokers_down(), else empty.
  std::string why_down() const;
  // Writes no more log lines: whoever reads them may be gone.
  void fall_silent() { silent_.store(true); }
  const std::string& name() const { return name_; }
  base::Metrics& metrics() { return metrics_; }

 private:
  static constexpr std::chrono::seconds kQuiet{30};
  // Kinds are a closed set of librdkafka's (FAIL, ERROR, REQTMOUT, ...).
  struct Told {
    std::chrono::steady_clock::time_point at;
    std::uint64_t left_out = 0;
  };

  const std::string name_;
  base::Metrics& metrics_;
  std::atomic<bool> brokers_down_ = false;
  std::atomic<bool> silent_ = false;
  mutable std::mutex mutex_;
  std::string last_error_;
  std::map<std::string, Told, std::less<>> told_;
  StatisticsMetrics statistics_;
};

}  // namespace bus::kafka
