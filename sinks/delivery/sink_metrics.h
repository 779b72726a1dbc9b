// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "base/result.h"

namespace sinks {

// What is measured of one sink, by its name. Thread-safe; `metrics` must outlive it.
class SinkMetrics {
 public:
  SinkMetrics(base::Metrics& metrics, std::string sink);

  void attempted(double seconds);
  void delivered();
  void retried(base::Reason reason);
  void dead_lettered(base::Reason reason);
  void fell_back(base::Reason reason);
  // A send was refused for good, and it is known what to do about it.
  void refused(base::Reason reason, std::string_view hint);
  // Decisions not to send: into a digest, or not at all.
  void folded();
  void suppressed(std::string_view reason);
  void digest_sent(std::size_t deliveries);
  // How many wait in memory for their turn under the rate limit.
  void set_waiting(std::int64_t waiting);
  void set_open(bool open);
  void set_healthy(bool healthy);
  // How many deliveries of an incident wait for another attempt. After a start, incidents are counted from their first
  // attempt on.
  void set_parked(const std::string& incident_key, std::size_t deliveries);

 private:
  base::Metrics& metrics_;
  const std::string sink_;
  prometheus::Counter& attempts_;
  prometheus::Counter& delivered_;
  prometheus::Histogram& seconds_;
  prometheus::Gauge& open_;
  prometheus::Gauge& healthy_;
  prometheus::Gauge& parked_;
  prometheus::Gauge& waiting_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> parked_by_key_;  // Only incidents with something parked.
};

}  // namespace sinks
