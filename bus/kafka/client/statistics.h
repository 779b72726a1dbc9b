// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"

namespace bus::kafka {

// The part of librdkafka's statistics that becomes metrics.
// https://github.com/confluentinc/librdkafka/blob/v2.0.2/STATISTICS.md
struct Statistics {
  // One broker, by the number that the cluster gave it.
  struct Broker {
    bool is_up = false;
    std::int64_t rtt_us = 0;  // Mean over the last interval.
  };

  std::int64_t queued_messages = 0;  // Of a producer: neither acknowledged nor failed.
  std::int64_t queued_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::int64_t received_bytes = 0;
  std::int64_t sent_messages = 0;
  std::int64_t received_messages = 0;
  std::int64_t requests_waiting = 0;  // For an answer.
  std::int64_t request_errors = 0;
  std::int64_t request_retries = 0;
  std::int64_t request_timeouts = 0;
  std::int64_t fetched_messages = 0;  // And not yet handed over.
  std::int64_t fetched_bytes = 0;
  int brokers_up = 0;  // The bootstrap ones counted too.
  std::map<std::int32_t, Broker> brokers;
  std::map<std::string, std::int64_t> lag;  // By topic: from the committed position to the end.
};

// Nullopt for what librdkafka would not have written.
std::optional<Statistics> parse_statistics(std::string_view json);

// The metrics of one client. Not thread-safe.
class StatisticsMetrics {
 public:
  StatisticsMetrics(std::string client, base::Metrics& metrics);
  void show(const Statistics& statistics);

 private:
  void count(const std::string& name, const std::string& help, std::int64_t total);
  void set(const std::string& name, const std::string& help, double value);

  const std::string client_;
  base::Metrics& metrics_;
  std::map<std::string, std::int64_t> last_;  // Of each counter: the total that was shown.
};

}  // namespace bus::kafka
