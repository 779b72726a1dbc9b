// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope/beginnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>

namespace {

using schemas::Beginning;
using schemas::beginnings;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Beginnings, OfPlainTextIsTheText) { EXPECT_THAT(beginnings("prod"), ElementsAre(Beginning{"prod", true})); }

TEST(Beginnings, EndWhereAnythingMayStand) {
  EXPECT_THAT(beginnings("team1-.*"), ElementsAre(Beginning{"team1-", false}));
  EXPECT_THAT(beginnings("a[bc]"), ElementsAre(Beginning{"a", false}));
  EXPECT_THAT(beginnings("^ab+$"), ElementsAre(Beginning{"ab", false}));
}

TEST(Beginnings, LeaveOutWhatMayBeMissing) {
  EXPECT_THAT(beginnings("ab*"), ElementsAre(Beginning{"a", false}));
  EXPECT_THAT(beginnings("aé?"), ElementsAre(Beginning{"a", false}));
  EXPECT_THAT(beginnings("ab{0,2}"), ElementsAre(Beginning{"a", false}));
  EXPECT_THAT(beginnings("a?"), IsEmpty());
}

TEST(Beginnings, AreOfEachAlternative) {
  EXPECT_THAT(beginnings("prod|stage-.*|^a\\.b$"),
              ElementsAre(Beginning{"prod", true}, Beginning{"stage-", false}, Beginning{"a.b", true}));
  EXPECT_THAT(beginnings("a(b|c)d"), ElementsAre(Beginning{"a", false}));
  EXPECT_THAT(beginnings("a[|]b"), ElementsAre(Beginning{"a", false}));
  EXPECT_THAT(beginnings("prod|.*"), IsEmpty());
}

TEST(Beginnings, AreNotKnownOfWhatChangesTheMeaningOfLetters) {
  EXPECT_THAT(beginnings("(?i)prod"), IsEmpty());
  EXPECT_THAT(beginnings("\\Qa|b\\E"), IsEmpty());
  EXPECT_THAT(beginnings("\\d+"), IsEmpty());
}

TEST(Beginnings, HoldForWhateverTheRegexMatches) {
  std::mt19937 random(5);
  const std::vector<std::string> pieces = {"a", "b", "ab",  ".", "*",   "+",     "?",    "|",    "(",   ")", "[ab]",
                                           "^", "$", "\\.", "é", "{2}", "{0,1}", "[^a]", "[]a]", "\\b", "-", "\\d"};
  const std::vector<std::string> letters = {"a", "b", ".", "é", "-", "|", "]", "1", "", "ab"};
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string regex;
    for (unsigned n = 1 + random() % 6; n > 0; --n) regex += pieces[random() % pieces.size()];
    re2::RE2 compiled(regex, re2::RE2::Quiet);
    if (!compiled.ok()) continue;
    auto known = beginnings(regex);
    for (int j = 0; j < 10 && !known.empty(); ++j) {
      std::string text;
      for (unsigned n = random() % 5; n > 0; --n) text += letters[random() % letters.size()];
      if (!re2::RE2::FullMatch(text, compiled)) continue;
      ++matched;
      EXPECT_TRUE(std::ranges::any_of(
          known, [&](const Beginning& one) { return one.is_whole ? text == one.text : text.starts_with(one.text); }))
          << text << " matches " << regex;
    }
  }
  EXPECT_GT(matched, 200);
}

}  // namespace
