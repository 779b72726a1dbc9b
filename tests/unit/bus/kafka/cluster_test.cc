// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/cluster.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bus/kafka/topics.h"
#include "tests/fakes/mock_kafka.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace bus::kafka {
namespace {

TEST(KafkaTopics, AnInputThatIsMadeGetsAsManyPartitionsAsTheFirstBeforeItThatExists) {
  TopicSpec third{"third", 12, -1, {}};

  fit_partitions(third, {"first", "second"}, {{"third", {5, 1, {}}}});
  EXPECT_EQ(third.partitions, 12);
  fit_partitions(third, {"first", "second"}, {{"second", {4, 1, {}}}, {"third", {5, 1, {}}}});
  EXPECT_EQ(third.partitions, 4);
  fit_partitions(third, {"first", "second"}, {{"first", {3, 1, {}}}, {"second", {4, 1, {}}}});
  EXPECT_EQ(third.partitions, 3);
}

TEST(KafkaTopics, DeletionsAreKeptAsTheTopicSaysAndADayWhereNobodyDoes) {
  using std::chrono::hours;
  auto kept = [](const char* milliseconds) {
    return deletions_kept({12, 1, {{{"delete.retention.ms", milliseconds}}}});
  };

  EXPECT_EQ(kept("3600000"), hours(1));
  EXPECT_EQ(deletions_kept({12, 1, changelog_topic({}, "stage", 12).configs}), hours(7 * 24));
  EXPECT_EQ(kept("9223372036854775807"), hours(7 * 24)) << "no copy gets older";
  EXPECT_EQ(kept("odd"), hours(0));
  EXPECT_EQ(deletions_kept({12, 1, {}}), hours(24));
}

// The mock makes what is asked for with four partitions, whatever was wanted: what it was is told as a difference.
TEST(KafkaCluster, WhoeverAppendsFirstWantsAnInputAsTheStageWould) {
  fakes::MockKafka kafka;
  kafka.create_topic("findings", 2);
  KafkaOptions options;
  options.bootstrap_servers = kafka.bootstrap_servers();
  options.topic_prefix = "";
  options.read_together = {{"findings", "commands"}};
  base::SystemClock clock;
  base::Metrics metrics;
  stage::Work work;
  fakes::IoThread io;
  fakes::IoThread intake;
  OnLoop cluster(
      io, std::make_unique<Cluster>(options, Cluster::Deps{clock, metrics, work, io.executor(), intake.executor()}));
  ASSERT_TRUE(on(io, [&] { return cluster->open().has_value(); }));

  Seen<int> found;
  on(io, [&] {
    cluster->with_topic(record_topic(options, "commands"), [&](int partitions) { found.add(partitions); });
    return true;
  });

  EXPECT_TRUE(found.wait_for(1));
  auto differences = cluster->differences();
  EXPECT_EQ(std::count(differences.begin(), differences.end(), "topic commands has 4 partitions, wanted 2"), 1);
  io.run(cluster->close());
}

}  // namespace
}  // namespace bus::kafka
