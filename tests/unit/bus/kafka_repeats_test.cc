// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>

#include "bus/kafka/repeats.h"

namespace bus::kafka {
namespace {

Cause of_offset(std::int64_t offset, std::int64_t done, std::uint32_t index = 0) {
  Cause cause;
  cause.stage = "first";
  cause.topic = "in";
  cause.offset = offset;
  cause.offsets_done = done;
  cause.index = index;
  return cause;
}

Cause of_timer(const std::string& key, int due, int done) {
  Cause cause;
  cause.stage = "first";
  cause.timer_key = key;
  cause.timer_name = "t";
  cause.timer_due = base::Time(std::chrono::seconds(due));
  cause.timers_done = base::Time(std::chrono::seconds(done));
  return cause;
}

TEST(Repeats, TheSameCauseAgainIsARepeat) {
  Repeats repeats;
  EXPECT_FALSE(repeats.is_repeat(of_offset(5, 5), "k", 100));
  EXPECT_TRUE(repeats.is_repeat(of_offset(5, 5), "k", 101));
  EXPECT_FALSE(repeats.is_repeat(of_offset(5, 5, 1), "k", 102));
  EXPECT_FALSE(repeats.is_repeat(of_offset(5, 5), "other", 103));
  EXPECT_FALSE(repeats.is_repeat(of_offset(6, 5), "k", 104));
}

TEST(Repeats, LanesOfAStageAndStagesAreToldApart) {
  Repeats repeats;
  Cause cause = of_offset(5, 5);
  EXPECT_FALSE(repeats.is_repeat(cause, "k", 1));
  cause.partition = 1;
  EXPECT_FALSE(repeats.is_repeat(cause, "k", 2));
  cause.stage = "second";
  EXPECT_FALSE(repeats.is_repeat(cause, "k", 3));
}

TEST(Repeats, TheSameOffsetOfALaterLogIsNew) {
  Repeats repeats;
  EXPECT_FALSE(repeats.is_repeat(of_offset(50, 50), "k", 1));
  Cause cause = of_offset(5, 5);
  EXPECT_TRUE(repeats.is_repeat(cause, "k", 2));
  cause.topic = name_in_causes("in", 1);
  EXPECT_FALSE(repeats.is_repeat(cause, "k", 3));
}

TEST(Repeats, WhatItsLaneWasDoneWithIsARepeatWithoutMemory) {
  Repeats repeats;
  for (std::int64_t offset = 0; offset < 1000; ++offset) {
    EXPECT_FALSE(repeats.is_repeat(of_offset(offset, offset - 10), "k", offset));
    repeats.settle(offset + 1);
  }
  EXPECT_LE(repeats.size(), 12);
  EXPECT_TRUE(repeats.is_repeat(of_offset(3, 3), "k", 1000));
}

TEST(Repeats, TimersSetIntoThePastAreNew) {
  Repeats repeats;
  EXPECT_FALSE(repeats.is_repeat(of_timer("a", 10, 10), "k", 1));
  EXPECT_FALSE(repeats.is_repeat(of_timer("a", 50, 50), "k", 2));
  repeats.settle(3);
  EXPECT_EQ(repeats.size(), 1);
  EXPECT_FALSE(repeats.is_repeat(of_timer("b", 20, 20), "k", 3));
  EXPECT_TRUE(repeats.is_repeat(of_timer("b", 20, 20), "k", 4));
}

TEST(Repeats, ARecordReadAgainIsNoRepeatOfItself) {
  Repeats repeats;
  EXPECT_FALSE(repeats.is_repeat(of_offset(5, 5), "k", 100));
  EXPECT_FALSE(repeats.is_repeat(of_offset(5, 5), "k", 100));
}

// A record at 100 was handed over and not done; what record 120 said of its source must not count when 100 is read
// again, or it would be taken for a repeat.
TEST(Repeats, WhatRecordsSaidThatAreNotDoneIsNotKept) {
  Repeats before;
  EXPECT_FALSE(before.is_repeat(of_offset(40, 30), "k", 90));
  EXPECT_FALSE(before.is_repeat(of_offset(50, 40), "k", 100));
  EXPECT_FALSE(before.is_repeat(of_offset(70, 60), "k", 120));
  before.settle(100);
  Repeats after(before.remembered(100));
  EXPECT_FALSE(after.is_repeat(of_offset(50, 40), "k", 100));
  EXPECT_TRUE(after.is_repeat(of_offset(40, 40), "k", 110));
  EXPECT_FALSE(after.is_repeat(of_offset(70, 60), "k", 120));
  EXPECT_TRUE(after.is_repeat(of_offset(50, 60), "k", 130));
}

TEST(Repeats, WhatIsReadAgainNeedNotBeKept) {
  Repeats before;
  EXPECT_FALSE(before.is_repeat(of_offset(40, 30), "k", 90));
  EXPECT_FALSE(before.is_repeat(of_timer("a", 5, 5), "k", 91));
  EXPECT_FALSE(before.is_repeat(of_offset(50, 40), "k", 99));
  before.settle(100);
  EXPECT_EQ(before.first_carrier(100), 90);
  auto kept = before.remembered(95);
  Repeats after(kept);
  EXPECT_EQ(after.size(), 2);
  EXPECT_FALSE(after.is_repeat(of_offset(50, 40), "k", 99));
  EXPECT_TRUE(after.is_repeat(of_offset(50, 40), "k", 105));
  EXPECT_TRUE(after.is_repeat(of_timer("a", 5, 5), "k", 106));
}

}  // namespace
}  // namespace bus::kafka
