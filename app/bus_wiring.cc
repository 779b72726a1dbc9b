// SPDX-License-Identifier: Apache-2.0
#include "app/bus_wiring.h"

#include "bus/embedded/embedded_bus.h"
#include "bus/kafka/kafka_archive.h"
#include "bus/spool/spool_bus.h"
#include "incidents/keeper.h"
#include "schemas/topics.h"

namespace app {

namespace {

std::string joined(const std::vector<std::string>& brokers) {
  std::string text;
  for (const std::string& broker : brokers) text += (text.empty() ? "" : ",") + broker;
  return text;
}

const char* name_of(KafkaCompression compression) {
  switch (compression) {
    case KafkaCompression::kZstd:
      return "zstd";
    case KafkaCompression::kLz4:
      return "lz4";
    case KafkaCompression::kGzip:
      return "gzip";
    case KafkaCompression::kSnappy:
      return "snappy";
    case KafkaCompression::kNone:
      return "none";
  }
  return "none";
}

std::unique_ptr<bus::Bus> make_embedded(const RetentionSection& retention, const std::string& data_dir, BusDeps deps) {
  bus::embedded::EmbeddedOptions options;
  options.data_dir = data_dir;
  options.max_age = retention.age;
  options.max_bytes = retention.bytes;
  options.dead_letter_age = retention.dead_letters;
  return bus::embedded::make_embedded_bus(std::move(options), deps.clock, deps.metrics);
}

}  // namespace

bus::kafka::KafkaOptions kafka_bus_options(const BusSection& section, const std::string& data_dir) {
  const KafkaSection& kafka = *section.kafka;
  bus::kafka::KafkaOptions options;
  options.bootstrap_servers = joined(kafka.bootstrap_servers);
  options.topic_prefix = kafka.topic_prefix;
  for (const auto& [name, value] : kafka.properties) options.properties.emplace(name, value.reveal());
  options.compression = name_of(kafka.compression);
  options.partitions = static_cast<int>(kafka.partitions);
  options.replication = static_cast<int>(kafka.replication);
  options.read_together.push_back(incidents::keeper_stage().inputs);
  options.retention = kafka.retention;
  options.dead_letter_retention = kafka.dead_letter_retention;
  options.data_dir = data_dir;
  options.instance = kafka.instance;
  return options;
}

std::unique_ptr<bus::Bus> make_bus(const BusSection& section, const std::string& data_dir, const Roles& roles,
                                   BusDeps deps) {
  if (section.type == BusType::kEmbedded) return make_embedded(section.retention, data_dir, deps);
  auto options = kafka_bus_options(section, data_dir);
  options.stage_nice = deps.stage_nice;
  auto bus = bus::kafka::make_kafka_bus(std::move(options), deps.clock, deps.metrics);
  if (section.kafka->spool.empty() || !roles.ingest) return bus;
  bus::spool::SpoolOptions spool;
  spool.dir = section.kafka->spool;
  spool.max_bytes = section.kafka->spool_max_bytes;
  return bus::spool::make_spool_bus(std::move(spool), std::move(bus), deps.clock, deps.metrics, deps.work);
}

base::Result<std::unique_ptr<bus::Archive>> open_archive(const BusSection& section, const std::string& data_dir) {
  if (section.type == BusType::kEmbedded) return bus::embedded::open_embedded_archive(data_dir);
  return bus::kafka::open_kafka_archive(kafka_bus_options(section, data_dir));
}

base::Result<bus::kafka::Inspection> inspect_topics(const BusSection& section,
                                                    const std::vector<bus::StageSpec>& stages) {
  namespace topics = schemas::topics;
  return bus::kafka::inspect(
      kafka_bus_options(section, ""), stages,
      {std::string(topics::kReceipts), std::string(topics::kTraces), std::string(bus::kDeadLetters)});
}

}  // namespace app
