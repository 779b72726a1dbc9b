// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bus/kafka/client/producer.h"
#include "bus/kafka/wire.h"
#include "tests/contract/bus/kafka_processes.h"
#include "tests/fakes/rounds.h"
#include "tests/harness/eventually.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace contract {
namespace {

class KafkaFaults : public ::testing::Test {
 protected:
  static constexpr int kKeys = 20;
  // Between two appends at the least. The mock cluster serves everybody in one thread and searches a partition from its
  // front for each fetch: the more it keeps, the longer all else takes.
  std::chrono::milliseconds pace_{0};

  // Appends numbers of each key in turn until told to stop. Far ahead of the stages it waits for them, so that what is
  // left to do at the end does not depend on how fast this machine appends.
  void append_while(const std::atomic<bool>& on) {
    constexpr std::size_t kMostAhead = 5000;
    for (int i = 0; on;) {
      if (appended_ * counters_.size() > out_.count() + kMostAhead) {
        out_.wait_for(out_.count() + 1, 100ms);
        continue;
      }
      int key = i++ % kKeys;
      auto appended = first_->append("key" + std::to_string(key), std::to_string(next_[key]));
      if (!appended) continue;  // Perhaps kept all the same: no number of its own then.
      ++next_[key];
      ++appended_;
      out_.wait_for(SIZE_MAX, pace_);
    }
  }
  // Runs `trouble` under load, and then sees that every record came out once, in order, with the right count.
  template <class Trouble>
  void under_load(Trouble trouble) {
    std::atomic<bool> on = true;
    std::thread load([&] { append_while(on); });
    trouble();
    on = false;
    load.join();
    EXPECT_TRUE(all_came()) << out_.count() << " of " << appended_ * counters_.size() << ", and nothing moves";
    first_->wait(first_->bus().idle());
    for (const auto& [key, values] : out_.seen()) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_TRUE(values[i].ends_with(":" + std::to_string(i + 1))) << key << ": " << values[i] << " at " << i;
      }
    }
    EXPECT_GT(appended_, 0);
  }
  // Waits as long as something comes.
  bool all_came() {
    const std::size_t all = appended_ * counters_.size();
    while (out_.count() < all) {
      if (!out_.wait_for(out_.count() + 1, 60s)) return false;
    }
    return true;
  }
  void add_counters(Process& process) {
    for (auto& counter : counters_) process.add(counter.name(), {"in"}, counter);
  }
  void start() {
    first_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_);
    add_counters(*first_);
    first_->add("collector", {"out"}, out_);
    first_->wait(first_->bus().idle());
  }
  // As a stage's output, to the first partition of what the collector reads.
  void write_out(bus::kafka::Envelope record) {
    fakes::IoThread io;
    auto opened = bus::kafka::Producer::open(
        bus::kafka::intake_producer(bus::kafka::client_of(kafka_.bootstrap_servers())), io.executor(), metrics_);
    ASSERT_TRUE(opened);
    bus::kafka::OnLoop producer(io, std::move(opened.value()));
    auto messages = bus::kafka::WireWriter().messages("faults.out", std::move(record), 0);
    ASSERT_TRUE(messages);
    for (auto& message : messages.value()) EXPECT_TRUE(io.run(producer->send(std::move(message))));
  }
  void TearDown() override {
    first_.reset();
    pool_.join();
  }

  fakes::MockKafka kafka_{3};
  boost::asio::thread_pool pool_{4};
  base::Metrics metrics_;
  std::deque<Counter> counters_{Counter("counter")};
  Collector out_;
  std::unique_ptr<Process> first_;
  std::map<int, int> next_;
  std::size_t appended_ = 0;
};

// A second process takes half of the partitions and gives them back, again and again.
TEST_F(KafkaFaults, RebalancesLoseAndDoubleNothing) {
  const char* asked = std::getenv("TOCSIN_REBALANCES");
  const int rebalances = asked != nullptr ? std::atoi(asked) : fakes::rounds(200);
  constexpr int kStages = 20;  // Groups that rebalance at the same time.
  for (int i = 1; i < kStages; ++i) counters_.emplace_back("counter" + std::to_string(i));
  pace_ = 10ms;  // What piles up while the groups rebalance keeps each stage busy when it goes on.
  start();
  under_load([&] {
    for (int i = 0; i < rebalances; i += 2 * kStages) {
      Process second(kafka_.bootstrap_servers(), pool_);
      add_counters(second);
      second.wait(second.bus().idle());
    }
  });
}

