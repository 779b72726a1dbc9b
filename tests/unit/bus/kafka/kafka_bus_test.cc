// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/kafka_bus.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "tests/fakes/mock_kafka.h"
#include "tests/harness/temp_dir.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace bus::kafka {
namespace {

// What becomes of a bus that ends while it waits for brokers.
class KafkaBusEnds : public testing::Test {
 protected:
  std::unique_ptr<Bus> bus_at(const std::string& servers, std::map<std::string, std::string> properties = {}) {
    KafkaOptions options;
    options.bootstrap_servers = servers;
    options.properties = std::move(properties);
    options.data_dir = directory.path();
    options.append_timeout = kGenerous;  // Not what ends a wait here.
    return make_kafka_bus(std::move(options), clock, metrics);
  }
  static base::Task<bool> stop(Bus& bus) {
    co_await bus.stop();
    co_return true;
  }
  static base::Task<base::Result<void>> append(Bus& bus, std::vector<Outgoing> records = {{"intake", "key", "value"}}) {
    co_return co_await bus.append(std::move(records), {});
  }

  // Of librdkafka, in this process.
  static int client_threads() {
    int count = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
      std::string name;
      std::getline(std::ifstream(thread.path() / "comm"), name);
      count += name.starts_with("rdk:") ? 1 : 0;
    }
    return count;
  }

  base::SystemClock clock;
  base::Metrics metrics;
  harness::TempDir directory;
  fakes::IoThread io;
};

TEST_F(KafkaBusEnds, WhileItLooksForATopicThatNoBrokerTellsOf) {
  fakes::MockKafka kafka;
  auto bus = bus_at(kafka.bootstrap_servers());
  kafka.set_rtt(1, std::chrono::seconds(1));
  ASSERT_TRUE(bus->start());
  auto kept = io.begin(append(*bus));
  ASSERT_TRUE(io.run(append(*bus, {})));  // Comes behind the first: that one has asked for its topic now.

  EXPECT_TRUE(io.run(stop(*bus)));

  ASSERT_EQ(kept.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  bus.reset();
  auto outcome = kept.get();
  ASSERT_FALSE(outcome);
  EXPECT_FALSE(outcome.error().retry.is_never()) << outcome.error().message;
}

TEST_F(KafkaBusEnds, WhileNoBrokerCanBeReached) {
  auto bus = bus_at("127.0.0.1:1");
  ASSERT_TRUE(bus->start());

  EXPECT_FALSE(io.run(append(*bus)));
  EXPECT_TRUE(io.run(stop(*bus)));
}

TEST_F(KafkaBusEnds, WhenItsConsumersAreRefusedAndItsProducersAreNot) {
  auto bus = bus_at("127.0.0.1:1", {{"session.timeout.ms", "60000"}, {"max.poll.interval.ms", "1000"}});

  auto started = bus->start();

  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("max.poll.interval.ms"), std::string::npos) << started.error().message;
  EXPECT_TRUE(eventually([] { return client_threads() == 0; }));
}

}  // namespace
}  // namespace bus::kafka
