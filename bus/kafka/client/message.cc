// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/message.h"

#include <librdkafka/rdkafka.h>

namespace bus::kafka {

static_assert(kOldest == RD_KAFKA_OFFSET_BEGINNING);
static_assert(kNewest == RD_KAFKA_OFFSET_END);
static_assert(kCommitted == RD_KAFKA_OFFSET_STORED);

std::optional<std::string_view> MessageView::header(std::string_view name) const {
  for (auto it = headers.rbegin(); it != headers.rend(); ++it) {
    if (it->name == name) return it->value;
  }
  return std::nullopt;
}

std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
  // librdkafka's murmur2 partitioner looks at nothing but key and count.
  const void* bytes = key.data() == nullptr ? "" : key.data();
  return rd_kafka_msg_partitioner_murmur2(nullptr, bytes, key.size(), partitions, nullptr, nullptr);
}

}  // namespace bus::kafka
