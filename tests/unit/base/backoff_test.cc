// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesWithinItsUpperHalfAndStopsGrowing) {
  Rng rng(1);
  Backoff backoff{.first = milliseconds(100), .longest = milliseconds(1000)};
  const int full[] = {100, 200, 400, 800, 1000, 1000};
  for (int attempt = 1; attempt <= 6; ++attempt) {
    for (int i = 0; i < 200; ++i) {
      auto wait = backoff.wait(attempt, rng);
      ASSERT_GE(wait, milliseconds(full[attempt - 1] / 2));
      ASSERT_LE(wait, milliseconds(full[attempt - 1]));
    }
  }
}

TEST(Backoff, StaysInBoundsForAnyAttempt) {
  Rng rng(1);
  Backoff backoff;
  for (int attempt : {-5, 0, 1, 31, 1000, 2'000'000'000}) {
    EXPECT_GE(backoff.wait(attempt, rng), backoff.first / 2);
    EXPECT_LE(backoff.wait(attempt, rng), backoff.longest);
  }
}

TEST(Rng, RepeatsItselfForASeed) {
  Rng a(42);
  Rng b(42);
  for (int i = 0; i < 100; ++i) {
    double unit = a.unit();
    EXPECT_EQ(unit, b.unit());
    EXPECT_GE(unit, 0.0);
    EXPECT_LT(unit, 1.0);
  }
}

}  // namespace
}  // namespace base
