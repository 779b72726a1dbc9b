// SPDX-License-Identifier: Apache-2.0
#include "bus/dead_letter.h"

#include <gtest/gtest.h>

namespace bus {
namespace {

DeadLetter letter_of(std::string value) {
  return {.id = "i",
          .stage = "s",
          .topic = "t",
          .key = "k",
          .value = std::move(value),
          .reason = "timeout",
          .message = "too slow",
          .attempts = 3,
          .at = base::Time(std::chrono::seconds(1'800'000'000))};
}

TEST(DeadLetter, ComesBackByteForByteWhateverTheValueHolds) {
  for (std::string value : {std::string("plain"), std::string("\xff\xfe\0z", 4), std::string("\xff"),
                            std::string("\xff\xff"), std::string("\xff\xff\xff"), std::string()}) {
    auto decoded = decode_dead_letter(encode(letter_of(value)));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded.value().value, value);
    EXPECT_EQ(decoded.value().attempts, 3);
    EXPECT_EQ(decoded.value().at, letter_of("").at);
  }
}

TEST(DeadLetter, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "{}", "[]", R"({"schema":"tocsin.event/1"})"})
    EXPECT_FALSE(decode_dead_letter(text)) << text;
}

TEST(DeadLetter, TheSameFailureHasTheSameId) {
  EXPECT_EQ(dead_letter_id("s", "t", "k", "v"), dead_letter_id("s", "t", "k", "v"));
  EXPECT_NE(dead_letter_id("s", "t", "k", "v"), dead_letter_id("s", "t", "kv", ""));
}

}  // namespace
}  // namespace bus
