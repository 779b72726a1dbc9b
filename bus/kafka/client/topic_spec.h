// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bus::kafka {

// A topic as it should be. Configs are Kafka's own names (https://kafka.apache.org/documentation/#topicconfigs), such
// as cleanup.policy, retention.ms, max.message.bytes.
struct TopicSpec {
  std::string name;
  int partitions = -1;   // -1: as the broker makes them, any number is right.
  int replication = -1;  // The same.
  std::map<std::string, std::string> configs;
};

// A topic as it is.
struct TopicState {
  int partitions = 0;
  int replication = 0;
  std::optional<std::map<std::string, std::string>> configs;  // None: the broker does not tell.
};

// What differs, one sentence each, in words that a person can act upon: "topic tocsin.events has 4 partitions, wanted
// 12: ...". Empty: as it should be. Sizes and times that allow more than wanted do not differ.
std::vector<std::string> differences(const TopicSpec& wanted, const TopicState& found);

}  // namespace bus::kafka
