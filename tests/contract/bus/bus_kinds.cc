// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "bus/embedded/embedded_bus.h"
#include "bus/kafka/kafka_bus.h"
#include "tests/contract/bus/bus_under_test.h"
#include "tests/contract/bus/temporary_directory.h"
#include "tests/fakes/mock_kafka.h"

namespace contract {

namespace {

class EmbeddedUnderTest final : public BusUnderTest {
 public:
  std::unique_ptr<bus::Bus> open(base::Clock& clock, base::Metrics& metrics) override {
    bus::embedded::EmbeddedOptions options;
    options.data_dir = directory_.path();
    options.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(4)};
    options.timer_keys = 8;  // The rest is read from the log.
    return bus::embedded::make_embedded_bus(std::move(options), clock, metrics);
  }

 private:
  TemporaryDirectory directory_;
};

// On librdkafka's own cluster, or on one that is named.
class KafkaUnderTest final : public BusUnderTest {
 public:
  explicit KafkaUnderTest(std::string bootstrap_servers) : bootstrap_servers_(std::move(bootstrap_servers)) {
    if (!bootstrap_servers_.empty()) return;
    mock_.emplace();
    bootstrap_servers_ = mock_->bootstrap_servers();
  }
  std::unique_ptr<bus::Bus> open(base::Clock& clock, base::Metrics& metrics) override {
    bus::kafka::KafkaOptions options;
    options.bootstrap_servers = bootstrap_servers_;
    options.topic_prefix = prefix_;
    options.partitions = 4;
    options.data_dir = directory_.path();
    options.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(4)};
    options.timer_keys = 8;  // The rest is read from the log.
    if (mock_) {
      // It answers a fetch after this time whatever comes meanwhile, and expects a member that left for its session.
      options.properties["fetch.wait.max.ms"] = "5";
      // Not below the 3 s that it gives the first member of a group to come.
      options.session_timeout = std::chrono::milliseconds(3200);
    }
    return bus::kafka::make_kafka_bus(std::move(options), clock, metrics);
  }

 private:
  std::string bootstrap_servers_;
  std::optional<fakes::MockKafka> mock_;
  // Nothing of an earlier run on the same cluster.
  std::string prefix_ = "contract." + std::to_string(std::random_device()()) + ".";
  TemporaryDirectory directory_;
};

}  // namespace

std::vector<BusKind> bus_kinds() {
  std::vector<BusKind> kinds = {{"Embedded", [] { return std::make_unique<EmbeddedUnderTest>(); }},
                                {"MockKafka", [] { return std::make_unique<KafkaUnderTest>(""); }}};
  if (const char* servers = std::getenv("TOCSIN_KAFKA"); servers != nullptr) {
    kinds.push_back({"Kafka", [servers] { return std::make_unique<KafkaUnderTest>(servers); }});
  }
  return kinds;
}

}  // namespace contract
