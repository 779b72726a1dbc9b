// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bus/kafka/client/group_consumer.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace bus::kafka {

// An owner of partitions that takes what it is offered at once and gives back what is asked for, unless told to wait.
class GroupOwnerFake : public GroupOwner {
 public:
  // What happened, in order: "assigned 4", "revoked 4", "lost 4", "fatal ...", "error ...".
  Seen<std::string> events;
  Seen<std::pair<std::int32_t, std::int64_t>> messages;  // Partition and offset.
  Seen<base::Result<void>> answers;                      // To what it did in its calls.
  std::atomic<bool> holds_revoked = false;
  std::atomic<bool> assigns_paused = false;
  std::atomic<std::int64_t> from = kOldest;
  GroupConsumer* consumer = nullptr;

  void on_assigned(std::vector<TopicPartition> partitions) override {
    std::vector<PartitionOffset> starts;
    for (const auto& partition : partitions) starts.push_back({partition.topic, partition.partition, from});
    answers.add(consumer->assign(starts, assigns_paused));
    assigned = std::move(partitions);
    events.add("assigned " + std::to_string(assigned.size()));
  }
  void on_revoked(std::vector<TopicPartition> partitions) override {
    if (!holds_revoked) answers.add(consumer->unassign());
    events.add("revoked " + std::to_string(partitions.size()));
  }
  void on_lost(std::vector<TopicPartition> partitions) override {
    answers.add(consumer->unassign());
    events.add("lost " + std::to_string(partitions.size()));
  }
  void on_message(const MessageView& message) override { messages.add({message.partition, message.offset}); }
  void on_out_of_range(const PartitionOffset& at) override {
    events.add("out of range at " + std::to_string(at.offset));
  }
  void on_error(const base::Error& error) override { events.add("error " + error.message); }
  void on_fatal(const base::Error& error) override { events.add("fatal " + error.message); }

  bool wait_for_event(const std::string& beginning, std::size_t count = 1) {
    return events.wait_until([&](const std::vector<std::string>& all) {
      return std::ranges::count_if(all, [&](const auto& event) { return event.starts_with(beginning); }) >=
             static_cast<std::ptrdiff_t>(count);
    });
  }

  std::vector<TopicPartition> assigned;  // On the event loop.
};

}  // namespace bus::kafka
