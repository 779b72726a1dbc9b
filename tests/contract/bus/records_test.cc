// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <set>

#include "bus/dead_letter.h"
#include "tests/contract/bus/rig.h"

namespace contract {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class BusRecords : public BusContract {};
INSTANTIATE_TEST_SUITE_P(Kinds, BusRecords, testing::ValuesIn(bus_kinds()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(BusRecords, AStageSeesARecordAsItWasAppended) {
  std::mutex mutex;
  std::vector<bus::Record> seen;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    std::lock_guard lock(mutex);
    EXPECT_EQ(txn.key(), record.key);
    seen.push_back(record);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  std::string bytes("a\0\xff z", 5);
  append("in", "k", bytes);
  idle();
  ASSERT_EQ(seen.size(), 1);
  EXPECT_EQ(seen[0].topic, "in");
  EXPECT_EQ(seen[0].key, "k");
  EXPECT_EQ(seen[0].value, bytes);
  EXPECT_EQ(seen[0].time, clock_.now());
  EXPECT_EQ(seen[0].attempt, 1);
}

TEST_P(BusRecords, RecordsOfAKeyAreHandledOneByOneInOrder) {
  std::mutex mutex;
  std::map<std::string, std::vector<int>> seen;
  std::map<std::string, std::atomic<int>> at_once;
  for (int key = 0; key < 7; ++key) at_once[std::to_string(key)] = 0;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
    EXPECT_EQ(++at_once.at(record.key), 1);
    {
      std::lock_guard lock(mutex);
      seen[record.key].push_back(std::stoi(record.value));
    }
    --at_once.at(record.key);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  for (int batch = 0; batch < 60; ++batch) {
    std::vector<bus::Outgoing> records;
    for (int i = 0; i < 70; ++i) records.push_back({"in", std::to_string(i % 7), std::to_string(batch * 70 + i)});
    ASSERT_TRUE(wait(bus_->append(std::move(records))));
  }
  idle();
  for (const auto& [key, values] : seen) {
    EXPECT_EQ(values.size(), 600);
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end())) << key;
  }
}

TEST_P(BusRecords, KeysRunAtTheSameTimeUpToTheConcurrency) {
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0;
  int most = 0;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record&, bus::Transaction&) -> base::Task<Outcome> {
    std::unique_lock lock(mutex);
    most = std::max(most, ++running);
    changed.notify_all();
    changed.wait_for(lock, kPatience, [&] { return most == 3; });
    --running;
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}, .concurrency = 3}, handler);
  for (int i = 0; i < 12; ++i) append("in", std::to_string(i), "v");
  idle();
  EXPECT_EQ(most, 3);
}

TEST_P(BusRecords, TwoStagesSeeTheSameTopicEachAtItsOwnPace) {
  Journal first;
  Journal second;
  listen("in", first);
  ScriptedHandler other;
  other.record = [&](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
    second.add(record.value);
    co_return base::ok();
  };
  add_stage({.name = "other", .inputs = {"in"}}, other);
  append("in", "k", "1");
  append("in", "k", "2");
  idle();
  EXPECT_THAT(first.lines(), ElementsAre("1", "2"));
  EXPECT_THAT(second.lines(), ElementsAre("1", "2"));
}

TEST_P(BusRecords, WhatAHandlerEmitsReachesTheNextStage) {
  Journal journal;
  listen("out", journal);
  ScriptedHandler handler;
  handler.record = [](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.emit("out", record.key, record.value + "!");
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "a");
  append("in", "k", "b");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("a!", "b!"));
}

TEST_P(BusRecords, ANewStageBeginsAtTheOldestOrWithWhatComes) {
  append("in", "k", "before");
  Journal all;
  listen("in", all);
  Journal fresh;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
    fresh.add(record.value);
    co_return base::ok();
  };
  add_stage({.name = "fresh", .inputs = {"in"}, .from_oldest = false}, handler);
  idle();
  append("in", "k", "after");
  idle();
  EXPECT_THAT(all.lines(), ElementsAre("before", "after"));
  EXPECT_THAT(fresh.lines(), ElementsAre("after"));
}

TEST_P(BusRecords, PositionsSurviveReopening) {
  Journal journal;
  listen("in", journal);
  append("in", "k", "1");
  idle();
  reopen();
  append("in", "k", "2");
  listen("in", journal);
  append("in", "k", "3");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("1", "2", "3"));
}

TEST_P(BusRecords, RecordsDoneOutOfOrderAreNotHandledAgain) {
  std::atomic<bool> blocked = true;
  Journal journal;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    if (record.key == "slow" && blocked) {
      co_return base::Error{base::Reason::kUnavailable, base::Retry::after(std::chrono::hours(1)), "not yet"};
    }
    journal.add(record.value);
    txn.emit("done", "k", record.value);
    co_return base::ok();
  };
  Journal done;
  listen("done", done);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  ASSERT_TRUE(wait(bus_->append({{"in", "slow", "1"}, {"in", "a", "2"}, {"in", "b", "3"}, {"in", "slow", "4"}})));
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (done.lines().size() < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  reopen();
  blocked = false;
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  auto lines = journal.lines();
  EXPECT_THAT(lines, UnorderedElementsAre("1", "2", "3", "4"));
  EXPECT_LT(std::find(lines.begin(), lines.end(), "1"), std::find(lines.begin(), lines.end(), "4"));
}

