// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql.h"

#include <gtest/gtest.h>

namespace {

using enrichers::promql::escape;
using enrichers::promql::split_threshold;

struct Case {
  const char* expression;
  const char* query;
  std::optional<double> threshold;
};

class SplitThreshold : public ::testing::TestWithParam<Case> {};

TEST_P(SplitThreshold, TakesOffOnlyAComparisonWithANumber) {
  auto split = split_threshold(GetParam().expression);

  EXPECT_EQ(split.query, GetParam().query);
  EXPECT_EQ(split.threshold, GetParam().threshold);
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, SplitThreshold,
    ::testing::Values(Case{"up == 0", "up", 0}, Case{"up==0", "up", 0}, Case{"  x > 0.9\n", "x", 0.9},
                      Case{"x >= bool 5", "x", 5}, Case{"0.9 < x", "x", 0.9}, Case{"x > -1.5e3", "x", -1500},
                      Case{"rate(http{code=~\"5..\"}[5m]) / rate(http[5m]) > 0.05",
                           "rate(http{code=~\"5..\"}[5m]) / rate(http[5m])", 0.05},
                      Case{"up", "up", std::nullopt}, Case{"a > b", "a > b", std::nullopt},
                      Case{"a > 5 and b < 3", "a > 5 and b < 3", std::nullopt},
                      Case{"absent(up{job=\"x > 1\"})", "absent(up{job=\"x > 1\"})", std::nullopt},
                      Case{"(x > 1)", "(x > 1)", std::nullopt}, Case{"sum(x > 1) > 2", "sum(x > 1)", 2},
                      Case{"x{a='\\'> 3'} != 4", "x{a='\\'> 3'}", 4}, Case{"x # > 3\n > 2", "x # > 3", 2},
                      Case{"x > +Inf", "x > +Inf", std::nullopt}, Case{"", "", std::nullopt},
                      Case{"> 3", "> 3", std::nullopt}, Case{"a or b > 1", "a or b > 1", std::nullopt},
                      Case{"android > 1", "android", 1}, Case{"x > bool_metric", "x > bool_metric", std::nullopt},
                      Case{"x{a=\"unclosed > 3", "x{a=\"unclosed > 3", std::nullopt}));

TEST(Escape, MakesAnyTextFitBetweenDoubleQuotes) { EXPECT_EQ(escape("a\"b\\c\nd"), "a\\\"b\\\\c\\nd"); }

TEST(EscapeRegex, MakesAnyTextMatchJustItself) {
  EXPECT_EQ(enrichers::promql::escape_regex("a.b*(c)|[d]$^\\"), "a\\.b\\*\\(c\\)\\|\\[d\\]\\$\\^\\\\");
}

}  // namespace
