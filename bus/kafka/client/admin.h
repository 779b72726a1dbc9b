// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "bus/kafka/client/connection.h"
#include "bus/kafka/client/topic_spec.h"

namespace bus::kafka {

// What became of a topic that was asked for.
struct TopicOutcome {
  std::string name;
  bool created = false;
  TopicState state;
  std::vector<std::string> differences;
};

// Who answers at the bootstrap servers.
struct ClusterInfo {
  std::string id;
  int brokers = 0;
};

// Looks at topics and creates missing ones. Never alters nor deletes. Coroutines may be awaited from any executor.
class Admin {
 public:
  explicit Admin(std::shared_ptr<Connection> connection);

  base::Task<base::Result<ClusterInfo>> cluster(base::Deadline deadline);
  // The names of all topics that we may see and that begin with `prefix`.
  base::Task<base::Result<std::vector<std::string>>> topics(std::string prefix, base::Deadline deadline);
  // Those that exist.
  base::Task<base::Result<std::map<std::string, TopicState>>> describe(std::vector<std::string> names,
                                                                       base::Deadline deadline);
  // Creates topics; one that exists already is no failure. Completes with them as they are, once a broker tells of them
  // all; another may learn of them a moment later.
  base::Task<base::Result<std::map<std::string, TopicState>>> create(std::vector<TopicSpec> topics,
                                                                     base::Deadline deadline);
  // Creates what is missing and compares what was there. In the order asked.
  base::Task<base::Result<std::vector<TopicOutcome>>> ensure(std::vector<TopicSpec> topics, base::Deadline deadline);

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace bus::kafka
