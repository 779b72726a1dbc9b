// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/sizes.h"

#include <gtest/gtest.h>

#include "tests/tidy/tree_under_test.h"

namespace tidy {
namespace {

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += ";\n";
  return text;
}

TEST(Sizes, OfTheTreeAreWithinTheirLimits) {
  EXPECT_TRUE(nothing_in(check_sizes(tree())));
  EXPECT_TRUE(nothing_in(check_median_header(tree())));
}

TEST(Sizes, RefuseALongFile) {
  EXPECT_EQ(check_sizes({{"a/a.cc", lines(kLongestFile)}}).size(), 0u);
  EXPECT_EQ(check_sizes({{"a/a.cc", lines(kLongestFile + 1)}}).size(), 1u);
  EXPECT_EQ(check_sizes({{"docs/a.md", lines(kLongestFile + 1)}}).size(), 0u);
}

TEST(Sizes, RefuseALongFunctionUnlessItSaysWhy) {
  std::string longest = "void f() {\n" + lines(kLongestFunction - 2) + "}\n";
  std::string too_long = "void f() {\n" + lines(kLongestFunction - 1) + "}\n";

  EXPECT_EQ(check_sizes({{"a/a.cc", longest}}).size(), 0u);
  EXPECT_EQ(check_sizes({{"a/a.cc", too_long}}).size(), 1u);
  EXPECT_EQ(check_sizes({{"a/a.cc", "// long: one table\n" + too_long}}).size(), 0u);
}

TEST(Sizes, WatchTheMedianHeader) {
  Files files = {{"a/a.h", lines(10)}, {"a/b.h", lines(kMedianHeader + 1)}, {"a/c.h", lines(400)}};

  EXPECT_EQ(check_median_header(files).size(), 1u);
  files.push_back({"a/d.h", lines(10)});
  files.push_back({"a/e.h", lines(10)});
  EXPECT_EQ(check_median_header(files).size(), 0u);
}

}  // namespace
}  // namespace tidy
