// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql_constant.h"

#include <gtest/gtest.h>

#include <string>

#include "enrichers/graph/promql.h"

namespace {

using enrichers::promql::constant;
using enrichers::promql::split_threshold;

TEST(Constant, ComputesAsPrometheusDoes) {
  EXPECT_EQ(constant("0.9"), 0.9);
  EXPECT_EQ(constant(" ( 25 / 100 ) "), 0.25);
  EXPECT_EQ(constant("60*60*24"), 86400);
  EXPECT_EQ(constant("1 + 2 * 3"), 7);
  EXPECT_EQ(constant("-2 ^ 2"), -4);
  EXPECT_EQ(constant("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(constant("-(1e3)"), -1000);
  EXPECT_EQ(constant("0x1F"), 31);
}

TEST(Constant, IsNothingElse) {
  for (const char* text :
       {"", "x", "5m", "1 +", "(1", "1)", "+Inf", "NaN", "1/0", "1 2", "1_000", "0x", "--", "1..2"}) {
    EXPECT_EQ(constant(text), std::nullopt) << text;
  }
  EXPECT_EQ(constant(std::string(100'000, '(')), std::nullopt);
  EXPECT_EQ(constant(std::string(100'000, '-') + "1"), std::nullopt);
}

TEST(SplitThresholdWithConstants, TakesThemOffLikeNumbers) {
  auto split = split_threshold("sum(increase(a[5m])) / sum(increase(b[5m])) > ( 25 / 100 )");

  EXPECT_EQ(split.query, "sum(increase(a[5m])) / sum(increase(b[5m]))");
  EXPECT_EQ(split.threshold, 0.25);
  EXPECT_EQ(split_threshold("certificate_expiry < 7 * 24 * 3600").threshold, 604800);
}

}  // namespace
