// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/cluster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

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

class KafkaCluster : public testing::Test {
 protected:
  ~KafkaCluster() override {
    if (cluster_) io_.run((*cluster_)->close());
  }

  Cluster& open() {
    options_.bootstrap_servers = kafka_.bootstrap_servers();
    options_.topic_prefix = "";
    Cluster::Deps deps{clock_, metrics_, work_, io_.executor(), intake_.executor()};
    cluster_.emplace(io_, std::make_unique<Cluster>(options_, deps));
    EXPECT_TRUE(on(io_, [&] { return (*cluster_)->open().has_value(); }));
    return **cluster_;
  }

  fakes::MockKafka kafka_;
  KafkaOptions options_;
  base::SystemClock clock_;
  base::Metrics metrics_;
  stage::Work work_;
  fakes::IoThread io_;
  fakes::IoThread intake_;
  std::optional<OnLoop<Cluster>> cluster_;
};

// The mock makes what is asked for with four partitions, whatever was wanted: what it was is told as a difference.
TEST_F(KafkaCluster, WhoeverAppendsFirstWantsAnInputAsTheStageWould) {
  kafka_.create_topic("findings", 2);
  options_.read_together = {{"findings", "commands"}};
  Cluster& cluster = open();

  Seen<int> found;
  on(io_, [&] {
    cluster.with_topic(record_topic(options_, "commands"), [&](int partitions) { found.add(partitions); });
    return true;
  });

  EXPECT_TRUE(found.wait_for(1));
  auto differences = cluster.differences();
  EXPECT_EQ(std::count(differences.begin(), differences.end(), "topic commands has 4 partitions, wanted 2"), 1);
}

TEST_F(KafkaCluster, AnAppendThatGivesUpDoesNotGoOnWaitingForItsTopic) {
  options_.append_timeout = std::chrono::milliseconds(20);
  kafka_.set_topic_error("missing", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  Cluster& cluster = open();
  Seen<int> found;

  for (int i = 0; i < 3; ++i) EXPECT_FALSE(io_.run(cluster.topic_soon(record_topic(options_, "missing"))));
  EXPECT_EQ(on(io_, [&] { return cluster.waiting(); }), 0u);

  on(io_, [&] {
    cluster.with_topic(record_topic(options_, "missing"), [&](int partitions) { found.add(partitions); });
    return true;
  });
  kafka_.set_topic_error("missing", RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_TRUE(found.wait_for(1)) << "it is looked for all the while";
}

}  // namespace
}  // namespace bus::kafka
