// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/kafka/client/admin.h"
#include "bus/kafka/client/connection.h"
#include "bus/kafka/client/partition_reader.h"
#include "bus/kafka/kafka_bus.h"
#include "bus/kafka/wire.h"

namespace bus::kafka {

// A record of a topic as an archive sees it.
struct FoundRecord {
  Record record;
  std::optional<Cause> cause;
  std::vector<Count> counts;
};

// Read-only sight of the topics of an installation, in calls that block. Where a partition begins and ends is asked
// once and kept, so that several scans see the same records. For one thread at a time.
class TopicLook {
 public:
  // Fails when no broker answers within some seconds.
  static base::Result<std::unique_ptr<TopicLook>> open(const KafkaOptions& options);
  ~TopicLook();

  // Who answered.
  const ClusterInfo& cluster() const { return cluster_; }
  // The topics of these names, on the cluster's side, that exist.
  base::Result<std::map<std::string, TopicState>> describe(std::vector<std::string> names);
  // The installation's topics by the bus's names, those of its own working too.
  base::Result<std::vector<std::string>> topics();
  // Asks for the extents of many topics at once.
  base::Result<void> learn(const std::vector<std::string>& topics);
  // One element a partition; empty: there is no such topic.
  base::Result<std::vector<Watermarks>> extents(const std::string& topic);

  // Messages of [from, end) of several partitions of the installation, in pieces where that is much.
  base::Result<void> read(std::vector<ReadRange> ranges, const Visitor& visit);
  // The records of one partition that are complete in [from, end), in order, until `visit` returns false.
  base::Result<void> scan(const std::string& topic, std::int32_t partition, std::int64_t from, std::int64_t end,
                          const std::function<bool(FoundRecord)>& visit);

  // The name on the cluster.
  std::string name_of(std::string_view topic) const { return prefix_ + std::string(topic); }

 private:
  explicit TopicLook(std::string prefix) : prefix_(std::move(prefix)) {}
  base::Result<void> connect(const KafkaOptions& options);
  template <class T>
  base::Result<T> wait(base::Task<base::Result<T>> task);

  const std::string prefix_;
  base::Metrics metrics_;  // Nobody asks for them.
  boost::asio::thread_pool pool_{1};
  std::shared_ptr<Connection> connection_;
  ClusterInfo cluster_;
  std::map<std::string, std::vector<Watermarks>> extents_;
};

}  // namespace bus::kafka
