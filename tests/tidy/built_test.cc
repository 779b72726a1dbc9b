// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/built.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/tidy/tree_under_test.h"

namespace tidy {
namespace {

const CompileCommands& commands() {
  static const CompileCommands read =
      parse_compile_commands(read_file(TOCSIN_BINARY_DIR "/compile_commands.json"), TOCSIN_SOURCE_DIR);
  return read;
}

TEST(Build, HasEverySource) { EXPECT_TRUE(nothing_in(check_built(tree(), commands()))); }

TEST(Headers, OfTheTreeCompileAlone) {
  EXPECT_TRUE(
      nothing_in(check_headers_alone(tree(), commands(), TOCSIN_SOURCE_DIR, TOCSIN_BINARY_DIR "/headers_alone")));
}

TEST(Build, ReadsCommandsWithoutWhatBelongsToOneSource) {
  CompileCommands read = parse_compile_commands(
      R"([{"file": "/src/a/a.cc", "command": "/usr/bin/ccache /usr/bin/clang++ -I/x -MD -MT a.o -MF a.d -o a.o -c /src/a/a.cc"}])",
      "/src");

  ASSERT_TRUE(read.contains("a/a.cc"));
  EXPECT_EQ(read["a/a.cc"], (std::vector<std::string>{"/usr/bin/clang++", "-I/x"}));
}

TEST(Build, MissesATestThatNobodyLists) {
  Files files = {{"tests/unit/a/a_test.cc", ""}, {"tests/unit/a/b_test.cc", ""}};

  Violations found = check_built(files, {{"tests/unit/a/a_test.cc", {}}});

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].path, "tests/unit/a/b_test.cc");
}

TEST(Headers, RefuseOneThatLacksAnInclude) {
  std::string root = testing::TempDir() + "headers_alone_test";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root + "/a");
  Files files = {{"a/good.h", "#pragma once\n#include <string>\ninline std::string f() { return {}; }\n"},
                 {"a/bad.h", "#pragma once\ninline std::string g() { return {}; }\n"}};
  for (const SourceFile& file : files) std::ofstream(root + "/" + file.path) << file.text;
  CompileCommands command = {{"a/a.cc", {commands().begin()->second.front(), "-std=c++20"}}};

  Violations found = check_headers_alone(files, command, root, root + "/cache");

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].path, "a/bad.h");
  files.push_back({"a/a.cc", "#include \"a/bad.h\"\n"});
  EXPECT_EQ(check_headers_alone(files, command, root, root + "/cache").size(), 0u);
}

}  // namespace
}  // namespace tidy
