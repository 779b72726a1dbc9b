// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <atomic>

#include "bus/dead_letter.h"
#include "tests/contract/bus/rig.h"

namespace contract {
namespace {

using testing::ElementsAre;
using testing::Pair;
using namespace std::chrono_literals;

class BusState : public BusContract {};
INSTANTIATE_TEST_SUITE_P(Kinds, BusState, testing::ValuesIn(bus_kinds()),
                         [](const auto& kind) { return kind.param.name; });

// Counts the records of its key in the state and writes the count.
class Counting final : public bus::Handler {
 public:
  explicit Counting(Journal& journal) : journal_(journal) {}
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* before = txn.get("t", "count");
    std::string now = std::to_string((before != nullptr ? std::stoi(*before) : 0) + 1);
    txn.put("t", "count", now);
    journal_.add(record.key + now);
    co_return base::ok();
  }

 private:
  Journal& journal_;
};

TEST_P(BusState, AKeySeesWhatItWroteAndNoOtherKeyDoes) {
  Journal journal;
  Counting handler(journal);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  for (const char* key : {"a", "b", "a", "a"}) {
    append("in", key, "v");
    idle();
  }
  EXPECT_THAT(journal.lines(), ElementsAre("a1", "b1", "a2", "a3"));
}

TEST_P(BusState, StateSurvivesReopening) {
  Journal journal;
  Counting handler(journal);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "a", "v");
  idle();
  reopen();
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "a", "v");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("a1", "a2"));
}

TEST_P(BusState, AHandlerKnowsWhatCameBeforeItsProcessHadTheKey) {
  Journal journal;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    EXPECT_LE(txn.owned_since(), txn.now());
    journal.add(record.value + (record.time < txn.owned_since() ? " came before" : " came since"));
    txn.set_timer("later", clock_.now() + 1h);
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer& timer, bus::Transaction& txn) -> base::Task<Outcome> {
    journal.add(timer.due < txn.owned_since() ? "due before" : "due since");
    co_return base::ok();
  };
  append("in", "k", "first");
  clock_.advance(1s);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  append("in", "k", "second");
  idle();
  reopen();
  clock_.advance(2h);
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("first came before", "second came since", "due before"));
}

TEST_P(BusState, EntriesAreListedInOrderWithTheCallsOwnChanges) {
  std::vector<std::pair<std::string, std::string>> listed;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    if (record.value == "1") {
      for (const char* entry : {"b", "a", "c"}) txn.put("t", entry, "old");
      txn.put("t2", "z", "other table");
    } else {
      txn.erase("t", "a");
      txn.put("t", "b", "new");
      txn.put("t", "d", "new");
      listed = txn.entries("t");
      EXPECT_EQ(txn.get("t", "a"), nullptr);
    }
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "1");
  append("in", "k", "2");
  idle();
  EXPECT_THAT(listed, ElementsAre(Pair("b", "new"), Pair("c", "old"), Pair("d", "new")));
}

TEST_P(BusState, AFailedCallLeavesNoTrace) {
  std::atomic<int> calls = 0;
  Journal journal;
  Journal out;
  listen("out", out);
  ScriptedHandler handler;
  handler.record = [&](const bus::Record&, bus::Transaction& txn) -> base::Task<Outcome> {
    journal.add(txn.get("t", "e") == nullptr ? "clean" : "dirty");
    txn.put("t", "e", "v");
    txn.set_timer("timer", clock_.now());
    txn.emit("out", "k", "v");
    if (++calls < 3) co_return base::passing(base::Reason::kTimeout, "again");
    txn.cancel_timer("timer");
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer&, bus::Transaction&) -> base::Task<Outcome> {
    journal.add("timer");
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "v");
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("clean", "clean", "clean"));
  EXPECT_THAT(out.lines(), ElementsAre("v"));
}

TEST_P(BusState, ATimerFiresOnceWhenItIsDue) {
  Journal journal;
  ScriptedHandler handler;
  base::Time begin = clock_.now();
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.set_timer("late", begin + 20s, record.value);
    txn.set_timer("early", begin + 10s, record.value);
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer& timer, bus::Transaction& txn) -> base::Task<Outcome> {
    EXPECT_EQ(txn.key(), timer.key);
    journal.add(timer.key + ":" + timer.name + ":" + timer.value);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "v");
  idle();
  EXPECT_EQ(bus_->next_timer(), begin + 10s);
  EXPECT_THAT(journal.lines(), ElementsAre());
  clock_.advance(10s);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("k:early:v"));
  EXPECT_EQ(bus_->next_timer(), begin + 20s);
  clock_.advance(1h);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("k:early:v", "k:late:v"));
  EXPECT_EQ(bus_->next_timer(), std::nullopt);
}

TEST_P(BusState, TimersSurviveReopeningAndThoseOverdueFireAtOnce) {
  Journal journal;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.set_timer("t", txn.now() + (record.key == "soon" ? 10s : 100s));
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer& timer, bus::Transaction&) -> base::Task<Outcome> {
    journal.add(timer.key);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "soon", "");
  append("in", "later", "");
  idle();
  close();
  clock_.advance(50s);
  open();
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("soon"));
  clock_.advance(50s);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("soon", "later"));
}