TEST_F(KafkaFaults, LeadersThatChangeLoseAndDoubleNothing) {
  start();
  under_load([&] {
    for (int round = 0; round < 12; ++round) {
      for (const char* topic : {"faults.in", "faults.out", "faults.changelog.counter"}) {
        for (int partition = 0; partition < 4; ++partition) {
          kafka_.set_leader(topic, partition, 1 + (round + partition) % 3);
        }
      }
      ASSERT_FALSE(out_.wait_for(1'000'000, 1s));
    }
  });
}

TEST_F(KafkaFaults, BrokersThatAnswerAfterTwoSecondsLoseAndDoubleNothing) {
  start();
  under_load([&] {
    for (int broker = 1; broker <= 3; ++broker) kafka_.set_rtt(broker, 2s);
    EXPECT_FALSE(out_.wait_for(1'000'000, 12s));
    for (int broker = 1; broker <= 3; ++broker) kafka_.set_rtt(broker, 0s);
  });
}

TEST_F(KafkaFaults, TooFewReplicasAreWaitedFor) {
  start();
  under_load([&] {
    for (int round = 0; round < 5; ++round) {
      kafka_.push_errors(fakes::MockKafka::kProduce, std::vector(10, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS));
      EXPECT_FALSE(out_.wait_for(1'000'000, 1s));
    }
  });
}

// A broker that no longer knows what a producer sent ends that producer, but not the process.
TEST_F(KafkaFaults, ProducersThatFailForGoodAreReplacedAndLoseAndDoubleNothing) {
  start();
  auto replaced = [&](const char* client) { return first_->producers_replaced(client); };
  under_load([&] {
    // Whoever produces next meets the error.
    for (int round = 0; round < 100 && (replaced("stages") < 2 || replaced("intake") < 2); ++round) {
      kafka_.push_errors(fakes::MockKafka::kProduce, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
      ASSERT_TRUE(out_.wait_for(out_.count() + 50, 60s)) << "nothing moves after round " << round;
    }
  });
  EXPECT_GE(replaced("stages"), 2);
  EXPECT_GE(replaced("intake"), 2);
}

TEST_F(KafkaFaults, ConnectionsThatAreCutLoseAndDoubleNothing) {
  start();
  under_load([&] {
    for (int round = 0; round < 10; ++round) {
      int broker = 1 + round % 3;
      kafka_.set_down(broker);
      EXPECT_FALSE(out_.wait_for(1'000'000, 300ms));
      kafka_.set_up(broker);
      EXPECT_FALSE(out_.wait_for(1'000'000, 300ms));
    }
  });
}

// Keeps a kilobyte for each record, in one state.
class Hoarder final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    txn.put("t", record.value, std::string(1000, 'x'));
    kept = txn.entries("t").size();
    co_return base::ok();
  }
  std::atomic<std::size_t> kept = 0;
};

TEST_F(KafkaFaults, ALargeStateIsNotWrittenForEachRecord) {
  constexpr std::size_t kRecords = 300;
  first_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_);
  Hoarder hoarder;
  first_->add("hoarder", {"in"}, hoarder);
  first_->wait(first_->bus().idle());
  for (std::size_t i = 0; i < kRecords; ++i) {
    EXPECT_TRUE(first_->append("key", std::to_string(i)));  // They come one by one.
  }
  first_->wait(first_->bus().idle());
  EXPECT_EQ(hoarder.kept, kRecords);
  // 100 of 300 on a quiet machine and 170 on one whose appends are slow; 290 without the pauses.
  EXPECT_LT(first_->states_written(), int{kRecords} * 3 / 4);
  first_.reset();
}

