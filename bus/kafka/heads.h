// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/task.h"
#include "bus/stage/work.h"

namespace bus::kafka {

// Tells the bus's thread what other threads appended: of each partition the newest offset, however many there were, so
// that a busy intake neither waits for that thread nor fills its queue. What is noted counts as work until it is told.
class Heads {
 public:
  using Tell = std::function<void(const std::string& kafka_topic, std::int32_t partition, std::int64_t next)>;

  // `tell` runs on `loop`, which runs nothing any more when this ends.
  Heads(base::Executor loop, stage::Work& work, Tell tell);

  // Everything of the partition below `next` exists. Thread-safe.
  void note(const std::string& kafka_topic, std::int32_t partition, std::int64_t next);

 private:
  void tell_all();

  const base::Executor loop_;
  stage::Work& work_;
  const Tell tell_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> noted_;
};

}  // namespace bus::kafka
