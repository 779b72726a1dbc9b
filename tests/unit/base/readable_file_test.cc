// SPDX-License-Identifier: Apache-2.0
#include "base/readable_file.h"

#include <gtest/gtest.h>

namespace {

TEST(ReadableFile, IsAFileThatIsThere) { EXPECT_TRUE(base::check_readable("/proc/self/exe")); }

TEST(ReadableFile, SaysWhyItCanNotBeRead) {
  EXPECT_EQ(base::check_readable("/nonexistent").error().message, "No such file or directory");
  EXPECT_EQ(base::check_readable("/").error().message, "it is a directory");
}

}  // namespace
