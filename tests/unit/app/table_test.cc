// SPDX-License-Identifier: Apache-2.0
#include "app/table.h"

#include <gtest/gtest.h>

namespace {

TEST(Table, AlignsColumnsByWhatIsSeen) {
  app::Table table({"ID", "TITLE"});
  table.add({"1", "Füße"});
  table.add({"12345", "x"});

  EXPECT_EQ(table.to_string(), "ID     TITLE\n1      Füße\n12345  x\n");
}

TEST(Shorten, KeepsWhatFits) { EXPECT_EQ(app::shorten("Füße", 4), "Füße"); }

TEST(Shorten, MarksWhatIsCutAndNeverSplitsACharacter) { EXPECT_EQ(app::shorten("Füße", 3), "Fü…"); }

TEST(Shorten, PutsLinesIntoOne) { EXPECT_EQ(app::shorten("a\nb\tc", 9), "a b c"); }

TEST(Columns, CountsCodePoints) { EXPECT_EQ(app::columns("▁▂▃"), 3u); }

}  // namespace
