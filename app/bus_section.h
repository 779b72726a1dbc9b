// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/time.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "bus/kafka/client/properties.h"

namespace app {

// `bus.retention`: how long the embedded log keeps what every stage is done with.
struct RetentionSection {
  base::Duration age = std::chrono::hours(24 * 7);
  std::int64_t bytes = std::int64_t{4} << 30;
  base::Duration dead_letters = std::chrono::hours(24 * 30);
  friend bool operator==(const RetentionSection&, const RetentionSection&) = default;
};

// How producers compress.
enum class KafkaCompression { kZstd, kLz4, kGzip, kSnappy, kNone };

// `bus.kafka`: which Kafka keeps the log, and how.
struct KafkaSection {
  std::vector<std::string> bootstrap_servers;
  std::string topic_prefix = "tocsin.";
  std::int64_t partitions = 12;
  std::int64_t replication = -1;
  base::Duration retention = std::chrono::hours(24 * 7);
  base::Duration dead_letter_retention = std::chrono::hours(24 * 30);
  KafkaCompression compression = KafkaCompression::kLz4;
  std::string instance;
  std::string spool;
  std::int64_t spool_max_bytes = std::int64_t{1} << 30;
  base::yaml::Node written_properties;  // As in the file; `properties` is what they mean.
  bus::kafka::Properties properties;
};

enum class BusType { kEmbedded, kKafka };

// The top-level section `bus`: what keeps the log between the stages. A bus is kept over reloads.
struct BusSection {
  BusType type = BusType::kEmbedded;
  RetentionSection retention;
  std::optional<KafkaSection> kafka;  // Always there for kKafka.

  // Whether both mean the same bus. What a secret's file holds belongs to it.
  friend bool operator==(const BusSection& a, const BusSection& b);
};

const base::OptionTable<BusSection>& bus_options();
const base::OptionTable<RetentionSection>& retention_options();
const base::OptionTable<KafkaSection>& kafka_options();

// Reads the section with all that the tables can't say: what belongs together, and librdkafka's own properties. Opens
// no connection, but reads the files that the properties name.
BusSection read_bus_section(const base::yaml::Node& node, base::yaml::Problems& problems);

// Only the section `bus` of a configuration file, for verbs that look at the log: other sections may be broken.
// Problems of the section are in the error's message.
base::Result<BusSection> load_bus_section(const std::string& path);

}  // namespace app
