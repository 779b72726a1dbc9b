// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/views.h"

#include <librdkafka/rdkafka.h>

namespace bus::kafka {
namespace {

std::string_view bytes_of(const void* bytes, std::size_t size) { return {static_cast<const char*>(bytes), size}; }

void read_headers(const rd_kafka_message_t& message, std::vector<HeaderView>& into) {
  into.clear();
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    into.push_back({name, value == nullptr ? std::string_view() : bytes_of(value, size)});
  }
}

}  // namespace

MessageView view_of(const rd_kafka_message_t& message, std::vector<HeaderView>& headers) {
  read_headers(message, headers);
  MessageView view;
  view.topic = rd_kafka_topic_name(message.rkt);
  view.partition = message.partition;
  view.offset = message.offset;
  rd_kafka_timestamp_type_t type;
  view.broker_time_ms = rd_kafka_message_timestamp(&message, &type);
  if (message.key != nullptr) view.key = bytes_of(message.key, message.key_len);
  if (message.payload != nullptr) view.value = bytes_of(message.payload, message.len);
  view.headers = headers;
  return view;
}

void DestroyPartitions::operator()(rd_kafka_topic_partition_list_t* list) const {
  rd_kafka_topic_partition_list_destroy(list);
}

PartitionList list_of(const std::vector<PartitionOffset>& positions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const PartitionOffset& position : positions) {
    rd_kafka_topic_partition_list_add(list.get(), position.topic.c_str(), position.partition)->offset = position.offset;
  }
  return list;
}

PartitionList list_of(const std::vector<TopicPartition>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  return list;
}

std::vector<TopicPartition> partitions_in(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  }
  return partitions;
}

int first_error(const rd_kafka_topic_partition_list_t& list) {
  for (int i = 0; i < list.cnt; ++i) {
    if (list.elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list.elems[i].err;
  }
  return 0;
}

}  // namespace bus::kafka