TEST_P(BusState, ATimerThatWasMovedOrCancelledDoesNotFireAtItsOldTime) {
  Journal journal;
  ScriptedHandler handler;
  base::Time begin = clock_.now();
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    if (record.value == "set") {
      txn.set_timer("moved", begin + 10s, "first");
      txn.set_timer("cancelled", begin + 10s);
    } else {
      txn.set_timer("moved", begin + 30s, "second");
      txn.cancel_timer("cancelled");
    }
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer& timer, bus::Transaction&) -> base::Task<Outcome> {
    journal.add(timer.name + timer.value);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "set");
  append("in", "k", "change");
  idle();
  clock_.advance(20s);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre());
  clock_.advance(20s);
  idle();
  EXPECT_THAT(journal.lines(), ElementsAre("movedsecond"));
}

TEST_P(BusState, ATimerMaySetItselfAgain) {
  Journal journal;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record&, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.set_timer("tick", txn.now() + 10s, "1");
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer& timer, bus::Transaction& txn) -> base::Task<Outcome> {
    journal.add(timer.value);
    if (timer.value != "3") txn.set_timer("tick", txn.now() + 10s, std::to_string(std::stoi(timer.value) + 1));
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "v");
  idle();
  while (auto next = bus_->next_timer()) {
    clock_.advance_to(*next);
    idle();
  }
  EXPECT_THAT(journal.lines(), ElementsAre("1", "2", "3"));
}

// A hundred keys, of which a bus under test holds eight.
TEST_P(BusState, TimersOfManyKeysFireInTheirOrderAfterReopeningToo) {
  Journal journal;
  ScriptedHandler handler;
  base::Time begin = clock_.now();
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.set_timer("t", begin + std::chrono::seconds(std::stoi(record.value)), record.value);
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer& timer, bus::Transaction&) -> base::Task<Outcome> {
    EXPECT_EQ(timer.due, clock_.now());
    journal.add(timer.value);
    co_return base::ok();
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) {
    append("in", "k" + std::to_string(i), std::to_string(1 + i * 37 % 100));
    expected.push_back(std::to_string(1 + i));
  }
  idle();
  auto fire = [&](int timers) {
    for (int i = 0; i < timers; ++i) {
      auto next = bus_->next_timer();
      ASSERT_TRUE(next);
      clock_.advance_to(*next);
      idle();
    }
  };
  fire(50);
  close();
  open();
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  idle();
  fire(50);

  EXPECT_EQ(bus_->next_timer(), std::nullopt);
  EXPECT_EQ(journal.lines(), expected);
}

TEST_P(BusState, ATimerThatKeepsFailingIsDeadLettered) {
  Journal letters;
  listen(std::string(bus::kDeadLetters), letters);
  std::atomic<int> calls = 0;
  std::atomic<int> told = 0;
  ScriptedHandler handler;
  handler.record = [&](const bus::Record&, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.set_timer("t", txn.now() + 10s, "v");
    co_return base::ok();
  };
  handler.timer = [&](const bus::Timer&, bus::Transaction&) -> base::Task<Outcome> {
    ++calls;
    co_return base::passing(base::Reason::kTimeout, "no");
  };
  handler.dead = [&](const bus::Record& record, const base::Error&, bus::Transaction&) {
    EXPECT_EQ(record.topic, "timers");
    ++told;
  };
  add_stage({.name = "s", .inputs = {"in"}}, handler);
  append("in", "k", "v");
  idle();
  clock_.advance(10s);
  idle();
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(told, 1);
  ASSERT_EQ(letters.lines().size(), 1);
  EXPECT_EQ(bus::decode_dead_letter(letters.lines()[0]).value().topic, "timers");
  EXPECT_EQ(bus_->next_timer(), std::nullopt);
}

TEST_P(BusState, IdleWaitsForTheWholeChainOfStages) {
  Journal journal;
  std::vector<std::unique_ptr<ScriptedHandler>> handlers;
  for (int i = 0; i < 5; ++i) {
    handlers.push_back(std::make_unique<ScriptedHandler>());
    handlers.back()->record = [&, i](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
      txn.emit("t" + std::to_string(i + 1), record.key, record.value);
      co_return base::ok();
    };
    add_stage({.name = "s" + std::to_string(i), .inputs = {"t" + std::to_string(i)}}, *handlers.back());
  }
  listen("t5", journal);
  for (std::size_t i = 1; i <= 200; ++i) {
    append("t0", std::to_string(i), "v");
    idle();
    ASSERT_EQ(journal.lines().size(), i);
  }
}

TEST_P(BusState, ABroadcastTableKeepsTheNewestValuesWithinItsBound) {
  auto joined = bus_->join_broadcast("changes", 3);
  ASSERT_TRUE(joined);
  auto table = joined.value();
  for (const char* key : {"a", "b", "c", "a", "d"}) {
    ASSERT_TRUE(wait(bus_->publish("changes", key, std::string("v") + key)));
  }
  EXPECT_EQ(table->size(), 3);
  EXPECT_EQ(table->find("b"), std::nullopt);
  EXPECT_EQ(table->find("a"), "va");
  ASSERT_TRUE(wait(bus_->publish("changes", "a", "")));
  EXPECT_EQ(table->find("a"), std::nullopt);
  reopen();
  auto again = bus_->join_broadcast("changes", 3);
  ASSERT_TRUE(again);
  EXPECT_EQ(again.value()->size(), 2);
  EXPECT_EQ(again.value()->find("d"), "vd");
}

}  // namespace
}  // namespace contract
