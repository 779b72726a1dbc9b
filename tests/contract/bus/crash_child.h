// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bus/bus.h"
#include "bus/embedded/embedded_bus.h"
#include "bus/kafka/kafka_bus.h"

namespace contract {

inline constexpr int kChildKeys = 12;
// How the child ends when it came past its failpoint.
inline constexpr int kFailpointExit = 42;

// A child that ends there leaves a copy of its files as of the sync before, in the directory "synced".
inline constexpr std::string_view kSyncedPoint = "after_sync";

// Two stages over one log: "first" counts in its state and passes on to "second", which counts what came out of order
// or twice. Every number that must agree in the end is a counter or a state entry.
class CrashPipeline {
 public:
  CrashPipeline();
  ~CrashPipeline();
  void add_to(bus::Bus& bus, base::Executor executor);

 private:
  class First;
  class Second;
  std::unique_ptr<First> first_;
  std::unique_ptr<Second> second_;
};

bus::embedded::EmbeddedOptions crash_options(const std::filesystem::path& data_dir, bool with_retention);
bus::kafka::KafkaOptions kafka_crash_options(const std::filesystem::path& data_dir, const std::string& servers);

// A process of its own: runs the pipeline and appends until it is killed, or until `failpoint` is passed for the nth
// time. Each acknowledged append is a line "key number" of the file `acknowledged`.
int run_crash_child(const std::filesystem::path& directory, const std::string& failpoint, int nth);
// The same on a Kafka cluster.
int run_kafka_crash_child(const std::filesystem::path& directory, const std::string& failpoint, int nth,
                          const std::string& servers);

}  // namespace contract
