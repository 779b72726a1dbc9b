// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "bus/kafka/client/admin.h"
#include "bus/kafka/client/group_consumer.h"
#include "bus/kafka/client/partition_reader.h"
#include "bus/kafka/client/producer.h"
#include "tests/unit/bus/kafka/group_owner_fake.h"

namespace bus::kafka {
namespace {

using Farewell = GroupConsumer::Farewell;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kPartitions = 4;

// What librdkafka's mock can't show. Needs a broker: deploy/dev/kafka/run.sh, and TOCSIN_KAFKA=127.0.0.1:PORT.
class RealKafka : public testing::Test {
 public:
  void SetUp() override {
    const char* address = std::getenv("TOCSIN_KAFKA");
    if (address == nullptr) GTEST_SKIP() << "TOCSIN_KAFKA names no broker";
    client = client_of(address);
    topic = "client-test-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    on(io, [this] {
      connection = Connection::open(client, "look", io.executor(), metrics).value();
      return true;
    });
  }
  void TearDown() override {
    on(io, [this] {
      connection.reset();
      return true;
    });
  }

  void create(std::map<std::string, std::string> configs = {}) {
    auto made = io.run(Admin(connection).create({{topic, kPartitions, 1, std::move(configs)}}, base::in(kGenerous)));
    ASSERT_TRUE(made) << made.error().message;
  }

  void produce(int count) {
    ProducerOptions options;
    options.client = client;
    OnLoop producer(io, Producer::open(options, io.executor(), metrics).value());
    for (int i = 0; i < count; ++i) {
      Message message{topic, i % kPartitions, "k" + std::to_string(i % 10), std::to_string(i), {}};
      ASSERT_TRUE(producer->produce(message, [](auto result) { EXPECT_TRUE(result); }));
    }
    ASSERT_TRUE(io.run(producer->flush(base::in(kGenerous))));
  }

  struct Member {
    explicit Member(fakes::IoThread& io) : consumer(io, nullptr) {}
    GroupOwnerFake owner;
    OnLoop<GroupConsumer> consumer;
  };
  std::unique_ptr<Member> join(const std::string& instance) {
    auto member = std::make_unique<Member>(io);
    GroupOptions options;
    options.client = client;
    options.group = topic;
    options.instance = instance;
    on(io, [&] {
      member->consumer.own(GroupConsumer::open(options, {topic}, member->owner, io.executor(), metrics).value());
      member->owner.consumer = &*member->consumer;
      return true;
    });
    return member;
  }
  bool close(Member& member, Farewell farewell) {
    return io.run(member.consumer->close(farewell, base::in(kGenerous)));
  }

  // How long it takes until the one who stays has all partitions.
  milliseconds handover(const std::function<void(Member&)>& go) {
    auto leaver = join("leaver");
    EXPECT_TRUE(leaver->owner.wait_for_event("assigned 4"));
    auto heir = join("heir");
    EXPECT_TRUE(heir->owner.wait_for_event("assigned 2"));
    auto before = steady_clock::now();
    go(*leaver);
    EXPECT_TRUE(heir->owner.wait_for_event("assigned 4"));
    auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - before);
    EXPECT_TRUE(close(*heir, Farewell::kLeave));
    return took;
  }

  ClientOptions client;
  std::string topic;
  base::Metrics metrics;
  fakes::IoThread io;
  std::shared_ptr<Connection> connection;
};

TEST_F(RealKafka, CreatesMissingTopicsAndComparesThoseThatExist) {
  Admin admin(connection);
  TopicSpec wanted{topic, kPartitions, 1, {{"cleanup.policy", "compact"}, {"max.message.bytes", "2000000"}}};

  auto first = io.run(admin.ensure({wanted}, base::in(kGenerous)));
  wanted.partitions = 12;
  wanted.configs["cleanup.policy"] = "delete";
  wanted.configs["retention.ms"] = "-1";
  auto second = io.run(admin.ensure({wanted}, base::in(kGenerous)));

  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first.value()[0].created);
  EXPECT_EQ(first.value()[0].state.partitions, kPartitions);
  EXPECT_TRUE(first.value()[0].differences.empty()) << first.value()[0].differences[0];
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE(second.value()[0].created);
  EXPECT_EQ(second.value()[0].differences.size(), 3u);
  EXPECT_TRUE(io.run(admin.create({wanted}, base::in(kGenerous))));
  EXPECT_EQ(io.run(admin.describe({topic}, base::in(kGenerous))).value()[topic].partitions, kPartitions);
  EXPECT_EQ(io.run(admin.topics(topic, base::in(kGenerous))).value().size(), 1u);
  EXPECT_FALSE(io.run(admin.cluster(base::in(kGenerous))).value().id.empty());
}

TEST_F(RealKafka, SaysWhyATopicCanNotBeCreated) {
  Admin admin(connection);

  auto result = io.run(admin.create({{topic, 1, 1, {{"cleanup.policy", "burn"}}}}, base::in(kGenerous)));
  auto copies = io.run(admin.create({{topic, 1, 99, {}}}, base::in(kGenerous)));

  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().retry.is_never());
  EXPECT_NE(result.error().message.find("cleanup.policy"), std::string::npos) << result.error().message;
  ASSERT_FALSE(copies);
  EXPECT_EQ(copies.error().reason, base::Reason::kBadRequest);
}

TEST_F(RealKafka, DescribesNothingForATopicThatIsNotThere) {
  auto found = io.run(Admin(connection).describe({topic}, base::in(kGenerous)));

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found.value().empty());
  EXPECT_FALSE(io.run(PartitionReader(connection).watermarks(TopicPartition{topic, 0}, base::in(seconds(2)))));
}

