// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/problems.h"

#include <gtest/gtest.h>

namespace base::yaml {
namespace {

TEST(Problems, ComeInTheOrderOfTheFile) {
  Problems problems;
  problems.error({5, 1}, "later");
  problems.warning({2, 9}, "second");
  problems.error({2, 3}, "first");

  auto sorted = problems.sorted();

  ASSERT_EQ(sorted.size(), 3u);
  EXPECT_EQ(sorted[0].message, "first");
  EXPECT_EQ(sorted[1].message, "second");
  EXPECT_EQ(sorted[2].message, "later");
}

TEST(Problems, TellTheSameThingAtTheSamePlaceOnce) {
  Problems problems;
  problems.error({2, 3}, "wrong");
  problems.error({2, 3}, "also wrong");
  problems.error({2, 3}, "wrong");
  problems.error({3, 3}, "wrong");

  EXPECT_EQ(problems.sorted().size(), 3u);
}

TEST(Problems, KnowErrorsFromWarnings) {
  Problems problems;
  EXPECT_FALSE(problems.has_errors());
  problems.warning({}, "odd");
  EXPECT_FALSE(problems.has_errors());
  problems.error({}, "wrong");
  EXPECT_TRUE(problems.has_errors());
}

TEST(Problems, ReadAsEditorsJumpToThem) {
  EXPECT_EQ(to_string({Problem::Kind::kError, {3, 7}, "wrong"}, "a.yaml"), "a.yaml:3:7: error: wrong");
  EXPECT_EQ(to_string({Problem::Kind::kWarning, {}, "odd"}, "a.yaml"), "a.yaml: warning: odd");
}

struct Guess {
  const char* name;
  std::vector<std::string> valid;
  const char* expected;
};

class Suggest : public testing::TestWithParam<Guess> {};

TEST_P(Suggest, NamesTheNearest) { EXPECT_EQ(suggest(GetParam().name, GetParam().valid), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Names, Suggest,
    testing::Values(Guess{"slack_chanel", {"api_key", "slack_channel"}, "did you mean 'slack_channel'?"},
                    Guess{"slackChannel", {"slack_channel", "name"}, "did you mean 'slack_channel'?"},
                    Guess{"sinks-config", {"sinksConfig"}, "did you mean 'sinksConfig'?"},
                    Guess{"ulr", {"url", "user"}, "did you mean 'url'?"}, Guess{"URL", {"url"}, "did you mean 'url'?"},
                    Guess{"zzz", {"url", "user"}, ""}, Guess{"ab", {"xy"}, ""}, Guess{"", {"url"}, ""},
                    Guess{"anything", {}, ""}, Guess{"headerss", {"header", "headers"}, "did you mean 'headers'?"}));

TEST(SuggestLimits, DoesNotWorkOnEndlessNames) { EXPECT_EQ(suggest(std::string(100'000, 'x'), {"url"}), ""); }

}  // namespace
}  // namespace base::yaml
