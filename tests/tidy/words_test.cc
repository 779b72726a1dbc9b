// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/words.h"

#include <gtest/gtest.h>

#include "tests/tidy/tree_under_test.h"

namespace tidy {
namespace {

TEST(Names, OfTheTreeSayWhatIsInTheFile) { EXPECT_TRUE(nothing_in(check_names(tree()))); }
TEST(Words, OfTheTreeAreAllowed) { EXPECT_TRUE(nothing_in(check_words(tree()))); }
TEST(LicenceLines, OfTheTreeAreThere) { EXPECT_TRUE(nothing_in(check_licence_lines(tree()))); }
TEST(TypeComments, OfTheTreeAreThere) { EXPECT_TRUE(nothing_in(check_type_comments(tree()))); }

TEST(Names, RefuseWhatSaysNothing) {
  EXPECT_EQ(check_names({{"base/utils/time.h", ""}}).size(), 1u);
  EXPECT_EQ(check_names({{"base/string_helpers.cc", ""}}).size(), 1u);
  EXPECT_EQ(check_names({{"sinks/sink_manager.h", ""}}).size(), 1u);
  EXPECT_EQ(check_names({{"base/simple.h", ""}, {"base/commonmark.h", ""}, {"sinks/common_options.h", ""}}).size(), 0u);
}

TEST(Words, RefuseLeftoverMarkers) {
  EXPECT_EQ(check_words({{"base/a.cc", "// TODO: later\n"}}).size(), 1u);
  EXPECT_EQ(check_words({{"base/CMakeLists.txt", "# FIXME\n"}}).size(), 1u);
  EXPECT_EQ(check_words({{"base/a.cc", "auto name = \"/tmp/XXXXXX\";\n"}}).size(), 0u);
}

TEST(Words, RefuseWorkThatNobodyOwns) {
  EXPECT_EQ(check_words({{"net/a.cc", "co_spawn(e, f(), boost::asio::detached);\n"}}).size(), 1u);
  EXPECT_EQ(check_words({{"net/a.cc", "std::thread(f).detach();\n"}}).size(), 1u);
}

TEST(Words, RefuseSleepsInTestsOnly) {
  std::string line =
      "std::this_thread::"
      "sleep_for(1s);\n";
  EXPECT_EQ(check_words({{"tests/unit/a_test.cc", line}}).size(), 1u);
  EXPECT_EQ(check_words({{"app/a.cc", line}}).size(), 0u);
}

TEST(Words, RefuseListsThatPeopleMustUpdateTogether) {
  EXPECT_EQ(check_words({{"base/a.h", "// keep in sync with b.h\n"}}).size(), 1u);
}

TEST(LicenceLines, RefuseASourceWithoutOne) {
  EXPECT_EQ(check_licence_lines({{"a/a.cc", "#include <a>\n"}}).size(), 1u);
  EXPECT_EQ(check_licence_lines({{"a/a.cc", "// SPDX-License-Identifier: Apache-2.0\n"}}).size(), 0u);
  EXPECT_EQ(check_licence_lines({{"a/a.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"}}).size(), 0u);
  EXPECT_EQ(check_licence_lines({{"a/a.sh", "#!/bin/sh\necho\n"}}).size(), 1u);
}

TEST(TypeComments, RefuseATypeWithoutOne) {
  EXPECT_EQ(check_type_comments({{"a/a.h", "// A.\nclass A {\n  int x;\n};\n\nstruct B {\n};\n"}}).size(), 1u);
  EXPECT_EQ(check_type_comments({{"a/a.h", "// All of them.\nstruct A {\n};\nstruct B {};\n"}}).size(), 0u);
  EXPECT_EQ(check_type_comments({{"a/a.h", "\nstruct C;  // Of c.h.\n\ntemplate <>\nstruct N<C> {\n};\n"}}).size(), 0u);
  EXPECT_EQ(check_type_comments({{"a/a.h", "// A.\ntemplate <class T>\nclass A {\n};\n\nclass C;\n"}}).size(), 0u);
}

}  // namespace
}  // namespace tidy
