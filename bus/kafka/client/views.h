// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "bus/kafka/client/message.h"

struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;

namespace bus::kafka {

// librdkafka's message as a view, and lists of partitions both ways: inside this folder.

// `headers` is room for the view's headers and must live as long as it.
MessageView view_of(const rd_kafka_message_s& message, std::vector<HeaderView>& headers);

// Frees librdkafka's list.
struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_s* list) const;
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_s, DestroyPartitions>;

PartitionList list_of(const std::vector<PartitionOffset>& positions);
PartitionList list_of(const std::vector<TopicPartition>& partitions);
std::vector<TopicPartition> partitions_in(const rd_kafka_topic_partition_list_s* list);
// The first error code of a list, or 0.
int first_error(const rd_kafka_topic_partition_list_s& list);

}  // namespace bus::kafka
