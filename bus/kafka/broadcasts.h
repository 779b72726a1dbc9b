// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/task_group.h"
#include "bus/kafka/cluster.h"
#include "bus/stage/newest_table.h"

namespace bus::kafka {

// The broadcast topics of this process: each a compacted topic whose first partition is read whole, and then for ever.
// For the bus's thread, but where it says otherwise.
class Broadcasts {
 public:
  explicit Broadcasts(Cluster& cluster);

  // The table of a topic; it fills once the topic is there. Thread-safe.
  std::shared_ptr<stage::NewestTable> table(const std::string& topic, std::size_t max_entries);
  // Begins to read what was joined and is not read yet.
  void read_all();
  // Completes when every table joined so far is whole.
  base::Task<void> whole();
  base::Task<base::Result<void>> publish(std::string topic, std::string key, std::string value);
  base::Task<void> close();

 private:
  struct Topic {
    std::string name;
    std::shared_ptr<stage::NewestTable> table = std::make_shared<stage::NewestTable>();
    bool is_read = false;
    bool is_whole = false;
  };

  base::Task<void> read(std::shared_ptr<Topic> topic);
  base::Task<base::Result<void>> read_from(Topic& topic, std::int64_t from);
  std::vector<std::shared_ptr<Topic>> topics() const;
  base::Task<base::Result<std::int64_t>> write(std::string topic, std::string key, std::string value);

  Cluster& cluster_;
  WireWriter wire_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Topic>> topics_;
  base::TaskGroup tasks_;  // Last: runs on the fields above.
};

}  // namespace bus::kafka
