// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/newest_table.h"

#include <gtest/gtest.h>

namespace bus::stage {
namespace {

TEST(NewestTable, ALaggingReaderBringsNothingBack) {
  NewestTable table;
  table.bound(10);
  table.set("a", 1, "old");
  table.set("a", 5, "");

  table.set("a", 1, "old");
  table.set("a", 4, "newer");
  EXPECT_EQ(table.find("a"), std::nullopt);

  table.set("a", 6, "new");
  EXPECT_EQ(table.find("a"), "new");
}

TEST(NewestTable, PushesOutTheOldest) {
  NewestTable table;
  table.bound(2);
  table.set("a", 1, "va");
  table.set("b", 2, "vb");
  table.set("a", 3, "va again");

  EXPECT_EQ(table.set("c", 4, "vc"), "b");
  EXPECT_EQ(table.set("b", 2, "vb"), "b");
  EXPECT_EQ(table.size(), 2);
}

}  // namespace
}  // namespace bus::stage
