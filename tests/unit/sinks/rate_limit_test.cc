// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/rate_limit.h"

#include <gtest/gtest.h>

namespace sinks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const base::Time kNow = base::Time(seconds(1'000'000));

TEST(TokenBucket, LetsEverybodyGoWhereThereIsNoLimit) {
  TokenBucket bucket({});

  for (int i = 0; i < 1000; ++i) EXPECT_LE(bucket.take(kNow), kNow);
}

TEST(TokenBucket, SpreadsCallersEvenlyInTheOrderOfAsking) {
  TokenBucket bucket({.per_second = 4, .burst = 1});

  for (int i = 0; i < 10; ++i) EXPECT_EQ(bucket.take(kNow), kNow + i * milliseconds(250));
}

TEST(TokenBucket, LetsABurstGoAfterAQuietTime) {
  TokenBucket bucket({.per_second = 1, .burst = 3});

  EXPECT_LE(bucket.take(kNow), kNow);
  EXPECT_LE(bucket.take(kNow), kNow);
  EXPECT_LE(bucket.take(kNow), kNow);
  EXPECT_EQ(bucket.take(kNow), kNow + seconds(1));
}

TEST(TokenBucket, SavesNoMoreThanABurst) {
  TokenBucket bucket({.per_second = 1, .burst = 2});
  bucket.take(kNow);

  auto later = kNow + seconds(3600);
  EXPECT_EQ(bucket.take(later), later);
  EXPECT_EQ(bucket.take(later), later);
  EXPECT_EQ(bucket.take(later), later + seconds(1));
}

TEST(TokenBucket, HoldsEverybodyUntilAPauseIsOver) {
  TokenBucket bucket({});
  bucket.hold(kNow + seconds(30));
  bucket.hold(kNow + seconds(10));

  EXPECT_EQ(bucket.take(kNow), kNow + seconds(30));
  EXPECT_EQ(bucket.take(kNow + seconds(31)), kNow + seconds(31));
}

}  // namespace
}  // namespace sinks
