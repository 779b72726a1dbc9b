// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "tests/contract/bus/kafka_processes.h"

namespace contract {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A stage's replicas of two versions: the new one reads one topic more.
class KafkaUpgrade : public ::testing::Test {
 protected:
  static constexpr int kKeys = 20;

  void TearDown() override {
    front_.reset();
    pool_.join();
  }

  // One more record of each key, on a process that does nothing but append. Each is numbered.
  void append(const std::string& topic) {
    for (int key = 0; key < kKeys; ++key) {
      std::string name = topic + std::to_string(key);
      auto appended = front_->append(name, std::to_string(next_[name]++), topic);
      ASSERT_TRUE(appended) << appended.error().message;
    }
  }
  // Everything that was appended to these topics came out once, in order.
  void expect_all(std::size_t records) {
    ASSERT_TRUE(out_.wait_for(records, 90s)) << out_.count() << " of " << records;
    EXPECT_EQ(out_.count(), records);
    for (const auto& [key, values] : out_.seen()) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(values[i], std::to_string(i) + ":" + std::to_string(i + 1)) << key;
      }
    }
  }
  // Its stage has whatever it was given and is done with it.
  void expect_done(Process& process) {
    auto deadline = std::chrono::steady_clock::now() + 90s;
    while (std::chrono::steady_clock::now() < deadline) {
      auto state = process.bus().health().stages.at(0);
      if (state.ready && state.detail.find(", 0 records behind") != std::string::npos) return;
      EXPECT_FALSE(out_.wait_for(1'000'000, 50ms));
    }
    FAIL() << state_of(process);
  }
  static std::string state_of(Process& process) { return process.bus().health().stages.at(0).detail; }

  fakes::MockKafka kafka_{3};
  boost::asio::thread_pool pool_{4};
  Counter counter_;
  Collector out_;
  std::unique_ptr<Process> front_ = std::make_unique<Process>(kafka_.bootstrap_servers(), pool_);
  std::map<std::string, int> next_;
};

TEST_F(KafkaUpgrade, AStageThatReadsOneTopicMoreTakesOverWithoutTwoOwners) {
  Process collector(kafka_.bootstrap_servers(), pool_);
  collector.add("collector", {"out"}, out_);
  Process old_one(kafka_.bootstrap_servers(), pool_);
  old_one.add("counter", {"in"}, counter_);
  append("in");
  expect_all(kKeys);

  Process new_one(kafka_.bootstrap_servers(), pool_);
  new_one.add("counter", {"in", "more"}, counter_);
  expect_done(new_one);
  expect_done(old_one);
  // All four of "more" are assigned to it, two of them without their half of "in".
  EXPECT_THAT(state_of(new_one), HasSubstr("2 partitions, "));
  EXPECT_THAT(state_of(new_one), HasSubstr("2 more wait until all replicas are of one version"));
  EXPECT_THAT(state_of(old_one), HasSubstr("2 partitions, "));
  for (int round = 0; round < 20; ++round) append("in");
  append("more");
  EXPECT_TRUE(out_.wait_for(21 * kKeys, 90s)) << "both work on theirs";

  old_one.wait(old_one.bus().remove_stage("counter"));
  append("in");
  expect_all(23 * kKeys);
  expect_done(new_one);
  EXPECT_THAT(state_of(new_one), HasSubstr("4 partitions, "));

  Process another(kafka_.bootstrap_servers(), pool_);
  another.add("counter", {"in", "more"}, counter_);
  expect_done(another);
  expect_done(new_one);
  for (Process* each : {&new_one, &another}) {
    EXPECT_THAT(state_of(*each), HasSubstr("2 partitions, "));
    EXPECT_THAT(state_of(*each), Not(HasSubstr("wait")));
  }
  append("in");
  append("more");
  expect_all(25 * kKeys);
}

