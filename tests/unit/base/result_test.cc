// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <set>

namespace base {
namespace {

Result<int> halve(int value) {
  if (value % 2 != 0) return permanent(Reason::kBadRequest, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  BOOST_OUTCOME_TRY(auto half, halve(value));
  return halve(half);
}

TEST(Result, CarriesAValueOrTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_EQ(quarter(3).error().reason, Reason::kBadRequest);
}

TEST(ResultDeathTest, TerminatesOnAValueThatIsNotThere) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH((void)halve(3).value(), "");
}

TEST(Result, GrowsContextInFrontOfTheMessage) {
  Error error = passing(Reason::kTimeout, "no answer in 5s").in("prometheus").in("graph_enricher");

  EXPECT_EQ(error.message, "graph_enricher: prometheus: no answer in 5s");
  EXPECT_EQ(error.reason, Reason::kTimeout);
  EXPECT_EQ(error.retry, Retry::later());
}

TEST(Retry, TellsItsThreeVerdictsApart) {
  using std::chrono::milliseconds;
  EXPECT_TRUE(Retry::never().is_never());
  EXPECT_FALSE(Retry::later().is_never());
  EXPECT_FALSE(Retry::later().names_wait());
  EXPECT_TRUE(Retry::after(milliseconds(5)).names_wait());
  EXPECT_EQ(Retry::after(milliseconds(5)).wait(), milliseconds(5));
  EXPECT_EQ(Retry::never().wait(), milliseconds(0));
  EXPECT_NE(Retry::after(milliseconds(5)), Retry::after(milliseconds(6)));
}

TEST(Reason, HasALabelOfItsOwnForEveryValue) {
  std::set<std::string_view> labels;
  for (int i = 0; i <= static_cast<int>(Reason::kInternal); ++i) labels.insert(to_string(static_cast<Reason>(i)));

  EXPECT_EQ(labels.size(), static_cast<std::size_t>(Reason::kInternal) + 1);
  EXPECT_TRUE(labels.contains("rate_limited"));
}

}  // namespace
}  // namespace base