// Counts its records for the ledger, and keeps the newest.
class Tally final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    txn.put("t", "state", record.value);
    txn.count("handled");
    co_return base::ok();
  }
};

TEST_F(KafkaFaults, WhatAKeyCountsWhileAnEarlierOneIsBeingWrittenCountsOnce) {
  constexpr std::size_t kSlow = 60;  // Bytes of a state a millisecond: 300 KB take 4.5 s.
  first_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_, kSlow);
  Tally tally;
  first_->add("tally", {"in"}, tally);
  first_->wait(first_->bus().idle());
  ASSERT_TRUE(first_->append("key", std::string(300'000, 'x')));
  for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(first_->append("key" + std::to_string(i), "small"));
  std::int64_t handled = 0;
  EXPECT_TRUE(harness::eventually(60s, [&] { return (handled = first_->counter("handled")) > kKeys; }));
  EXPECT_EQ(handled, kKeys + 1);
  first_.reset();
}

// It joins its groups again, and what it had begun is still to be done.
TEST_F(KafkaFaults, AProcessThatStoodStillIsNotIdleBeforeEverythingIsDone) {
  constexpr int kRecords = 4000;
  start();
  first_->stand_still_at(20);
  std::vector<bus::Outgoing> records;
  for (int i = 0; i < kRecords; ++i) records.push_back({"in", "key" + std::to_string(i % kKeys), "x"});
  ASSERT_TRUE(first_->append(std::move(records)));
  first_->wait(first_->bus().idle());
  EXPECT_GE(first_->states_written(), 20);
  EXPECT_EQ(out_.count(), kRecords);
  for (const auto& [key, values] : out_.seen()) EXPECT_EQ(values.size(), kRecords / kKeys) << key;
}

TEST_F(KafkaFaults, ARecordOfManyMessagesComesThroughWhole) {
  start();
  std::string big;
  for (int i = 0; big.size() < 3'000'000; ++i) big += std::to_string(i * 2654435761U);
  ASSERT_TRUE(first_->append("key", big));
  ASSERT_TRUE(out_.wait_for(1, 60s));
  EXPECT_EQ(out_.seen()["key.counter"][0], big + ":1");
}

// Its writer was killed before it had noted that it was done, and writes it again to a reader that began anew.
TEST_F(KafkaFaults, ARecordOfManyMessagesIsRecognisedByAReaderThatBeganAnew) {
  first_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_);
  first_->add("collector", {"out"}, out_);
  first_->wait(first_->bus().idle());
  std::string big;
  for (int i = 0; big.size() < 3'000'000; ++i) big += std::to_string(i * 2654435761U);
  bus::kafka::Cause cause{.stage = "writer", .topic = "in", .offset = 5};

  write_out({"key", big, base::Time(), cause, {}});
  ASSERT_TRUE(out_.wait_for(1, 60s));
  first_.reset();
  first_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_);
  first_->add("collector", {"out"}, out_);
  first_->wait(first_->bus().idle());
  write_out({"key", big, base::Time(), cause, {}});
  write_out({"key", "last", base::Time(), {}, {}});

  ASSERT_TRUE(out_.wait_for(2, 60s));
  EXPECT_EQ(out_.seen()["key"].back(), "last");
}

TEST_F(KafkaFaults, WithoutABrokerTheBusStartsAndRefusesAndSaysWhy) {
  for (int broker = 1; broker <= 3; ++broker) kafka_.set_down(broker);
  first_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_);
  add_counters(*first_);
  first_->add("collector", {"out"}, out_);
  auto refused = first_->append("key", "1");
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().retry.is_never());
  auto health = first_->bus().health();
  EXPECT_FALSE(health.writable);
  EXPECT_FALSE(health.detail.empty());
  ASSERT_EQ(health.stages.size(), 2);
  EXPECT_FALSE(health.stages[0].ready);
  for (int broker = 1; broker <= 3; ++broker) kafka_.set_up(broker);
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!first_->append("key", "1") && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(out_.wait_for(1, 60s));
  EXPECT_TRUE(first_->bus().health().writable);
}

}  // namespace
}  // namespace contract