// The old version keeps the place in the topic that it does not read, however often it writes how far it is.
TEST_F(KafkaUpgrade, ARollBackAndForwardAgainRepeatsAndLosesNothingOfTheTopicThatOnlyTheNewVersionReads) {
  Process collector(kafka_.bootstrap_servers(), pool_);
  collector.add("collector", {"out"}, out_);
  auto run = [&](std::vector<std::string> inputs, const std::function<void()>& meanwhile, std::size_t records) {
    Process process(kafka_.bootstrap_servers(), pool_);
    process.add("counter", std::move(inputs), counter_);
    meanwhile();
    ASSERT_NO_FATAL_FAILURE(expect_all(records));
    expect_done(process);
  };
  auto append_both = [&] {
    append("in");
    append("more");
  };
  ASSERT_NO_FATAL_FAILURE(run({"in", "more"}, append_both, 2 * kKeys));

  ASSERT_NO_FATAL_FAILURE(run(
      {"in"}, [&] { append("in"); }, 3 * kKeys));
  // One that begins with nothing but what the other one wrote.
  ASSERT_NO_FATAL_FAILURE(run(
      {"in"}, [&] { append_both(); }, 4 * kKeys));

  ASSERT_NO_FATAL_FAILURE(run({"in", "more"}, append_both, 7 * kKeys));
}

// Both versions are there, then the old one alone, then both again.
TEST_F(KafkaUpgrade, AnOldReplicaThatOutlivesANewOneKeepsItsPlaces) {
  Process collector(kafka_.bootstrap_servers(), pool_);
  collector.add("collector", {"out"}, out_);
  Process old_one(kafka_.bootstrap_servers(), pool_);
  Process new_one(kafka_.bootstrap_servers(), pool_);
  auto come = [&](Process& process, std::vector<std::string> inputs, const std::string& state) {
    process.add("counter", std::move(inputs), counter_);
    expect_done(process);
    EXPECT_THAT(state_of(process), HasSubstr(state));
  };
  auto leave = [&](Process& process) { process.wait(process.bus().remove_stage("counter")); };
  come(new_one, {"in", "more"}, "4 partitions, ");
  append("in");
  append("more");
  expect_all(2 * kKeys);

  come(old_one, {"in"}, "2 partitions, ");
  leave(new_one);
  append("in");
  append("more");
  expect_all(3 * kKeys);

  come(new_one, {"in", "more"}, "2 more wait until all replicas are of one version");
  leave(old_one);
  append("in");
  expect_all(5 * kKeys);
}

TEST_F(KafkaUpgrade, AStageThatWaitsForATopicNamesIt) {
  kafka_.set_topic_error("faults.more", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  front_->add("counter", {"in", "more"}, counter_);
  auto deadline = std::chrono::steady_clock::now() + 90s;
  auto names_it = [&] { return front_->bus().health().detail.find("topic faults.more") != std::string::npos; };
  while (!names_it() && std::chrono::steady_clock::now() < deadline) {
    EXPECT_FALSE(out_.wait_for(1, 50ms));
  }

  EXPECT_TRUE(names_it()) << front_->bus().health().detail;
  EXPECT_FALSE(front_->bus().health().writable);
  EXPECT_EQ(state_of(*front_), "waiting for topic faults.more");
  EXPECT_FALSE(front_->bus().health().stages.at(0).ready);

  kafka_.set_topic_error("faults.more", RD_KAFKA_RESP_ERR_NO_ERROR);
  expect_done(*front_);
}

TEST_F(KafkaUpgrade, AStageWhoseInputsDoNotFitSaysWhy) {
  kafka_.create_topic("faults.in", 2);
  kafka_.create_topic("faults.more", 4);
  front_->add("counter", {"in", "more"}, counter_);
  auto deadline = std::chrono::steady_clock::now() + 90s;
  while (!state_of(*front_).starts_with("can't") && std::chrono::steady_clock::now() < deadline) {
    EXPECT_FALSE(out_.wait_for(1, 50ms));
  }

  EXPECT_EQ(state_of(*front_), "can't start: its inputs have different numbers of partitions: in has 2");
}

}  // namespace
}  // namespace contract
