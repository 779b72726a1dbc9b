// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/timer_index.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

namespace bus::stage {
namespace {

using testing::ElementsAre;

base::Time at(int seconds) { return base::Time(std::chrono::seconds(seconds)); }

// One that knows that the log has no timers.
TimerIndex known() {
  TimerIndex index;
  EXPECT_TRUE(index.ask());
  index.answer({});
  return index;
}

TEST(TimerIndex, IsEmptyAtFirst) {
  TimerIndex index = known();
  EXPECT_EQ(index.earliest(), std::nullopt);
  EXPECT_EQ(index.earliest_after(at(0)), std::nullopt);
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre());
  EXPECT_EQ(index.size(), 0);
}

TEST(TimerIndex, ListsKeysInTheOrderOfTheirTimes) {
  TimerIndex index = known();
  index.set("late", at(30));
  index.set("early", at(10));
  index.set("middle", at(20));
  EXPECT_EQ(index.earliest(), at(10));
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre("early", "middle", "late"));
}

TEST(TimerIndex, TakesWhatIsDueAfterTheFirstBoundAndUpToTheSecond) {
  TimerIndex index = known();
  for (int i = 1; i <= 4; ++i) index.set(std::to_string(i), at(i));
  EXPECT_THAT(index.due(at(1), at(3)), ElementsAre("2", "3"));
  EXPECT_THAT(index.due(at(4), at(9)), ElementsAre());
}

TEST(TimerIndex, SaysWhenTheNextIsDueThatIsNotYet) {
  TimerIndex index = known();
  index.set("a", at(10));
  index.set("b", at(20));
  EXPECT_EQ(index.earliest_after(at(9)), at(10));
  EXPECT_EQ(index.earliest_after(at(10)), at(20));
  EXPECT_EQ(index.earliest_after(at(20)), std::nullopt);
}

TEST(TimerIndex, MovesAKey) {
  TimerIndex index = known();
  index.set("a", at(10));
  index.set("b", at(20));
  index.set("a", at(30));
  EXPECT_EQ(index.earliest(), at(20));
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre("b", "a"));
  EXPECT_EQ(index.size(), 2);
  index.set("a", at(30));
  EXPECT_EQ(index.size(), 2);
}

TEST(TimerIndex, ForgetsAKeyWithoutTimer) {
  TimerIndex index = known();
  index.set("a", at(10));
  index.set("a", std::nullopt);
  index.set("never there", std::nullopt);
  EXPECT_EQ(index.earliest(), std::nullopt);
  EXPECT_EQ(index.size(), 0);
}

TEST(TimerIndex, KeepsKeysApartThatAreDueAtOnce) {
  TimerIndex index = known();
  index.set("b", at(10));
  index.set("a", at(10));
  EXPECT_THAT(index.due(at(9), at(10)), ElementsAre("a", "b"));
  index.set("a", std::nullopt);
  EXPECT_EQ(index.earliest(), at(10));
}

TEST(TimerIndex, MovesWithItsKeys) {
  TimerIndex index = known();
  index.set("a", at(10));
  TimerIndex moved = std::move(index);
  moved.set("a", at(20));
  EXPECT_THAT(moved.due(base::Time::min(), at(100)), ElementsAre("a"));
}

TEST(TimerIndex, AsksTheLogBeforeItSaysThatThereIsNoTimer) {
  TimerIndex index(8);
  EXPECT_EQ(index.earliest(), base::Time::min());
  auto question = index.ask();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->from, base::Time::min());
  EXPECT_EQ(question->most, 8);
  EXPECT_FALSE(index.ask());  // Before the answer.
  index.answer({{"a", at(3)}, {"a", at(4)}, {"b", at(5)}});
  EXPECT_FALSE(index.ask());
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre("a", "b"));
  EXPECT_EQ(index.earliest(), at(3));
}

TEST(TimerIndex, HoldsThoseThatAreDueNextAndAsksForTheRestWhenFewAreLeft) {
  TimerIndex index(8);
  index.ask();
  index.answer({});
  for (int i = 1; i <= 20; ++i) index.set("k" + std::to_string(i), at(i));
  EXPECT_EQ(index.size(), 6);
  EXPECT_FALSE(index.ask());
  for (int i = 1; i <= 4; ++i) index.set("k" + std::to_string(i), std::nullopt);
  EXPECT_FALSE(index.ask());
  index.set("k5", std::nullopt);
  auto question = index.ask();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->from, at(7));
  EXPECT_EQ(question->most, 7);
}

TEST(TimerIndex, WhatIsSetWhileTheLogIsReadWinsAgainstTheAnswer) {
  TimerIndex index(8);
  index.ask();
  index.set("gone", std::nullopt);
  index.set("moved", at(9));
  index.set("new", at(1));
  index.answer({{"gone", at(2)}, {"moved", at(3)}, {"old", at(4)}});
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre("new", "old", "moved"));
}

// Against a log that has all timers, whatever is set, fires and is asked in between.
TEST(TimerIndex, MissesNoTimerOfTheLog) {
  std::mt19937 random(7);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::map<std::string, base::Time> log;
  TimerIndex index(16);
  base::Time now = at(0);
  std::optional<std::pair<TimerIndex::Question, std::map<std::string, base::Time>>> reading;
  int fired = 0;
  for (int step = 0; step < 200'000 || !log.empty(); ++step) {
    if (step < 200'000 && below(3) == 0) {
      std::string key = "k" + std::to_string(below(200));
      bool is_set = below(4) > 0;
      if (is_set) log[key] = now + std::chrono::seconds(below(50));
      if (!is_set) log.erase(key);
      index.set(key, is_set ? std::optional(log[key]) : std::nullopt);
    }
    if (auto question = index.ask()) reading.emplace(*question, log);
    if (reading && below(4) == 0) {
      const auto& [question, seen] = *reading;
      std::vector<DueKey> rows;
      for (const auto& [key, due] : seen) {
        if (due >= question.from) rows.push_back({key, due});
      }
      std::ranges::stable_sort(rows, {}, &DueKey::due);
      if (rows.size() > question.most) rows.resize(question.most);
      index.answer(rows);
      reading.reset();
    }
    ASSERT_LE(index.size(), 16U);
    auto earliest = std::ranges::min_element(log, {}, [](const auto& timer) { return timer.second; });
    if (earliest == log.end()) continue;
    ASSERT_LE(index.earliest(), earliest->second) << step;
    if (below(3) > 0) continue;
    // As a stage does: what is due fires, and no clock goes on meanwhile.
    for (const auto& key : index.due(base::Time::min(), now)) {
      fired += static_cast<int>(log.erase(key));
      index.set(key, std::nullopt);
    }
    if (auto question = index.ask()) reading.emplace(*question, log);
    if (!reading && index.earliest() > now) now = *index.earliest();
  }
  EXPECT_GT(fired, 10'000);
}

}  // namespace
}  // namespace bus::stage
