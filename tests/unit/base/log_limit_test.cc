// SPDX-License-Identifier: Apache-2.0
#include "base/log_limit.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using std::chrono::seconds;

const Time kNow = Time(std::chrono::hours(24 * 20'000));

TEST(LogLimit, SaysOnceAMinuteHowOftenItHappened) {
  LogLimit limit;

  EXPECT_EQ(limit.count("auth", kNow), 1);
  EXPECT_EQ(limit.count("auth", kNow + seconds(1)), std::nullopt);
  EXPECT_EQ(limit.count("auth", kNow + seconds(59)), std::nullopt);
  EXPECT_EQ(limit.count("auth", kNow + seconds(60)), 3);
  EXPECT_EQ(limit.count("auth", kNow + seconds(61)), std::nullopt);
}

TEST(LogLimit, KeepsKindsApart) {
  LogLimit limit;

  EXPECT_EQ(limit.count("auth", kNow), 1);
  EXPECT_EQ(limit.count("timeout", kNow), 1);
  EXPECT_EQ(limit.count("auth", kNow), std::nullopt);
}

TEST(LogLimit, IsNotSilencedByAClockThatIsSetBack) {
  LogLimit limit;
  limit.count("auth", kNow);

  EXPECT_EQ(limit.count("auth", kNow - std::chrono::hours(1)), 1);
}

}  // namespace
}  // namespace base
