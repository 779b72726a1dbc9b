// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql_selectors.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/fakes/promql_cases.h"

namespace {

using enrichers::promql::add_labels;

TEST(AddLabels, ReachesEverySelectorAndNothingElse) {
  for (const auto& [expression, labelled, is_metricsql] : fakes::labelled_queries()) {
    EXPECT_EQ(add_labels(expression, {{"x", "y"}}).value(), labelled) << expression;
  }
}

TEST(AddLabels, EscapesValues) { EXPECT_EQ(add_labels("a", {{"x", "\"}\\"}}).value(), "a{x=\"\\\"}\\\\\"}"); }

TEST(AddLabels, PutsSeveralLabels) {
  EXPECT_EQ(add_labels("a{}", {{"cluster", "c"}, {"env", "e"}}).value(), "a{cluster=\"c\",env=\"e\"}");
}

TEST(AddLabels, LeavesAQueryAloneWithoutLabels) { EXPECT_EQ(add_labels("a{", {}).value(), "a{"); }

TEST(AddLabels, RefusesATemplateOfMetricsQl) {
  auto result = add_labels("WITH (f = {a=\"b\"}) rate(m{f}[5m])", {{"x", "y"}});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, base::Reason::kBadRequest);
}

// Whatever stands in an alert's expression: it ends, and keeps all of it in order.
TEST(AddLabels, OnlyEverInserts) {
  std::mt19937 random(11);
  const std::vector<std::string> pieces = {"a",  "sum", "by",     "on", "(",  ")", "{",    "}",  "[",    "]",  ",",
                                           "\"", "'",   "offset", "@",  "5m", "-", "bool", "or", "with", "\\", "#",
                                           ":",  "=~",  "==",     "`",  " ",  "é", "0x",   "1e", "\n",   "."};
  for (int i = 0; i < 20'000; ++i) {
    std::string expression;
    for (unsigned n = random() % 12; n > 0; --n) expression += pieces[random() % pieces.size()];
    auto result = add_labels(expression, {{"x", "y"}});
    if (!result) continue;
    std::size_t at = 0;
    for (char c : result.value()) at += at < expression.size() && c == expression[at] ? 1 : 0;
    EXPECT_EQ(at, expression.size()) << expression << " became " << result.value();
  }
}

}  // namespace
