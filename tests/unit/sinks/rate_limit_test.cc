// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/rate_limit.h"

#include <gtest/gtest.h>

namespace sinks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const base::Time kNow = base::Time(seconds(1'000'000));

// The turn of one who goes next.
base::Time take(TokenBucket& bucket, base::Time now) {
  base::Time turn = bucket.turn(now, 0);
  bucket.take(now);
  return turn;
}

TEST(TokenBucket, LetsEverybodyGoWhereThereIsNoLimit) {
  TokenBucket bucket({});

  for (int i = 0; i < 1000; ++i) EXPECT_LE(take(bucket, kNow), kNow);
}

TEST(TokenBucket, SpreadsCallersEvenlyInTheOrderOfAsking) {
  TokenBucket bucket({.per_second = 4, .burst = 1});

  for (int i = 0; i < 10; ++i) EXPECT_EQ(take(bucket, kNow), kNow + i * milliseconds(250));
}

TEST(TokenBucket, LetsABurstGoAfterAQuietTime) {
  TokenBucket bucket({.per_second = 1, .burst = 3});

  EXPECT_LE(take(bucket, kNow), kNow);
  EXPECT_LE(take(bucket, kNow), kNow);
  EXPECT_LE(take(bucket, kNow), kNow);
  EXPECT_EQ(take(bucket, kNow), kNow + seconds(1));
}

TEST(TokenBucket, SavesNoMoreThanABurst) {
  TokenBucket bucket({.per_second = 1, .burst = 2});
  take(bucket, kNow);

  auto later = kNow + seconds(3600);
  EXPECT_EQ(take(bucket, later), later);
  EXPECT_EQ(take(bucket, later), later);
  EXPECT_EQ(take(bucket, later), later + seconds(1));
}

TEST(TokenBucket, TellsWhoComesLaterHisTurnBehindThoseAhead) {
  TokenBucket bucket({.per_second = 1, .burst = 2});

  EXPECT_EQ(bucket.turn(kNow, 0), kNow);
  EXPECT_EQ(bucket.turn(kNow, 1), kNow);
  EXPECT_EQ(bucket.turn(kNow, 4), kNow + seconds(3));
}

}  // namespace
}  // namespace sinks
