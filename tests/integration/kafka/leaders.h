// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/harness/kafka_cluster.h"

namespace acceptance {

// Moves the leadership of every partition from broker to broker, as an operator's rebalancing would, but much faster.
// Speaks Kafka's protocol itself: https://kafka.apache.org/protocol
class Leaders {
 public:
  // Looks at the topics that are there now. `kafka` must outlive this.
  explicit Leaders(const harness::KafkaCluster& kafka);

  // Makes the second replica of every partition the first, and that one the leader. False when the cluster refuses.
  bool move();
  std::size_t partitions() const;

 private:
  struct Partition {
    std::int32_t number = 0;
    std::vector<std::int32_t> replicas;
  };

  bool reorder() const;
  bool elect() const;

  std::uint16_t port_;
  std::map<std::string, std::vector<Partition>> topics_;
};

}  // namespace acceptance
