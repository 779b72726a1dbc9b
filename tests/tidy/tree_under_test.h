// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace tidy {

// The tree that this program was built from, read once.
inline const Files& tree() {
  static const Files files = read_tree(TOCSIN_SOURCE_DIR);
  return files;
}

// For EXPECT_TRUE: succeeds when a rule objects to nothing, else says to what.
inline testing::AssertionResult nothing_in(const Violations& violations) {
  if (violations.empty()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\n" << describe(violations);
}

}  // namespace tidy
