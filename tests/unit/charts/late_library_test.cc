// SPDX-License-Identifier: Apache-2.0
#include "charts/late_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace charts {
namespace {

using testing::HasSubstr;

TEST(LateLibrary, FindsFunctions) {
  double (*root)(double) = nullptr;

  auto library = LateLibrary::open("libm.so.6", "libc6");

  ASSERT_TRUE(library.has_value());
  ASSERT_TRUE(library.value().look_up("sqrt", root).has_value());
  EXPECT_EQ(root(9), 3);
}

TEST(LateLibrary, NamesTheLibraryThatIsNotThereAndItsPackage) {
  auto library = LateLibrary::open("libnowhere.so.7", "libnowhere7");

  ASSERT_FALSE(library.has_value());
  EXPECT_EQ(library.error().reason, base::Reason::kNotFound);
  EXPECT_THAT(library.error().message, HasSubstr("libnowhere.so.7"));
  EXPECT_THAT(library.error().message, HasSubstr("libnowhere7"));
}

TEST(LateLibrary, NamesTheFunctionThatIsNotThere) {
  void (*function)() = nullptr;

  auto found = LateLibrary::open("libm.so.6", "libc6").value().look_up("cube_of_roots", function);

  ASSERT_FALSE(found.has_value());
  EXPECT_THAT(found.error().message, HasSubstr("libm.so.6 has no function cube_of_roots"));
  EXPECT_EQ(function, nullptr);
}

}  // namespace
}  // namespace charts
