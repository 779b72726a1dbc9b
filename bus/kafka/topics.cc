// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/topics.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace bus::kafka {

namespace {

std::string milliseconds(base::Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// Compacted topics are read whole by whoever restores: small segments, compacted soon, keep that short. What a process
// that lost its partition may still write late is recognised by what came before it, which must therefore stay for an
// hour. A local copy that may have missed a deletion is not used.
TopicSpec compacted(const KafkaOptions& options, std::string name, int partitions) {
  TopicSpec spec;
  spec.name = std::move(name);
  spec.partitions = partitions;
  spec.replication = options.replication;
  spec.configs = {{"cleanup.policy", "compact"},
                  {"min.compaction.lag.ms", milliseconds(std::chrono::hours(1))},
                  {"delete.retention.ms", milliseconds(kDeletionsKept)},
                  {"max.message.bytes", std::to_string(kMaxChangelogMessageBytes + (64U << 10))},
                  {"segment.ms", milliseconds(std::chrono::hours(6))},
                  {"min.cleanable.dirty.ratio", "0.2"}};
  return spec;
}

}  // namespace

std::string topic_name(const KafkaOptions& options, std::string_view topic) {
  return options.topic_prefix + std::string(topic);
}

std::string changelog_name(const KafkaOptions& options, std::string_view stage) {
  return options.topic_prefix + "changelog." + std::string(stage);
}

std::string group_name(const KafkaOptions& options, std::string_view stage) {
  return options.topic_prefix + std::string(stage);
}

TopicSpec record_topic(const KafkaOptions& options, std::string_view topic) {
  TopicSpec spec;
  spec.name = topic_name(options, topic);
  spec.partitions = options.partitions;
  spec.replication = options.replication;
  spec.configs = {
      {"cleanup.policy", "delete"},
      {"retention.ms", milliseconds(topic == kDeadLetters ? options.dead_letter_retention : options.retention)}};
  return spec;
}

TopicSpec changelog_topic(const KafkaOptions& options, std::string_view stage, int partitions) {
  return compacted(options, changelog_name(options, stage), partitions);
}

TopicSpec broadcast_topic(const KafkaOptions& options, std::string_view topic) {
  return compacted(options, topic_name(options, topic), 1);
}

// https://kafka.apache.org/documentation/#topicconfigs_delete.retention.ms
std::chrono::milliseconds deletions_kept(const TopicState& topic) {
  constexpr std::chrono::milliseconds kDefault = std::chrono::hours(24);
  if (!topic.configs) return kDefault;
  auto found = topic.configs->find("delete.retention.ms");
  if (found == topic.configs->end()) return kDefault;
  std::int64_t number = 0;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return std::clamp(std::chrono::milliseconds(number), std::chrono::milliseconds(0), kDeletionsKept);
}

void fit_partitions(TopicSpec& spec, const std::vector<std::string>& before,
                    const std::map<std::string, TopicState>& existing) {
  for (const std::string& name : before) {
    auto found = existing.find(name);
    if (found == existing.end()) continue;
    spec.partitions = found->second.partitions;
    return;
  }
}

}  // namespace bus::kafka
