// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sinks/render/text_table.h"

namespace sinks {
namespace {

using testing::ElementsAre;

TEST(CleanForTerminal, LetsNoEscapeSequenceThrough) {
  EXPECT_EQ(clean_for_terminal("a\x1b[31mred\x1b[0m\x07 b\r\n"), "ared b\n");
  EXPECT_EQ(clean_for_terminal("a\x1b]0;title\x07\x1b[3"), "a]0;title[3");
  EXPECT_EQ(clean_for_terminal("a\u202Eb\u2066c"), "abc");
}

TEST(CleanForTerminal, RepairsWhatIsNoUtf8) {
  EXPECT_EQ(clean_for_terminal("a\xff\xc3(\xed\xa0\x80z"), "a\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFDz");
  EXPECT_EQ(clean_for_terminal("é日🔥"), "é日🔥");
}

TEST(Columns, CountWhatTheEyeSees) {
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("é"), 1u);
  EXPECT_EQ(columns("日本"), 4u);
  EXPECT_EQ(columns("e\u0301"), 1u);
}

TEST(Fit, FillsOrCutsToTheWidth) {
  EXPECT_EQ(fit("abc", 5), "abc  ");
  EXPECT_EQ(fit("abc", 5, true), "  abc");
  EXPECT_EQ(fit("abcdef", 4), "abc…");
  EXPECT_EQ(fit("日本語", 4), "日… ");
}

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_THAT(wrap("the pod was killed", 10), ElementsAre("the pod", "was killed"));
  EXPECT_THAT(wrap("abcdefghijklmnop", 6), ElementsAre("abcdef", "ghijkl", "mnop"));
  EXPECT_THAT(wrap("one\n\ntwo", 10), ElementsAre("one", "", "two"));
}

TEST(Wrap, KeepsTheIndentOfAList) {
  EXPECT_THAT(wrap("  - a long item here", 12), ElementsAre("  - a long", "  item here"));
}

TEST(TableLines, AlignsTextLeftAndNumbersRight) {
  EXPECT_THAT(table_lines({"pod", "restarts"}, {{"web-1", "7"}, {"db", "120"}}, 80, Paint(false)),
              ElementsAre("pod    restarts", "─────  ────────", "web-1         7", "db          120"));
}

TEST(TableLines, CutsTheWidestColumnFirst) {
  auto lines = table_lines({}, {{"name", "a very long value that does not fit here"}}, 20, Paint(false));

  EXPECT_THAT(lines, ElementsAre("name  a very long v…"));
}

TEST(TableLines, TakesRowsThatAreTooShortOrTooLong) {
  EXPECT_THAT(table_lines({"a"}, {{}, {"x", "y"}}, 20, Paint(false)), ElementsAre("a", "─  ─", "", "x  y"));
}

}  // namespace
}  // namespace sinks
