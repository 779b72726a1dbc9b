// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "base/task_group.h"
#include "bus/kafka/client/admin.h"
#include "bus/kafka/client/partition_reader.h"
#include "bus/kafka/client/producer.h"
#include "tests/fakes/mock_kafka.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace bus::kafka {
namespace {

using base::Reason;
using std::chrono::milliseconds;

class KafkaReader : public testing::Test {
 public:
  KafkaReader() {
    cluster.create_topic("events", 2);
    on(io, [this] {
      connection = Connection::open(client_of(cluster.bootstrap_servers()), "reader", io.executor(), metrics).value();
      return true;
    });
    reader = std::make_unique<PartitionReader>(connection);
  }
  ~KafkaReader() override {
    reader.reset();
    on(io, [this] {
      connection.reset();
      return true;
    });
  }

  void produce(int count, std::int32_t partition) {
    ProducerOptions options;
    options.client = client_of(cluster.bootstrap_servers());
    OnLoop producer(io, Producer::open(options, io.executor(), metrics).value());
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(producer->produce({"events", partition, "k", std::to_string(i), {{"h", "x"}}},
                                    [](auto result) { EXPECT_TRUE(result); }));
    }
    ASSERT_TRUE(io.run(producer->flush(base::in(kGenerous))));
  }

  base::Result<void> read(std::vector<ReadRange> ranges, base::Deadline deadline = base::in(kGenerous)) {
    return io.run(reader->read(std::move(ranges), visitor(), deadline));
  }
  Visitor visitor() {
    return [this](const MessageView& message) {
      seen[message.partition].push_back(message.offset);
      EXPECT_EQ(message.topic, "events");
      EXPECT_EQ(message.key, "k");
      EXPECT_EQ(message.header("h"), "x");
      EXPECT_GT(message.broker_time_ms, 0);
      return seen[message.partition].size() < enough;
    };
  }

  fakes::MockKafka cluster;
  base::Metrics metrics;
  fakes::IoThread io;
  std::shared_ptr<Connection> connection;
  std::unique_ptr<PartitionReader> reader;
  std::map<std::int32_t, std::vector<std::int64_t>> seen;
  std::size_t enough = 1'000'000;
};

TEST_F(KafkaReader, KnowsWhereAPartitionBeginsAndEnds) {
  produce(10, 1);

  auto both = io.run(reader->watermarks({{"events", 0}, {"events", 1}}, base::in(kGenerous)));
  auto one = io.run(reader->watermarks(TopicPartition{"events", 1}, base::in(kGenerous)));

  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both.value()[0].high, 0);
  EXPECT_EQ(both.value()[1].low, 0);
  EXPECT_EQ(both.value()[1].high, 10);
  EXPECT_EQ(one.value().high, 10);
}

TEST_F(KafkaReader, ReadsSeveralRangesAtOnce) {
  produce(1000, 0);
  produce(1000, 1);

  auto result = read({{"events", 0, kOldest, 1000}, {"events", 1, 990, 995}});

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(seen[0].size(), 1000u);
  EXPECT_EQ(seen[1], (std::vector<std::int64_t>{990, 991, 992, 993, 994}));
}

TEST_F(KafkaReader, ReadsTheSameAgain) {
  produce(10, 0);

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(read({{"events", 0, 0, 10}}));

  EXPECT_EQ(seen[0].size(), 50u);
}

TEST_F(KafkaReader, IsDoneAtOnceWithNothing) {
  EXPECT_TRUE(read({{"events", 0, 0, 0}}));
  EXPECT_TRUE(read({}));
}

TEST_F(KafkaReader, EndsWhereTheVisitorHasEnough) {
  produce(10, 0);
  enough = 3;

  EXPECT_TRUE(read({{"events", 0, 0, 10}}));

  EXPECT_EQ(seen[0].size(), 3u);
}

TEST_F(KafkaReader, FollowsUntilItsDeadline) {
  produce(10, 0);

  auto result = read({{"events", 0, 0}}, base::in(milliseconds(1500)));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
  EXPECT_EQ(seen[0].size(), 10u);
}

TEST_F(KafkaReader, FollowsUntilItIsToldToStop) {
  produce(10, 0);
  Seen<base::Result<void>> results;
  base::TaskGroup tasks(io.executor());
  auto follow = [](KafkaReader* test, Seen<base::Result<void>>* into) -> base::Task<void> {
    into->add(co_await test->reader->read({{"events", 0, 0}}, test->visitor(), base::in(kGenerous)));
  };
  tasks.spawn(follow(this, &results));
  ASSERT_TRUE(eventually([&] { return on(io, [&] { return seen[0].size(); }) == 10; }));
  produce(5, 0);
  ASSERT_TRUE(eventually([&] { return on(io, [&] { return seen[0].size(); }) == 15; }));

  auto second = read({{"events", 0, 0, 10}});
  tasks.cancel();

  ASSERT_TRUE(results.wait_for(1));
  EXPECT_EQ(results.all()[0].error().reason, Reason::kCancelled);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::kBadRequest);
  tasks.join();
}

TEST_F(KafkaReader, SaysThatATopicWasMadeAnew) {
  produce(10, 0);

  auto result = read({{"events", 0, 11, 20}});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::kNoData);
}

TEST_F(KafkaReader, SaysThatBrokersCanNotBeReached) {
  cluster.set_down(1);

  auto result = io.run(reader->watermarks(TopicPartition{"events", 0}, base::in(milliseconds(1500))));

  ASSERT_FALSE(result);
  EXPECT_FALSE(result.error().retry.is_never());
  EXPECT_TRUE(eventually([&] { return connection->brokers_down(); }));
  EXPECT_NE(connection->why_down(), "");
}

TEST_F(KafkaReader, GoesOnReadingAfterAnOutage) {
  produce(100, 0);
  auto result = io.begin(reader->read({{"events", 0, 0, 200}}, visitor(), base::in(kGenerous)));
  ASSERT_TRUE(eventually([&] { return on(io, [&] { return seen[0].size(); }) == 100; }));

  cluster.set_down(1);
  ASSERT_TRUE(eventually([&] { return connection->brokers_down(); }));
  cluster.set_up(1);
  produce(100, 0);

  ASSERT_TRUE(result.get());
  EXPECT_EQ(seen[0].size(), 200u);
}

TEST_F(KafkaReader, AnswersFromTwoSecondsAway) {
  produce(10, 0);
  cluster.set_rtt(1, milliseconds(2000));

  auto result = read({{"events", 0, 0, 10}});

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(seen[0].size(), 10u);
}

TEST_F(KafkaReader, DescribesTopicsWithoutConfigsWhereBrokersDoNotTell) {
  Admin admin(connection);

  auto found = io.run(admin.describe({"events"}, base::in(kGenerous)));
  auto cluster_info = io.run(admin.cluster(base::in(kGenerous)));
  auto topics = io.run(admin.topics("ev", base::in(kGenerous)));

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found.value()["events"].partitions, 2);
  EXPECT_EQ(found.value()["events"].replication, 1);
  EXPECT_FALSE(found.value()["events"].configs);
  EXPECT_EQ(cluster_info.value().brokers, 1);
  EXPECT_EQ(topics.value(), std::vector<std::string>{"events"});
}

}  // namespace
}  // namespace bus::kafka
