// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/kafka/topic_look.h"

namespace bus::kafka {

// The records of a topic from the newest back, in the order of their times over all partitions. Reads windows from the
// ends: what it holds is bounded by bytes, or is one record a partition.
class NewestFirst {
 public:
  // All partitions together; a record of the usual size has some KB, so that a few hundred are at hand.
  static constexpr std::size_t kMaxBytes = 16U << 20;
  static constexpr std::int64_t kFirstWindow = 64;
  static constexpr std::int64_t kLargestWindow = 4096;

  // `look` outlives it.
  NewestFirst(TopicLook& look, std::string topic) : look_(look), topic_(std::move(topic)) {}

  base::Result<void> visit(const std::function<bool(const Record&)>& visit);

 private:
  // What is read of a partition and not visited yet: everything that is complete in [from, end of the last window).
  struct Partition {
    std::int32_t number = 0;
    std::int64_t low = 0;
    std::int64_t from = 0;
    std::int64_t window = kFirstWindow;
    std::deque<Record> records;
    std::size_t bytes = 0;
  };

  base::Result<void> fill(Partition& partition);
  base::Result<void> read_window(Partition& partition, std::int64_t from, std::int64_t slack);
  void keep(Partition& partition, Record record);

  TopicLook& look_;
  const std::string topic_;
  std::size_t share_ = kMaxBytes;
};

}  // namespace bus::kafka
