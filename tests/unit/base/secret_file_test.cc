// SPDX-License-Identifier: Apache-2.0
#include "base/secret_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace {

class ChangingSecretFile : public testing::Test {
 protected:
  ~ChangingSecretFile() override { std::filesystem::remove(path_); }
  void write(const std::string& text) { std::ofstream(path_) << text; }

  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("tocsin-secret-" + std::to_string(::getpid()))).string();
};

TEST_F(ChangingSecretFile, IsReadWithoutItsLastLineBreak) {
  write("t0ken\r\n");
  auto secret = base::read_secret_file(path_).value();

  EXPECT_EQ(secret.reveal(), "t0ken");
  EXPECT_EQ(secret.file(), path_);
}

TEST_F(ChangingSecretFile, SaysWhyItCanNotBeRead) {
  EXPECT_EQ(base::read_secret_file("/nonexistent").error().message, "No such file or directory");
  EXPECT_EQ(base::read_secret_file("/tmp").error().message, "it is not a readable file");
  write("\n");
  EXPECT_EQ(base::read_secret_file(path_).error().message, "it is empty");
  write(std::string(256 * 1024 + 1, 'x'));
  EXPECT_EQ(base::read_secret_file(path_).error().message, "it has more than 262144 bytes");
}

TEST_F(ChangingSecretFile, IsReadAgainWhenItHasChanged) {
  write("old");
  auto secret = base::read_secret_file(path_).value();
  EXPECT_EQ(base::current(secret).reveal(), "old");

  write("newer");
  auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (base::current(secret).reveal() == "old" && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(base::current(secret).reveal(), "newer");

  std::filesystem::remove(path_);
  EXPECT_EQ(base::current(secret).reveal(), "newer");
}

TEST_F(ChangingSecretFile, ASecretFromNoFileStaysAsItIs) {
  EXPECT_EQ(base::current(base::Secret("text")).reveal(), "text");
}

}  // namespace
