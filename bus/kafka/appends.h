// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "bus/bus.h"
#include "bus/kafka/cluster.h"

namespace bus::kafka {

// Records and counts from outside a stage. For the cluster's intake thread.
class Appends {
 public:
  explicit Appends(Cluster& cluster);

  // As Bus::append().
  base::Task<base::Result<void>> append(std::vector<Outgoing> records, std::vector<Count> counts);

 private:
  base::Task<base::Result<void>> find_topics(const std::vector<Outgoing>& records);
  base::Task<bool> find_topic(const std::string& topic);
  base::Result<std::vector<Message>> messages_of(std::vector<Outgoing> records, std::vector<Count> counts);
  base::Task<base::Result<void>> send(std::vector<Message> messages);

  Cluster& cluster_;
  WireWriter wire_;
  std::set<std::string> known_;  // Topics that were found.
  prometheus::Counter& refused_;
  prometheus::Histogram& seconds_;
};

}  // namespace bus::kafka
