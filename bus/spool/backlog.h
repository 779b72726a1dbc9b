// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "base/metrics.h"
#include "base/time.h"

namespace bus::spool {

// What waits in a spool, counted and shown as metrics. An append is added before it is written, so that nobody sees an
// empty spool while one is on its way there. Thread-safe.
class Backlog {
 public:
  struct Size {
    std::int64_t appends = 0;
    std::int64_t bytes = 0;
    std::optional<base::Time> oldest;  // Of what is being drained; nullopt before the first try.
  };

  // `metrics` outlives the backlog.
  explicit Backlog(base::Metrics& metrics);

  void add(std::size_t bytes);
  // What was added did not get there.
  void take_back(std::size_t bytes);
  // A record of the spool is tried; a few at a time are.
  void trying(std::int64_t offset, base::Time written);
  // The record is where it belongs. Counts once.
  void drained(std::int64_t offset, std::size_t bytes);

  bool is_empty() const;
  Size size() const;

 private:
  void change(std::int64_t appends, std::int64_t bytes);
  void show_oldest();

  prometheus::Gauge& appends_gauge_;
  prometheus::Gauge& bytes_gauge_;
  prometheus::Gauge& oldest_gauge_;
  mutable std::mutex mutex_;
  Size size_;
  std::map<std::int64_t, base::Time> tried_;
};

}  // namespace bus::spool