TEST_P(BusRecords, AFailedRecordIsTriedAgainAndThenDeadLettered) {
  Journal journal;
  std::vector<std::string> letters;
  ScriptedHandler letter_reader;
  letter_reader.record = [&](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
    letters.push_back(record.value);
    co_return base::ok();
  };
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    journal.add(record.value + "#" + std::to_string(record.attempt));
    txn.emit("out", "k", "never seen");
    txn.put("t", "e", "never kept");
    if (record.value == "bad") co_return base::passing(base::Reason::kTimeout, "too slow");
    EXPECT_EQ(txn.get("accounting", "dead") == nullptr, record.value == "good");
    co_return base::ok();
  };
  handler.dead = [&](const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
    txn.put("accounting", "dead", record.value + error.message);
    txn.count("dead");
  };
  add_stage({.name = "letters", .inputs = {std::string(bus::kDeadLetters)}}, letter_reader);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "bad");
  append("in", "k", "after");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("bad#1", "bad#2", "bad#3", "after#1"));
  ASSERT_EQ(letters.size(), 1);
  auto letter = bus::decode_dead_letter(letters[0]);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter.value().stage, "s");
  EXPECT_EQ(letter.value().topic, "in");
  EXPECT_EQ(letter.value().value, "bad");
  EXPECT_EQ(letter.value().reason, "timeout");
  EXPECT_EQ(letter.value().attempts, 3);
}

TEST_P(BusRecords, AnErrorThatCanNotPassIsDeadLetteredAtOnceAndAThrowIsAFailure) {
  Journal journal;
  Journal letters;
  listen(std::string(bus::kDeadLetters), letters);
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
    journal.add(record.value);
    if (record.value == "throw") throw std::runtime_error("oops");
    co_return base::permanent(base::Reason::kBadRequest, "no");
  };
  add_stage({.name = "s", .inputs = {"in"}, .max_attempts = 2}, handler);
  append("in", "k", "never");
  append("in", "k", "throw");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("never", "throw", "throw"));
  EXPECT_EQ(letters.lines().size(), 2);
}

TEST_P(BusRecords, ACallThatPutsOutTooMuchIsDeadLetteredAndTheKeyGoesOn) {
  Journal journal;
  Journal letters;
  listen("out", journal);
  listen(std::string(bus::kDeadLetters), letters);
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    int count = record.value == "many" ? 100'000 : record.value == "large" ? 3 : 1;
    std::string value = record.value == "large" ? std::string(24U << 20, 'x') : record.value;
    for (int i = 0; i < count; ++i) txn.emit("out", "k", value);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  for (const char* value : {"many", "large", "after"}) append("in", "k", value);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("after"));
  ASSERT_EQ(letters.lines().size(), 2);
  for (const auto& line : letters.lines()) {
    auto letter = bus::decode_dead_letter(line);
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter.value().reason, "too_large");
  }
}

TEST_P(BusRecords, RemovingAStageCancelsItsCallAndTheRecordIsHandledAgain) {
  std::atomic<int> calls = 0;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record&, bus::Transaction&) -> base::Task<Outcome> {
    if (++calls == 1) {
      boost::asio::steady_timer never(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
      co_await never.async_wait(boost::asio::use_awaitable);
    }
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "v");
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (calls == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  remove_stage("s");
  EXPECT_EQ(calls, 1);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  EXPECT_EQ(calls, 2);
}

TEST_P(BusRecords, AStageIsAddedOnceAndCanComeBackAfterItWasRemoved) {
  Journal journal;
  listen("in", journal);
  ScriptedHandler twin;
  EXPECT_FALSE(bus_->add_stage({.name = "listener.in", .inputs = {"in"}}, twin, pool_.get_executor()));
  append("in", "k", "1");
  idle();
  remove_stage("listener.in");
  append("in", "k", "2");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("1"));
  listen("in", journal);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("1", "2"));
}

TEST_P(BusRecords, AStageFarBehindCatchesUpInOrder) {
  std::vector<bus::Outgoing> records;
  for (int i = 0; i < 5000; ++i) records.push_back({"in", std::to_string(i % 50), std::to_string(i)});
  ASSERT_TRUE(wait(bus_->append(std::move(records))));
  std::mutex mutex;
  std::map<std::string, int> last;
  int count = 0;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
    std::lock_guard lock(mutex);
    int value = std::stoi(record.value);
    auto found = last.find(record.key);
    EXPECT_TRUE(found == last.end() || found->second == value - 50);
    last[record.key] = value;
    ++count;
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  EXPECT_EQ(count, 5000);
}

TEST_P(BusRecords, ATooLargeRecordIsRefusedForGood) {
  auto refused = wait(bus_->append({{"in", "k", "fine"}, {"in", "k", std::string(40U << 20, 'x')}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, base::Reason::kTooLarge);
  EXPECT_TRUE(refused.error().retry.is_never());
  Journal journal;
  listen("in", journal);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre());
}

TEST_P(BusRecords, AStoppedBusRefusesAppendsForLater) {
  wait(bus_->stop());
  auto refused = wait(bus_->append({{"in", "k", "v"}}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().retry.is_never());
  EXPECT_FALSE(bus_->health().writable);
  wait(bus_->stop());
}

}  // namespace
}  // namespace contract
