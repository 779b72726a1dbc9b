// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/timer_index.h"

#include <gmock/gmock.h>

#include <chrono>

namespace bus::stage {
namespace {

using testing::ElementsAre;

base::Time at(int seconds) { return base::Time(std::chrono::seconds(seconds)); }

TEST(TimerIndex, IsEmptyAtFirst) {
  TimerIndex index;
  EXPECT_EQ(index.earliest(), std::nullopt);
  EXPECT_EQ(index.earliest_after(at(0)), std::nullopt);
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre());
  EXPECT_EQ(index.size(), 0);
}

TEST(TimerIndex, ListsKeysInTheOrderOfTheirTimes) {
  TimerIndex index;
  index.set("late", at(30));
  index.set("early", at(10));
  index.set("middle", at(20));
  EXPECT_EQ(index.earliest(), at(10));
  EXPECT_THAT(index.due(base::Time::min(), at(100)), ElementsAre("early", "middle", "late"));
}

TEST(TimerIndex, TakesWhatIsDueAfterTheFirstBoundAndUpToTheSecond) {
  TimerIndex index;
  for (int i = 1; i <= 4; ++i) index.set(std::to_string(i), at(i));
  EXPECT_THAT(index.due(at(1), at(3)), ElementsAre("2", "3"));
  EXPECT_THAT(index.due(at(4), at(9)), ElementsAre());
}

TEST(TimerIndex, SaysWhenTheNextIsDueThatIsNotYet) {
  TimerIndex index;
  index.set("a", at(10));
  index.set("b", at(20));
  EXPECT_EQ(index.earliest_after(at(9)), at(10));
  EXPECT_EQ(index.earliest_after(at(10)), at(20));
  EXPECT_EQ(index.earliest_after(at(20)), std::nullopt);
}

TEST(TimerIndex, MovesAKey) {
  TimerIndex index;
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
  TimerIndex index;
  index.set("a", at(10));
  index.set("a", std::nullopt);
  index.set("never there", std::nullopt);
  EXPECT_EQ(index.earliest(), std::nullopt);
  EXPECT_EQ(index.size(), 0);
}

TEST(TimerIndex, KeepsKeysApartThatAreDueAtOnce) {
  TimerIndex index;
  index.set("b", at(10));
  index.set("a", at(10));
  EXPECT_THAT(index.due(at(9), at(10)), ElementsAre("a", "b"));
  index.set("a", std::nullopt);
  EXPECT_EQ(index.earliest(), at(10));
}

TEST(TimerIndex, MovesWithItsKeys) {
  TimerIndex index;
  index.set("a", at(10));
  TimerIndex moved = std::move(index);
  moved.set("a", at(20));
  EXPECT_THAT(moved.due(base::Time::min(), at(100)), ElementsAre("a"));
}

}  // namespace
}  // namespace bus::stage
