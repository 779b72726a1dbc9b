// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/kafka/client/topic_spec.h"
#include "bus/kafka/kafka_bus.h"

namespace bus::kafka {

// A key's state is one message of the changelog, whole. Brokers take messages of 8 MB where the topic says so.
inline constexpr std::size_t kMaxChangelogMessageBytes = 8U << 20;
// Room for the message's key and headers, and for what a unit was done with beside the state.
inline constexpr std::size_t kMaxStateBytes = kMaxChangelogMessageBytes - (512U << 10);

// How the bus's names are called on the cluster, and how topics are to be made.

std::string topic_name(const KafkaOptions& options, std::string_view topic);
// One per stage: its states and positions.
std::string changelog_name(const KafkaOptions& options, std::string_view stage);
std::string group_name(const KafkaOptions& options, std::string_view stage);

TopicSpec record_topic(const KafkaOptions& options, std::string_view topic);
TopicSpec changelog_topic(const KafkaOptions& options, std::string_view stage, int partitions);
TopicSpec broadcast_topic(const KafkaOptions& options, std::string_view topic);

// How long a compacted topic that was made like this tells of what was deleted from it.
inline constexpr std::chrono::milliseconds kDeletionsKept = std::chrono::hours(7 * 24);
// The same of a topic as it is: no more than that, and Kafka's default of a day where the broker does not tell.
std::chrono::milliseconds deletions_kept(const TopicState& topic);

// Topics that one stage reads have the same number of partitions: gives `spec` that of the first of those `before` it
// among the stage's inputs (names on the cluster) that exists.
void fit_partitions(TopicSpec& spec, const std::vector<std::string>& before,
                    const std::map<std::string, TopicState>& existing);

}  // namespace bus::kafka
