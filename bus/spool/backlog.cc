// SPDX-License-Identifier: Apache-2.0
#include "bus/spool/backlog.h"

#include <algorithm>

namespace bus::spool {

Backlog::Backlog(base::Metrics& metrics)
    : appends_gauge_(metrics.gauge("tocsin_spool_appends", "Appends that wait in the spool.")),
      bytes_gauge_(metrics.gauge("tocsin_spool_bytes", "Size of the appends that wait in the spool.")),
      oldest_gauge_(metrics.gauge("tocsin_spool_oldest_timestamp_seconds",
                                  "When the oldest append that waits in the spool came; 0 when none waits.")) {}

void Backlog::add(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  change(1, static_cast<std::int64_t>(bytes));
}

void Backlog::take_back(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  change(-1, -static_cast<std::int64_t>(bytes));
}

void Backlog::trying(std::int64_t offset, base::Time written) {
  std::lock_guard lock(mutex_);
  tried_.emplace(offset, written);
  show_oldest();
}

void Backlog::drained(std::int64_t offset, std::size_t bytes) {
  std::lock_guard lock(mutex_);
  if (tried_.erase(offset) == 0) return;
  change(-1, -static_cast<std::int64_t>(bytes));
  show_oldest();
}

bool Backlog::is_empty() const {
  std::lock_guard lock(mutex_);
  return size_.appends == 0;
}

Backlog::Size Backlog::size() const {
  std::lock_guard lock(mutex_);
  Size size = size_;
  if (!tried_.empty()) size.oldest = tried_.begin()->second;
  return size;
}

void Backlog::change(std::int64_t appends, std::int64_t bytes) {
  size_.appends = std::max<std::int64_t>(0, size_.appends + appends);
  size_.bytes = std::max<std::int64_t>(0, size_.bytes + bytes);
  appends_gauge_.Set(static_cast<double>(size_.appends));
  bytes_gauge_.Set(static_cast<double>(size_.bytes));
}

void Backlog::show_oldest() { oldest_gauge_.Set(tried_.empty() ? 0 : base::to_unix_seconds(tried_.begin()->second)); }

}  // namespace bus::spool