TEST_F(RealKafka, ReadsToTheEndAndFindsOffsetsOfTimes) {
  create();
  produce(4000);
  auto later = std::chrono::system_clock::now() + std::chrono::hours(1);
  PartitionReader reader(connection);
  std::size_t count = 0;

  std::vector<ReadRange> ranges;
  for (int i = 0; i < kPartitions; ++i) ranges.push_back({topic, i, kOldest, 1000});
  auto result = io.run(reader.read(
      ranges, [&](const MessageView&) { return ++count > 0; }, base::in(kGenerous)));
  auto first = io.run(reader.offsets_at({{topic, 0}}, base::Time{}, base::in(kGenerous)));
  auto none = io.run(reader.offsets_at({{topic, 0}}, base::Time(later.time_since_epoch()), base::in(kGenerous)));

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(count, 4000u);
  EXPECT_EQ(first.value(), std::vector<std::int64_t>{0});
  EXPECT_EQ(none.value(), std::vector<std::int64_t>{1000});
}

TEST_F(RealKafka, SaysThatTheBrokerFindsAMessageTooLarge) {
  create({{"max.message.bytes", "10000"}});
  ProducerOptions options;
  options.client = client;
  OnLoop producer(io, Producer::open(options, io.executor(), metrics).value());
  std::string noise;
  for (unsigned i = 0, x = 1; i < 50'000; ++i, x = x * 1103515245 + 12345) noise += static_cast<char>(x >> 16);

  auto answer = io.run(producer->send({topic, 0, "k", noise, {}}));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, base::Reason::kTooLarge);
  EXPECT_TRUE(io.run(producer->send({topic, 0, "k", "small", {}})));
}

TEST_F(RealKafka, AStaticMemberThatLeavesIsReplacedAtOnce) {
  create();

  auto took = handover([&](Member& leaver) { EXPECT_TRUE(close(leaver, Farewell::kLeave)); });

  std::cout << "handover after leaving: " << took.count() << " ms\n";
  EXPECT_LT(took, seconds(8));
}

TEST_F(RealKafka, AStaticMemberThatStaysIsReplacedAfterItsSession) {
  create();

  auto took = handover([&](Member& leaver) { EXPECT_TRUE(close(leaver, Farewell::kStay)); });

  std::cout << "handover after staying: " << took.count() << " ms\n";
  EXPECT_GT(took, seconds(4));
}

TEST_F(RealKafka, AStaticMemberThatComesBackKeepsItsPartitions) {
  create();
  auto first = join("a");
  ASSERT_TRUE(first->owner.wait_for_event("assigned 4"));
  auto other = join("b");
  ASSERT_TRUE(other->owner.wait_for_event("assigned 2"));
  ASSERT_TRUE(first->owner.wait_for_event("assigned 2"));
  auto had = first->owner.assigned;
  std::size_t before = other->owner.events.size();

  EXPECT_TRUE(close(*first, Farewell::kStay));
  auto again = join("a");
  ASSERT_TRUE(again->owner.wait_for_event("assigned 2"));

  EXPECT_EQ(again->owner.assigned, had);
  EXPECT_EQ(other->owner.events.size(), before);
}

TEST_F(RealKafka, ASecondWithTheSameInstanceFencesTheFirst) {
  create();
  auto first = join("a");
  ASSERT_TRUE(first->owner.wait_for_event("assigned 4"));

  auto second = join("a");

  EXPECT_TRUE(second->owner.wait_for_event("assigned 4"));
  EXPECT_TRUE(first->owner.wait_for_event("fatal"));
}

// A commit that reaches the broker in the group's next generation makes librdkafka take its assignment for lost.
TEST_F(RealKafka, CommitsDuringRebalancesLoseNoAssignment) {
  create();
  produce(4000);
  auto member = join("a");
  ASSERT_TRUE(member->owner.messages.wait_for(4000));
  std::atomic<bool> stop = false;
  std::atomic<int> committed = 0;
  std::atomic<int> refused = 0;
  std::jthread committer([&] {
    while (!stop) {
      Seen<bool> done;
      on(io, [&] {
        std::vector<PartitionOffset> next;
        for (const auto& partition : member->owner.assigned) {
          next.push_back({partition.topic, partition.partition, 1000});
        }
        member->consumer->commit(next, [&](base::Result<void> result) {
          ++(result ? committed : refused);
          done.add(true);
        });
        return true;
      });
      done.wait_for(1);
    }
  });

  for (int i = 0; i < 5; ++i) {
    auto visitor = join("b");
    ASSERT_TRUE(visitor->owner.wait_for_event("assigned 2"));
    EXPECT_TRUE(close(*visitor, Farewell::kLeave));
    ASSERT_TRUE(member->owner.wait_for_event("assigned 4", i + 2));
  }
  stop = true;
  committer.join();

  std::cout << "commits during rebalances: " << committed << " taken, " << refused << " refused\n";
  EXPECT_FALSE(std::ranges::any_of(member->owner.events.all(), [](auto& event) { return event.starts_with("lost"); }));
  EXPECT_GT(committed, 0);
  produce(kPartitions);
  for (int partition = 0; partition < kPartitions; ++partition) {
    EXPECT_TRUE(member->owner.messages.wait_until([&](const auto& seen) {
      return std::ranges::count(seen, std::pair<std::int32_t, std::int64_t>(partition, 1000)) == 1;
    }));
  }
}

}  // namespace
}  // namespace bus::kafka
