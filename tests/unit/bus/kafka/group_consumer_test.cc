// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/group_consumer.h"

#include <gtest/gtest.h>

#include "bus/kafka/client/producer.h"
#include "tests/fakes/mock_kafka.h"
#include "tests/unit/bus/kafka/group_owner_fake.h"

namespace bus::kafka {
namespace {

using Farewell = GroupConsumer::Farewell;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPartitions = 4;

// A member of the group and who works with what it gets.
struct Member {
  Member(fakes::IoThread& loop, const std::string& bootstrap_servers, base::Metrics& metrics, std::string instance)
      : io(loop), consumer(loop, nullptr) {
    options.client = client_of(bootstrap_servers);
    options.group = "group";
    options.instance = std::move(instance);
    open = [this, &metrics] {
      on(io, [&] {
        consumer.own(GroupConsumer::open(options, {"events"}, owner, io.executor(), metrics).value());
        owner.consumer = &*consumer;
        return true;
      });
    };
  }

  bool close(Farewell farewell, std::chrono::milliseconds within = kGenerous) {
    return io.run(consumer->close(farewell, base::in(within)));
  }

  // Leaves the group if it is not polled for so long; nothing of its own has it polled.
  void be_idle_for_at_most(milliseconds interval) {
    options.client.statistics_interval = {};
    options.client.properties.emplace("max.poll.interval.ms", base::Secret(std::to_string(interval.count())));
    options.session_timeout = seconds(4);  // The mock takes 3 s to form a group, and has its members send nothing.
    options.heartbeat = milliseconds(250);
  }

  fakes::IoThread& io;
  GroupOptions options;
  GroupOwnerFake owner;
  OnLoop<GroupConsumer> consumer;
  std::function<void()> open;
};

class KafkaGroup : public testing::Test {
 protected:
  KafkaGroup() { cluster.create_topic("events", kPartitions); }

  std::unique_ptr<Member> join(std::string instance, const std::function<void(GroupOwnerFake&)>& prepare = {}) {
    auto member = std::make_unique<Member>(io, cluster.bootstrap_servers(), metrics, std::move(instance));
    if (prepare) prepare(member->owner);
    member->open();
    return member;
  }

  void produce(int count, std::optional<std::int32_t> partition = {}) {
    ProducerOptions options;
    options.client = client_of(cluster.bootstrap_servers());
    OnLoop producer(io, Producer::open(options, io.executor(), metrics).value());
    for (int i = 0; i < count; ++i) {
      Message message{"events", partition ? *partition : i % kPartitions, "k", std::to_string(i), {}};
      ASSERT_TRUE(producer->produce(message, [](auto result) { EXPECT_TRUE(result); }));
    }
    ASSERT_TRUE(io.run(producer->flush(base::in(kGenerous))));
  }

  // Every offset below `each` of every partition came once, in order.
  static void expect_each_once(const GroupOwnerFake& owner, std::int64_t each, std::int64_t from = 0) {
    std::map<std::int32_t, std::int64_t> next;
    for (int partition = 0; partition < kPartitions; ++partition) next[partition] = from;
    for (const auto& [partition, offset] : owner.messages.all()) EXPECT_EQ(offset, next[partition]++) << partition;
    for (const auto& [partition, reached] : next) EXPECT_EQ(reached, each) << partition;
  }

