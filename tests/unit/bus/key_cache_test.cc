// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/key_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace bus::stage {
namespace {

std::shared_ptr<KeyState> state_of(std::size_t bytes) {
  auto state = std::make_shared<KeyState>();
  state->entries.emplace(EntryName{"t", "e"}, std::string(bytes, 'x'));
  return state;
}

TEST(KeyCache, GivesAStateOnce) {
  KeyCache cache(1U << 20);
  auto state = state_of(10);
  cache.put("a", state);
  EXPECT_EQ(cache.take("a"), state);
  EXPECT_EQ(cache.take("a"), nullptr);
  EXPECT_EQ(cache.take("b"), nullptr);
}

TEST(KeyCache, RemembersThatAKeyHasNoState) {
  KeyCache cache(1U << 20);
  cache.put("a", std::make_shared<KeyState>());
  auto state = cache.take("a");
  ASSERT_NE(state, nullptr);
  EXPECT_TRUE(state->entries.empty());
}

TEST(KeyCache, ForgetsTheLongestUnusedPastItsBound) {
  KeyCache cache(10'000);
  cache.put("a", state_of(4000));
  cache.put("b", state_of(4000));
  cache.put("a", cache.take("a"));
  cache.put("c", state_of(4000));
  EXPECT_EQ(cache.take("b"), nullptr);
  EXPECT_NE(cache.take("a"), nullptr);
  EXPECT_NE(cache.take("c"), nullptr);
}

TEST(KeyCache, KeepsNothingThatIsLargerThanItsBound) {
  KeyCache cache(1000);
  cache.put("small", state_of(10));
  cache.put("large", state_of(5000));
  EXPECT_EQ(cache.take("large"), nullptr);
}

TEST(KeyCache, StaysWithinItsBoundWhateverComes) {
  constexpr std::size_t kBound = 50'000;
  KeyCache cache(kBound);
  for (int i = 0; i < 2000; ++i) cache.put(std::to_string(i), state_of(static_cast<std::size_t>(i) % 700));
  std::size_t bytes = 0;
  int kept = 0;
  for (int i = 0; i < 2000; ++i) {
    if (auto state = cache.take(std::to_string(i))) {
      bytes += state->bytes();
      ++kept;
      EXPECT_GT(i, 1800);
    }
  }
  EXPECT_GT(kept, 20);
  EXPECT_LE(bytes, kBound);
}

}  // namespace
}  // namespace bus::stage
