// SPDX-License-Identifier: Apache-2.0
#include "charts/names.h"

#include <gtest/gtest.h>

namespace charts {
namespace {

TEST(CleanText, LeavesOrdinaryTextAsItIs) {
  EXPECT_EQ(clean_text("checkout-api {pod=\"x\"} – 5 µs 🔥"), "checkout-api {pod=\"x\"} – 5 µs 🔥");
}

TEST(CleanText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(clean_text("a\xff"), "a\uFFFD");
  EXPECT_EQ(clean_text("\xc0\x80"), "\uFFFD\uFFFD");
  EXPECT_EQ(clean_text("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(clean_text("x\xe2\x82"), "x\uFFFD\uFFFD");
}

TEST(CleanText, TurnsControlCharactersIntoSingleSpaces) {
  EXPECT_EQ(clean_text(" a\n\t b\x01\x02"
                       "c\x7f "),
            "a b c");
}

TEST(CleanText, DropsWhatChangesTheDirectionOfWriting) { EXPECT_EQ(clean_text("a\u202Eb\u2066c\uFEFF"), "abc"); }

TEST(CleanText, CutsAtTheLimit) { EXPECT_EQ(clean_text(std::string(1000, 'x'), 10), "xxxxxxxxx…"); }

TEST(Elide, KeepsShortNames) { EXPECT_EQ(elide("abc", {}, 10), "abc"); }

TEST(Elide, CutsTheMiddleOfANameWithoutOthers) { EXPECT_EQ(elide("abcdefghijklmnop", {}, 9), "abcd…mnop"); }

TEST(Elide, CutsSharedBeginningsBeforeWhatDiffers) {
  EXPECT_EQ(elide("deployment-of-checkout-a1", {23, 0}, 12), "deploymen…a1");
}

TEST(Elide, CutsBothEndsAroundWhatDiffers) {
  EXPECT_EQ(elide("aaaaaaaaaaaaX7bbbbbbbbbbbb", {12, 12}, 12), "aaaaa…X7…bbb");
}

TEST(Elide, NeverExceedsTheLimit) {
  std::string name = "prefix-prefix-CORE-CORE-suffix-suffix";
  for (std::size_t front = 0; front <= 37; ++front) {
    for (std::size_t back = 0; back <= 37; ++back) {
      for (std::size_t limit = 3; limit < 40; ++limit) {
        EXPECT_LE(count_chars(elide(name, {front, back}, limit)), limit) << front << " " << back << " " << limit;
      }
    }
  }
}

TEST(SharedEnds, CountsWhatAllNamesHaveInCommon) {
  SharedEnds shared = shared_ends({"api-1-x", "api-22-x", "api-3-x"});

  EXPECT_EQ(shared.front, 4u);
  EXPECT_EQ(shared.back, 2u);
}

}  // namespace
}  // namespace charts
