// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/time.h"
#include "bus/bus.h"
#include "bus/stage/timer_index.h"

namespace bus::kafka {

// In the data directory: who this process is among the others, unless `instance` says so.
inline constexpr const char* kInstanceFile = "kafka-instance";

// How the log is kept on a Kafka cluster.
struct KafkaOptions {
  // "host:port,host:port": any of the cluster's brokers.
  std::string bootstrap_servers;
  // In front of every name on the cluster (topics, groups): installations that differ in it share a cluster.
  std::string topic_prefix = "tocsin.";
  // Properties of librdkafka, set after our own: security, addresses, tuning. Those that the guarantees need (acks,
  // idempotence, commits) are refused by check_properties().
  std::map<std::string, std::string> properties;
  // Or zstd, gzip, snappy, none. A busy stage sends a few records at a time, and each time zstd sets up half a megabyte
  // of tables, here and in the broker: twice the cost of a record.
  std::string compression = "lz4";

  // For topics that are made; one that exists is never altered. Every input of a stage has as many partitions.
  int partitions = 12;
  int replication = -1;  // -1: as the broker has it.
  // Topics that a stage reads beside each other, in its order: one that is made gets as many partitions as those before
  // it. For processes that append to them; the stage itself knows.
  std::vector<std::vector<std::string>> read_together;
  base::Duration retention = std::chrono::hours(7 * 24);
  base::Duration dead_letter_retention = std::chrono::hours(30 * 24);

  // Holds the local copy of states and this member's name. Made if absent; may be lost at the price of a restore.
  std::filesystem::path data_dir;
  // Who this process is within its groups: kept over restarts, different in every process. Empty: random, kept in
  // data_dir.
  std::string instance;

  // How long an append may wait for its acknowledgement.
  std::chrono::milliseconds append_timeout{5000};
  // A member that is silent for so long is replaced.
  std::chrono::milliseconds session_timeout{8000};
  // Between position records of a lane: what a killed process handles again at most, where no state changed.
  std::chrono::milliseconds position_interval{250};
  // States of keys that a partition of a stage remembers between their records.
  std::size_t key_cache_bytes = 256U << 10;
  // Of a partition of a stage: stage::TimerIndex. A third of its number, as there are more of them.
  std::size_t timer_keys = stage::TimerIndex::kMost / 3;
  // At what pace a large state of a key is written: partition_units.cc.
  std::size_t state_bytes_per_ms = 4096;
  // Between tries of a record that failed.
  base::Backoff backoff{};
  // The niceness of the threads that serve stages: what they work on is kept and can wait, what is about to come in
  // can't.
  int stage_nice = 0;
  // Called with the name of each step on the way of a record, for tests that end the process there. Names:
  // docs/formats/kafka-topics.md.
  std::function<void(std::string_view)> failpoint;
};

// The durable log on Kafka. start() succeeds without a broker: health() says what is missing, appends are refused for
// later, and stages begin when it is there. start() fails when a property is not librdkafka's or data_dir can't be
// used. `clock` and `metrics` outlive the bus; so do the executors of its stages and of whoever awaits it. stop()
// before destroying it.
std::unique_ptr<Bus> make_kafka_bus(KafkaOptions options, base::Clock& clock, base::Metrics& metrics);

}  // namespace bus::kafka
