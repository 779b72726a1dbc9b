// SPDX-License-Identifier: Apache-2.0
// Three brokers, two of which must have a record: one may die.
#include <poll.h>

#include <sstream>

#include "tests/harness/http_call.h"
#include "tests/integration/kafka/leaders.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

using std::chrono::seconds;

void pass(seconds time) { poll(nullptr, 0, static_cast<int>(time.count()) * 1000); }

// How often the stages of a process were given partitions.
double assignments(const Tocsin& tocsin) {
  double sum = 0;
  std::istringstream metrics(harness::http_get(tocsin.port(), "/metrics").body);
  for (std::string line; std::getline(metrics, line);) {
    if (line.starts_with("tocsin_kafka_rebalances_total{")) sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

class ClusterOfThree : public OverKafka {
 protected:
  harness::HttpReceiver receiver_;
  Outcomes outcomes_{receiver_};
};

TEST_F(ClusterOfThree, EveryBrokerDiesOnceAndNothingIsLostOrToldTwice) {
  harness::KafkaCluster kafka(3);
  std::string config = config_over(kafka, "three.", {receiver_.url("/hook")});
  Tocsin first(config);
  Tocsin second(config);
  ASSERT_NO_FATAL_FAILURE(start({&first, &second}));
  Load load({first.port(), second.port()}, {.alerts_per_second = 100});

  for (int round = 0; round < (is_soak() ? 10 : 1); ++round) {
    for (std::size_t node = 0; node < kafka.size(); ++node) {
      kafka.kill(node);
      pass(seconds(8));
      ASSERT_TRUE(kafka.start(node)) << kafka.log(node);
      pass(seconds(4));
    }
  }
  ASSERT_TRUE(load.finish(patience()));

  await_told(load, {&outcomes_}, second);
  ASSERT_TRUE(first.stop());
  ASSERT_TRUE(second.stop());
  expect_balance(load, {&outcomes_}, second);
  std::printf("%zu alerts, %zu bodies refused, %zu deliveries repeated under their key\n", load.accepted(),
              load.refused(), outcomes_.repeated());
}

TEST_F(ClusterOfThree, LeadersThatChangeEachSecondAreNotNoticed) {
  harness::KafkaCluster kafka(3);
  std::string config = config_over(kafka, "leaders.", {receiver_.url("/hook")});
  Tocsin first(config);
  Tocsin second(config);
  ASSERT_NO_FATAL_FAILURE(start({&first, &second}));
  // A broker may hear of a new topic after another has told of it.
  for (const Tocsin* tocsin : {&first, &second}) EXPECT_EQ(tocsin->log().find("has 0 partitions"), std::string::npos);
  Leaders leaders(kafka);
  ASSERT_GT(leaders.partitions(), 30u);
  double assigned = assignments(first) + assignments(second);
  ASSERT_GT(assigned, 0);
  Load load({first.port(), second.port()}, {.alerts_per_second = 100});

  int moves = 0;
  for (int second_of = 0; second_of < (is_soak() ? 300 : 20); ++second_of) {
    moves += leaders.move() ? 1 : 0;
    pass(seconds(1));
  }
  ASSERT_TRUE(load.finish(patience()));

  EXPECT_GT(moves, 10);
  await_told(load, {&outcomes_}, second);
  bool kept_partitions = assignments(first) + assignments(second) == assigned;
  ASSERT_TRUE(first.stop());
  ASSERT_TRUE(second.stop());
  expect_balance(load, {&outcomes_}, second);
  // Who lost its session, on a machine that stood still for that long, may repeat what it was at.
  if (kept_partitions) EXPECT_EQ(outcomes_.repeated(), 0u);
  std::printf("%d times %zu leaders moved, %zu alerts, %zu bodies refused\n", moves, leaders.partitions(),
              load.accepted(), load.refused());
}

}  // namespace
}  // namespace acceptance
