// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/retry.h"

#include <gtest/gtest.h>

namespace sinks {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Time kStart = base::Time(hours(24 * 20'000));

struct Retrying : testing::Test {
  std::optional<base::Time> next(base::Error error, int made, base::Time now) {
    return next_attempt(policy, error, {.made = made, .since = kStart}, now, rng);
  }

  RetryPolicy policy;
  base::Rng rng{1};
};

using Retry = Retrying;

TEST_F(Retry, GivesUpAtOnceWhatCanNeverSucceed) {
  EXPECT_EQ(next(base::permanent(base::Reason::kBadRequest, "no"), 1, kStart), std::nullopt);
}

TEST_F(Retry, WaitsLongerAfterEachFailureUpToABound) {
  auto error = base::passing(base::Reason::kUnavailable, "down");

  for (int made = 1; made < 30; ++made) {
    auto wait = *next(error, made, kStart) - kStart;
    auto full = std::min<base::Duration>(seconds(1) * (1LL << std::min(made - 1, 20)), minutes(5));
    EXPECT_LE(wait, full) << made;
    EXPECT_GE(wait, full / 2) << made;
  }
}

TEST_F(Retry, WaitsMinutesForCredentialsToBeMended) {
  auto error = base::passing(base::Reason::kAuth, "401");
  for (int made = 1; made < 20; ++made) {
    auto wait = *next(error, made, kStart) - kStart;
    EXPECT_GE(wait, seconds(30)) << made;
    EXPECT_LE(wait, minutes(15)) << made;
    if (made > 5) EXPECT_GE(wait, minutes(7)) << made;
  }
  EXPECT_EQ(next(error, 100, kStart + hours(24)), std::nullopt);
}

TEST_F(Retry, WaitsAsLongAsTheOtherSideSays) {
  base::Error error{base::Reason::kRateLimited, base::Retry::after(seconds(90)), "slow down"};

  EXPECT_EQ(*next(error, 1, kStart) - kStart, seconds(90));
}

TEST_F(Retry, BoundsWhatTheOtherSideSays) {
  base::Error days{base::Reason::kRateLimited, base::Retry::after(hours(48)), "slow down"};
  base::Error none{base::Reason::kRateLimited, base::Retry::after(seconds(0)), "slow down"};

  EXPECT_EQ(*next(days, 1, kStart) - kStart, hours(1));
  EXPECT_EQ(*next(none, 1, kStart) - kStart, seconds(1));
}

TEST_F(Retry, MakesTheLastAttemptWhenTheBudgetEnds) {
  auto error = base::passing(base::Reason::kTimeout, "slow");
  auto end = kStart + policy.retry_for;

  EXPECT_EQ(next(error, 20, end - seconds(1)), end);
  EXPECT_EQ(next(error, 21, end), std::nullopt);
}

}  // namespace
}  // namespace sinks
