// SPDX-License-Identifier: Apache-2.0
#include "app/id_choice.h"

#include <gtest/gtest.h>

namespace {

app::IdChoice choice_among(const std::string& asked, const std::vector<std::string>& ids) {
  app::IdChoice choice(asked);
  for (const auto& id : ids) choice.offer("", id);
  return choice;
}

TEST(IdChoice, IsTheOneThatBeginsSo) {
  EXPECT_EQ(choice_among("ab", {"abc", "xyz", "abc", ""}).take("no").value(), "abc");
}

TEST(IdChoice, IsTheWholeIdWhateverElseBeginsSo) {
  EXPECT_EQ(choice_among("ab", {"abc", "abd", "ab"}).take("no").value(), "ab");
  EXPECT_FALSE(app::IdChoice("ab").offer("", "ab")) << "no more are needed";
}

TEST(IdChoice, TellsSomeOfSeveral) {
  auto error = choice_among("a", {"a4", "a1", "a2"}).take("no").error();
  EXPECT_EQ(error.reason, base::Reason::kBadRequest);
  EXPECT_EQ(error.message, "a is the beginning of several: a1, a2, a4");
  EXPECT_EQ(choice_among("a", {"a1", "a2", "a3", "a4", "a5"}).take("no").error().message,
            "a is the beginning of several: a1, a2, a3, ...");
}

TEST(IdChoice, TellsThatNothingBeginsSo) {
  auto error = choice_among("z", {"a1"}).take("no letter is like").error();
  EXPECT_EQ(error.reason, base::Reason::kNotFound);
  EXPECT_EQ(error.message, "no letter is like z");
}

}  // namespace
