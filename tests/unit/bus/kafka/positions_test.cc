// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/positions.h"

#include <gtest/gtest.h>

namespace bus::kafka {
namespace {

using Verdict = Positions::Verdict;

class KafkaPositions : public testing::Test {
 protected:
  Verdict take(std::int64_t offset) { return positions.take("t", 0, offset); }

  Positions positions;
};

TEST_F(KafkaPositions, HandsOverEachOffsetOnce) {
  positions.assign({{"t", 0, kOldest}}, false);

  EXPECT_EQ(take(5), Verdict::kHandOver);
  EXPECT_EQ(take(5), Verdict::kIgnore);
  EXPECT_EQ(take(4), Verdict::kIgnore);
  EXPECT_EQ(take(6), Verdict::kHandOver);
  EXPECT_EQ(positions.next("t", 0), 7);
}

TEST_F(KafkaPositions, AsksOnceMoreForWhatIsMissing) {
  positions.assign({{"t", 0, 0}}, false);

  EXPECT_EQ(take(0), Verdict::kHandOver);
  EXPECT_EQ(take(5), Verdict::kSeek);
  EXPECT_EQ(take(1), Verdict::kHandOver);
  EXPECT_EQ(take(5), Verdict::kSeek);
  EXPECT_EQ(take(5), Verdict::kHandOver);
  EXPECT_EQ(positions.next("t", 0), 6);
}

TEST_F(KafkaPositions, IgnoresWhatIsNotAssigned) {
  positions.assign({{"t", 1, 0}}, false);
  EXPECT_EQ(take(0), Verdict::kIgnore);

  positions.clear();
  EXPECT_EQ(positions.take("t", 1, 0), Verdict::kIgnore);
  EXPECT_EQ(positions.size(), 0u);
}

TEST_F(KafkaPositions, SeeksWhatSlippedThroughAPause) {
  positions.assign({{"t", 0, 3}}, false);
  positions.pause({"t", 0}, true);

  EXPECT_FALSE(positions.must_seek({"t", 0}));
  EXPECT_EQ(take(3), Verdict::kIgnore);
  EXPECT_TRUE(positions.must_seek({"t", 0}));
  positions.pause({"t", 0}, false);
  EXPECT_FALSE(positions.must_seek({"t", 0}));
  EXPECT_EQ(take(3), Verdict::kHandOver);
}

TEST_F(KafkaPositions, KnowsWhatSlippedThroughBeforeAnythingWasRead) {
  positions.assign({{"t", 0, kCommitted}}, true);
  EXPECT_EQ(take(7), Verdict::kIgnore);
  EXPECT_TRUE(positions.must_seek({"t", 0}));
  EXPECT_EQ(positions.next("t", 0), 7);
}

TEST_F(KafkaPositions, SeeksOnceMoreWhereASeekWasLost) {
  positions.assign({{"t", 0, 0}}, true);
  positions.start_at({"t", 0, 40});

  EXPECT_EQ(take(0), Verdict::kSeek);
  EXPECT_EQ(take(1), Verdict::kIgnore);
  EXPECT_EQ(take(40), Verdict::kHandOver);
}

TEST_F(KafkaPositions, TakesWhatRetentionLeft) {
  positions.assign({{"t", 0, 0}}, true);
  positions.start_at({"t", 0, 40});

  EXPECT_EQ(take(90), Verdict::kSeek);
  EXPECT_EQ(take(90), Verdict::kHandOver);
}

}  // namespace
}  // namespace bus::kafka
