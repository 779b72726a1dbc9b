// SPDX-License-Identifier: Apache-2.0
#include "app/excerpt.h"

#include <gtest/gtest.h>

namespace {

TEST(Excerpt, PutsACaretUnderTheColumn) {
  EXPECT_EQ(app::excerpt("a: 1\nbus: {type: x}\n", {2, 13}), "    bus: {type: x}\n                ^\n");
}

TEST(Excerpt, KeepsTabsAndCountsLettersInsteadOfBytes) {
  EXPECT_EQ(app::excerpt("\t\xc3\xa9: x", {1, 6}), "    \t\xc3\xa9: x\n    \t   ^\n");
}

TEST(Excerpt, ShowsThePartOfALongLineThatMatters) {
  std::string line(500, 'a');
  std::string shown = app::excerpt(line + "X" + line, {1, 501});

  EXPECT_EQ(shown.find('X'), shown.find('^') - shown.find('\n') - 1);
  EXPECT_LT(shown.size(), 160u);
}

TEST(Excerpt, IsEmptyWhereThereIsNothingToShow) {
  EXPECT_EQ(app::excerpt("a", {0, 0}), "");
  EXPECT_EQ(app::excerpt("a", {7, 1}), "");
  EXPECT_EQ(app::excerpt("", {1, 1}), "");
  EXPECT_EQ(app::excerpt("ab", {1, 9}), "    ab\n      ^\n");
}

}  // namespace
