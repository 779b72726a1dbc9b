// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "bus/kafka/client/properties.h"

namespace bus::kafka {

// What all clients of one Kafka share. `properties` override the defaults below, except those that check_properties()
// reserves.
struct ClientOptions {
  std::string bootstrap_servers;  // "host:port,host:port"
  std::string client_id = "tocsin";
  Properties properties;
  // Zero: none. Also the pace at which a client notices that brokers are back.
  std::chrono::milliseconds statistics_interval{2000};
};

// The largest message a producer hands to a broker: below the broker's own default of 1,048,588 bytes a batch
// (https://kafka.apache.org/documentation/#topicconfigs_max.message.bytes), with room for what the batch adds.
inline constexpr std::size_t kMaxMessageBytes = 1'000'000;

// How a producer works.
struct ProducerOptions {
  ClientOptions client;
  std::string name = "producer";  // The label of its metrics.
  // After this a message fails with kTimeout or kUnreachable; zero: it waits until the broker is back.
  std::chrono::milliseconds message_timeout{0};
  std::string compression = "lz4";  // none, lz4, zstd, gzip, snappy
  std::size_t max_message_bytes = kMaxMessageBytes;
  // What may wait for acknowledgement; beyond it produce() says kFull.
  std::size_t max_queued_messages = 100'000;
  std::size_t max_queued_bytes = 64 << 20;
};

// For accepting records from outside: whoever waits wants an answer soon.
ProducerOptions intake_producer(ClientOptions client);
// For stages: waits out any outage; what lanes hold bounds its queue.
ProducerOptions stage_producer(ClientOptions client);

// How a member of a group works.
struct GroupOptions {
  ClientOptions client;
  std::string group;
  std::string instance;  // group.instance.id: a member that comes back within the session timeout keeps its
                         // partitions. Empty: a dynamic member.
  // A member that is silent for so long loses its partitions. Brokers accept from 6 s (group.min.session.timeout.ms).
  std::chrono::milliseconds session_timeout{8000};
  // Also how long a member takes at most to notice that the group shares partitions out anew.
  std::chrono::milliseconds heartbeat{1000};
  // What is fetched ahead: per partition until this many messages, per client until this many bytes.
  std::size_t queued_min_messages = 1000;
  std::size_t queued_max_bytes = 4 << 20;
};

}  // namespace bus::kafka
