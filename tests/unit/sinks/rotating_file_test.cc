// SPDX-License-Identifier: Apache-2.0
#include "sinks/file/rotating_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sinks::file {
namespace {

namespace fs = std::filesystem;

struct RotatingFileTest : testing::Test {
  RotatingFileTest() {
    std::string pattern = (fs::temp_directory_path() / "tocsin-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    path = folder / "findings.jsonl";
  }
  ~RotatingFileTest() override { fs::remove_all(folder); }

  std::string read(const fs::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  fs::path folder;
  fs::path path;
};

TEST_F(RotatingFileTest, AppendsToWhatIsThere) {
  std::ofstream(path) << "before\n";
  RotatingFile file({.path = path});

  ASSERT_TRUE(file.append("one\n").has_value());
  ASSERT_TRUE(file.append("two\n").has_value());

  EXPECT_EQ(read(path), "before\none\ntwo\n");
}

TEST_F(RotatingFileTest, RotatesBeforeItWouldGrowTooLarge) {
  RotatingFile file({.path = path, .max_bytes = 10, .keep = 2});

  for (const char* line : {"aaaa\n", "bbbb\n", "cccc\n", "dddddddddddddd\n", "eeee\n"}) {
    ASSERT_TRUE(file.append(line).has_value());
  }

  EXPECT_EQ(read(path), "eeee\n");
  EXPECT_EQ(read(path.string() + ".1"), "dddddddddddddd\n");
  EXPECT_EQ(read(path.string() + ".2"), "cccc\n");
  EXPECT_FALSE(fs::exists(path.string() + ".3"));
}

TEST_F(RotatingFileTest, KeepsNoOlderFileWhenToldSo) {
  RotatingFile file({.path = path, .max_bytes = 6, .keep = 0});

  ASSERT_TRUE(file.append("aaaa\n").has_value());
  ASSERT_TRUE(file.append("bbbb\n").has_value());

  EXPECT_EQ(read(path), "bbbb\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(RotatingFileTest, OpensTheFileAnewWhenSomebodyMovedIt) {
  RotatingFile file({.path = path});
  ASSERT_TRUE(file.append("one\n").has_value());
  fs::rename(path, folder / "moved");

  ASSERT_TRUE(file.append("two\n").has_value());

  EXPECT_EQ(read(folder / "moved"), "one\n");
  EXPECT_EQ(read(path), "two\n");
}

TEST_F(RotatingFileTest, WaitsForAFullDisk) {
  RotatingFile file({.path = "/dev/full"});

  auto result = file.append("one\n");

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, base::Reason::kFull);
  EXPECT_FALSE(result.error().retry.is_never());
}

TEST_F(RotatingFileTest, WaitsForAFolderThatIsNotThereYet) {
  RotatingFile file({.path = folder / "later" / "findings.jsonl", .fsync = true});
  EXPECT_FALSE(file.append("one\n").has_value());
  fs::create_directory(folder / "later");

  EXPECT_TRUE(file.append("one\n").has_value());

  EXPECT_EQ(read(folder / "later" / "findings.jsonl"), "one\n");
}

}  // namespace
}  // namespace sinks::file
