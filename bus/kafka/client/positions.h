// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/kafka/client/message.h"

namespace bus::kafka {

// Which offset of each assigned partition comes next, so that a message is handed over once and none is left out,
// whatever pausing and seeking do to what librdkafka had fetched.
class Positions {
 public:
  // What to do with a message.
  enum class Verdict { kHandOver, kIgnore, kSeek };  // kSeek: it is not the one to go on with; seek to next().

  void assign(const std::vector<PartitionOffset>& from, bool paused);
  void clear() { topics_.clear(); }
  void pause(const TopicPartition& partition, bool paused);
  // The next message is that of `offset`, which was sought just now.
  void start_at(const PartitionOffset& from);

  Verdict take(std::string_view topic, std::int32_t partition, std::int64_t offset);
  // Whether something came for it while it was paused, so that librdkafka believes it handed over.
  bool must_seek(const TopicPartition& partition) const;
  std::int64_t next(std::string_view topic, std::int32_t partition) const;
  std::vector<TopicPartition> all() const;
  std::size_t size() const;

 private:
  struct Position {
    std::int64_t next = kOldest;  // Negative: whatever comes.
    bool paused = false;
    bool sought = false;  // And nothing came since.
    bool skipped = false;
    std::int64_t gap = -1;  // What came instead of `next`, before it was sought.
  };
  const Position* find(std::string_view topic, std::int32_t partition) const;
  Position* find(std::string_view topic, std::int32_t partition);

  std::map<std::string, std::map<std::int32_t, Position>, std::less<>> topics_;
};

}  // namespace bus::kafka