  fakes::MockKafka cluster{3};
  base::Metrics metrics;
  fakes::IoThread io;
};

TEST_F(KafkaGroup, HandsOutEachMessageOnceInOrder) {
  produce(4000);
  auto member = join("a");

  ASSERT_TRUE(member->owner.messages.wait_for(4000));

  expect_each_once(member->owner, 1000);
  EXPECT_EQ(member->consumer->status().phase, GroupStatus::Phase::kAssigned);
  EXPECT_EQ(on(io, [&] { return member->consumer->watermarks({"events", 0}); })->high, 1000);
}

TEST_F(KafkaGroup, FetchesNothingBeforeAPausedPartitionIsStarted) {
  produce(400);
  auto member = join("a", [](auto& owner) {
    owner.assigns_paused = true;
    owner.from = 0;
  });
  ASSERT_TRUE(member->owner.wait_for_event("assigned"));

  on(io, [&] {
    for (const auto& partition : member->owner.assigned) {
      EXPECT_TRUE(member->consumer->start_at({partition.topic, partition.partition, 40}));
    }
    return true;
  });

  ASSERT_TRUE(member->owner.messages.wait_for(240));
  expect_each_once(member->owner, 100, 40);
}

TEST_F(KafkaGroup, GoesOnWhereItPausedWithoutLossOrRepeat) {
  produce(8000);
  auto member = join("a");
  ASSERT_TRUE(member->owner.wait_for_event("assigned"));

  for (int i = 0; i < 60 && member->owner.messages.size() < 8000; ++i) {
    on(io, [&] { return member->consumer->pause(member->owner.assigned).has_value(); });
    std::size_t before = member->owner.messages.size();
    on(io, [] { return true; });
    EXPECT_EQ(member->owner.messages.size(), before);
    on(io, [&] { return member->consumer->resume(member->owner.assigned).has_value(); });
    if (i % 20 == 0) member->owner.messages.wait_for(before + 10);
  }

  ASSERT_TRUE(member->owner.messages.wait_for(8000));
  expect_each_once(member->owner, 2000);
}

TEST_F(KafkaGroup, ANewMemberGoesOnFromWhatWasCommitted) {
  produce(400);
  auto first = join("a");
  ASSERT_TRUE(first->owner.messages.wait_for(400));
  Seen<base::Result<void>> committed;
  on(io, [&] {
    std::vector<PartitionOffset> next;
    for (const auto& partition : first->owner.assigned) next.push_back({partition.topic, partition.partition, 90});
    first->consumer->commit(next, [&](base::Result<void> result) { committed.add(std::move(result)); });
    return true;
  });
  ASSERT_TRUE(committed.wait_for(1));
  ASSERT_TRUE(committed.all()[0]) << committed.all()[0].error().message;
  EXPECT_TRUE(first->close(Farewell::kLeave));

  auto second = join("b", [](auto& owner) { owner.from = kCommitted; });

  ASSERT_TRUE(second->owner.messages.wait_for(40));
  expect_each_once(second->owner, 100, 90);
}

TEST_F(KafkaGroup, CommitsThatAreRefusedSayWhy) {
  auto member = join("a");
  ASSERT_TRUE(member->owner.wait_for_event("assigned"));
  cluster.push_errors(fakes::MockKafka::kOffsetCommit, {RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE});
  Seen<base::Result<void>> committed;

  on(io, [&] {
    member->consumer->commit({{"events", 0, 1}}, [&](base::Result<void> result) { committed.add(std::move(result)); });
    return true;
  });

  ASSERT_TRUE(committed.wait_for(1));
  ASSERT_FALSE(committed.all()[0]);
  EXPECT_EQ(committed.all()[0].error().reason, base::Reason::kTooLarge);
}

TEST_F(KafkaGroup, SharesPartitionsAndLeavingGivesThemBackAtOnce) {
  auto first = join("a");
  ASSERT_TRUE(first->owner.wait_for_event("assigned 4"));
  auto second = join("b");
  ASSERT_TRUE(second->owner.wait_for_event("assigned 2"));
  ASSERT_TRUE(first->owner.wait_for_event("assigned 2"));

  auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(first->close(Farewell::kLeave));
  ASSERT_TRUE(second->owner.wait_for_event("assigned 4"));

  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(10));
  EXPECT_EQ(first->consumer->status().phase, GroupStatus::Phase::kClosed);
}

TEST_F(KafkaGroup, WaitsForAnOwnerThatTakesItsTimeToGiveBack) {
  auto first = join("a", [](auto& owner) { owner.holds_revoked = true; });
  ASSERT_TRUE(first->owner.wait_for_event("assigned 4"));
  auto second = join("b");
  ASSERT_TRUE(first->owner.wait_for_event("revoked 4"));
  produce(40);
  auto third = join("c");

  EXPECT_EQ(second->owner.events.size(), 0u);
  EXPECT_EQ(first->owner.messages.size(), 0u);
  EXPECT_EQ(on(io, [&] { return first->consumer->status().phase; }), GroupStatus::Phase::kRevoking);
  first->owner.holds_revoked = false;
  on(io, [&] { return first->consumer->unassign().has_value(); });

  ASSERT_TRUE(second->owner.wait_for_event("assigned"));
  ASSERT_TRUE(third->owner.wait_for_event("assigned"));
  ASSERT_TRUE(eventually([&] {
    return first->owner.messages.size() + second->owner.messages.size() + third->owner.messages.size() >= 40;
  }));
}

TEST_F(KafkaGroup, TellsWhatWasLostAndJoinsAgain) {
  auto member = join("a");
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4"));

  cluster.push_errors(fakes::MockKafka::kHeartbeat, {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID});

  ASSERT_TRUE(member->owner.wait_for_event("lost 4"));
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4", 2));
}

TEST_F(KafkaGroup, StaysInItWhileNothingComes) {
  fakes::IoThread stuck_io;
  Member idle(io, cluster.bootstrap_servers(), metrics, "a");
  Member stuck(stuck_io, cluster.bootstrap_servers(), metrics, "");
  idle.be_idle_for_at_most(seconds(4));
  stuck.be_idle_for_at_most(seconds(5));
  idle.open();
  ASSERT_TRUE(idle.owner.wait_for_event("assigned 4"));
  stuck.open();
  ASSERT_TRUE(stuck.owner.wait_for_event("assigned 2"));
  ASSERT_TRUE(idle.owner.wait_for_event("assigned 2"));

  std::promise<void> stuck_until;
  boost::asio::post(stuck_io.executor(), [&] { stuck_until.get_future().wait(); });
  bool alone = idle.owner.events.wait_until([](const auto& all) {
    auto shared = std::ranges::find(all, "assigned 2");
    return std::find(shared, all.end(), "assigned 4") != all.end();
  });
  stuck_until.set_value();

  EXPECT_TRUE(alone);
  for (const auto& event : idle.owner.events.all()) {
    EXPECT_FALSE(event.starts_with("error") || event.starts_with("lost")) << event;
  }
}

TEST_F(KafkaGroup, FailsForGoodWhenAnotherTookItsPlace) {
  auto member = join("a");
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4"));

  cluster.push_errors(fakes::MockKafka::kHeartbeat, {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID});

  ASSERT_TRUE(member->owner.wait_for_event("fatal"));
  EXPECT_EQ(on(io, [&] { return member->consumer->status().phase; }), GroupStatus::Phase::kFailed);
  EXPECT_TRUE(member->close(Farewell::kLeave));
  auto again = join("a");
  EXPECT_TRUE(again->owner.wait_for_event("assigned"));
}

// Going on from anywhere else would take other messages for those that were handed over.
TEST_F(KafkaGroup, StopsWhereAPartitionIsShorterThanItsPosition) {
  produce(40);
  auto member = join("a", [](auto& owner) { owner.from = 100; });

  ASSERT_TRUE(member->owner.wait_for_event("out of range at 100", kPartitions));
  EXPECT_EQ(member->owner.messages.size(), 0u);
  EXPECT_TRUE(member->close(Farewell::kLeave));
}

TEST_F(KafkaGroup, FailsForGoodOnceWhenAsked) {
  auto member = join("a");
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4"));

  on(io, [&] {
    member->consumer->fail_for_good(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
    return true;
  });

  ASSERT_TRUE(member->owner.wait_for_event("fatal"));
  EXPECT_TRUE(member->close(Farewell::kStay));
}

TEST_F(KafkaGroup, ClosesByItsDeadlineWhateverTheOwnerDoes) {
  auto member = join("a", [](auto& owner) { owner.holds_revoked = true; });
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4"));

  EXPECT_FALSE(member->close(Farewell::kLeave, milliseconds(200)));
  EXPECT_TRUE(member->owner.wait_for_event("revoked 4"));
  EXPECT_FALSE(on(io, [&] { return member->consumer->unassign().has_value(); }));
}

TEST_F(KafkaGroup, ClosesWhileBrokersAreAway) {
  auto member = join("a");
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4"));
  for (int broker = 1; broker <= 3; ++broker) cluster.set_down(broker);

  (void)member->close(Farewell::kLeave, seconds(3));

  EXPECT_EQ(member->consumer->status().phase, GroupStatus::Phase::kClosed);
}

TEST_F(KafkaGroup, ClosesBeforeItEverJoined) {
  for (int broker = 1; broker <= 3; ++broker) cluster.set_down(broker);
  auto member = join("a");

  (void)member->close(Farewell::kLeave, seconds(3));

  EXPECT_EQ(member->consumer->status().phase, GroupStatus::Phase::kClosed);
}

TEST_F(KafkaGroup, GoesOnAfterLeadersMovedAndBrokersWereAway) {
  produce(400);
  auto member = join("a");
  ASSERT_TRUE(member->owner.messages.wait_for(400));

  for (int partition = 0; partition < kPartitions; ++partition) {
    cluster.set_leader("events", partition, 1 + partition % 3);
  }
  produce(400);
  ASSERT_TRUE(member->owner.messages.wait_for(800));
  for (int broker = 1; broker <= 3; ++broker) cluster.set_down(broker);
  ASSERT_TRUE(eventually([&] { return on(io, [&] { return member->consumer->status().brokers_down; }); }));
  EXPECT_NE(on(io, [&] { return member->consumer->status().why_down; }), "");
  for (int broker = 1; broker <= 3; ++broker) cluster.set_up(broker);
  produce(400);

  ASSERT_TRUE(eventually([&] {
    std::set<std::pair<std::int32_t, std::int64_t>> all;
    for (const auto& message : member->owner.messages.all()) all.insert(message);
    return all.size() == 1200;
  }));
}

TEST_F(KafkaGroup, WorksWithBrokersTwoSecondsAway) {
  produce(40);
  for (int broker = 1; broker <= 3; ++broker) cluster.set_rtt(broker, milliseconds(2000));
  auto member = join("a");

  ASSERT_TRUE(member->owner.messages.wait_for(40));

  expect_each_once(member->owner, 10);
}

TEST_F(KafkaGroup, ShowsItsLagAsAMetric) {
  produce(40);
  auto member = join("a", [](auto& owner) { owner.assigns_paused = true; });
  ASSERT_TRUE(member->owner.wait_for_event("assigned 4"));

  EXPECT_TRUE(eventually([&] {
    std::string text = metrics.expose();
    auto is_up = [&](const char* broker) {
      return text.find(std::string("tocsin_kafka_broker_up{broker=\"") + broker + "\",client=\"group\"} 1") !=
             std::string::npos;
    };
    // A client connects to those that it needs.
    return (is_up("1") || is_up("2") || is_up("3")) &&
           text.find("tocsin_kafka_rebalances_total{group=\"group\"} 1") != std::string::npos &&
           text.find("tocsin_kafka_received_bytes_total{client=\"group\"}") != std::string::npos;
  })) << metrics.expose();
}

}  // namespace
}  // namespace bus::kafka
