// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/progress.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>

namespace bus::stage {
namespace {

TEST(Progress, MovesOverTheHighestContiguousDone) {
  Progress progress;
  progress.mark(3);
  progress.mark(2);
  EXPECT_EQ(progress.next(), 1);
  EXPECT_EQ(progress.ahead(), "2-3");
  EXPECT_EQ(progress.done_ahead(), 2);
  progress.mark(1);
  EXPECT_EQ(progress.next(), 4);
  EXPECT_EQ(progress.ahead(), "");
}

TEST(Progress, ComesBackFromItsText) {
  Progress progress(5, "7-9 12-12");
  EXPECT_TRUE(progress.is_done(4));
  EXPECT_FALSE(progress.is_done(5));
  EXPECT_TRUE(progress.is_done(8));
  EXPECT_TRUE(progress.is_done(12));
  EXPECT_EQ(progress.ahead(), "7-9 12-12");
  progress.raise_to(7);
  EXPECT_EQ(progress.next(), 10);
}

TEST(Progress, RefusesWhatIsNoListOfRanges) {
  for (const char* text : {"x", "7", "9-7", "7-9,12-12", "1-2"})
    EXPECT_THROW(Progress(5, text), std::invalid_argument) << text;
}

TEST(Progress, AgreesWithASetInAnyOrder) {
  std::mt19937 random(7);
  Progress progress;
  std::set<std::int64_t> done;
  for (int i = 0; i < 2000; ++i) {
    std::int64_t offset = 1 + static_cast<std::int64_t>(random() % 1500);
    progress.mark(offset);
    done.insert(offset);
    Progress copy(progress.next(), progress.ahead());
    ASSERT_EQ(copy.ahead(), progress.ahead());
  }
  for (std::int64_t offset = 1; offset <= 1500; ++offset) ASSERT_EQ(progress.is_done(offset), done.contains(offset));
  EXPECT_EQ(progress.next() - 1 + progress.done_ahead(), static_cast<std::int64_t>(done.size()));
}

}  // namespace
}  // namespace bus::stage
