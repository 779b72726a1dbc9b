// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "bus/kafka/client/connection.h"
#include "bus/kafka/client/message.h"

namespace bus::kafka {

// What to read of one partition: offsets in [from, end).
struct ReadRange {
  static constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

  std::string topic;
  std::int32_t partition = 0;
  std::int64_t from = kOldest;
  std::int64_t end = kForever;
};

// Called for each message, in order within a partition, on the connection's executor. False: enough.
using Visitor = std::function<bool(const MessageView&)>;

// Reads partitions without a group: for restoring, broadcast topics and archives. Coroutines may be awaited from any
// executor; cancelling one ends it with kCancelled. Two reads of the same partition at the same time through one
// connection are refused (kBadRequest).
class PartitionReader {
 public:
  explicit PartitionReader(std::shared_ptr<Connection> connection);

  // Calls `visit` until every range is read, it returns false, or the deadline passes (kTimeout). `from` below what is
  // kept begins at the oldest; beyond the end of the partition it fails with kNoData: the topic was made anew. Offsets
  // that compaction removed are skipped.
  base::Task<base::Result<void>> read(std::vector<ReadRange> ranges, Visitor visit, base::Deadline deadline);

  base::Task<base::Result<Watermarks>> watermarks(TopicPartition partition, base::Deadline deadline);
  // The same for many, in the order asked.
  base::Task<base::Result<std::vector<Watermarks>>> watermarks(std::vector<TopicPartition> partitions,
                                                               base::Deadline deadline);
  // The first offset with the broker's time `at` or later in each partition, in the order asked; the end of the
  // partition where there is none.
  base::Task<base::Result<std::vector<std::int64_t>>> offsets_at(std::vector<TopicPartition> partitions, base::Time at,
                                                                 base::Deadline deadline);

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace bus::kafka
