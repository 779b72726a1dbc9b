// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bus::kafka {

// One partition of one Kafka topic.
struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

// A position in a partition: the next offset to read.
struct PartitionOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  friend bool operator==(const PartitionOffset&, const PartitionOffset&) = default;
};

// Positions that the broker turns into numbers.
inline constexpr std::int64_t kOldest = -2;
inline constexpr std::int64_t kNewest = -1;
inline constexpr std::int64_t kCommitted = -1000;  // What the group has committed.

// A header of a Kafka message. Names may repeat; values are bytes.
struct Header {
  std::string name;
  std::string value;
};

// What a producer sends.
struct Message {
  std::string topic;
  std::optional<std::int32_t> partition;  // Else chosen by the key.
  std::string key;
  std::optional<std::string> value;  // None: a tombstone.
  std::vector<Header> headers;
};

// Where a message was stored.
struct Delivery {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

// A header of a message that was read.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// A message that was read. Everything in it lives only as long as the call that it was handed to.
struct MessageView {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t broker_time_ms = -1;  // The topic's own timestamp, since the epoch; -1 where there is none.
  std::string_view key;
  std::optional<std::string_view> value;  // None: a tombstone.
  std::span<const HeaderView> headers;

  // The last header of that name.
  std::optional<std::string_view> header(std::string_view name) const;
};

// The oldest offset kept in a partition, and the offset that its next message will get.
struct Watermarks {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// The partition of a key among `partitions`, as every murmur2 client (the Java ones too) chooses it.
std::int32_t partition_of(std::string_view key, std::int32_t partitions);

}  // namespace bus::kafka
