// SPDX-License-Identifier: Apache-2.0
// The Kafka that other tests stand on does what they pull its levers for.
#include <gtest/gtest.h>

#include <regex>

#include "tests/harness/kafka_cluster.h"
#include "tests/harness/process.h"
#include "tests/integration/kafka/leaders.h"

namespace {

using harness::KafkaCluster;

constexpr const char* kTopics = "org.apache.kafka.tools.TopicCommand";

TEST(KafkaCluster, ABrokerDiesHangsAndComesBackWithItsPortAndTopics) {
  if (auto missing = KafkaCluster::what_is_missing(); !missing.empty()) GTEST_SKIP() << missing;
  KafkaCluster kafka;
  std::string address = kafka.bootstrap_servers();
  ASSERT_TRUE(kafka.tool(kTopics, {"--create", "--topic", "kept"}).exit.is_success());

  kafka.pause(0);
  EXPECT_FALSE(kafka.answers(0));
  kafka.resume(0);
  EXPECT_TRUE(kafka.answers(0));
  kafka.kill(0);
  EXPECT_FALSE(kafka.answers(0));
  ASSERT_TRUE(kafka.start(0)) << kafka.log(0);

  EXPECT_EQ(kafka.bootstrap_servers(), address);
  EXPECT_EQ(kafka.tool(kTopics, {"--list"}).out, "kept\n");
}

// The brokers that lead the partitions of all topics, in order.
std::vector<std::string> leaders_of(const KafkaCluster& kafka) {
  std::string described = kafka.tool(kTopics, {"--describe"}).out;
  static const std::regex leader(R"(\tLeader: (\d+)\t)");
  std::vector<std::string> leaders;
  for (std::sregex_iterator at(described.begin(), described.end(), leader), end; at != end; ++at) {
    leaders.push_back((*at)[1]);
  }
  return leaders;
}

TEST(KafkaCluster, LeadershipMovesFromBrokerToBroker) {
  if (auto missing = KafkaCluster::what_is_missing(); !missing.empty()) GTEST_SKIP() << missing;
  KafkaCluster kafka(3);
  ASSERT_TRUE(kafka.tool(kTopics, {"--create", "--topic", "led", "--partitions", "3"}).exit.is_success());
  auto before = leaders_of(kafka);
  acceptance::Leaders leaders(kafka);
  ASSERT_EQ(leaders.partitions(), 3u);

  ASSERT_TRUE(leaders.move());

  auto after = leaders_of(kafka);
  ASSERT_EQ(after.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NE(after[i], before[i]);
}

}  // namespace
