// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "bus/kafka/state_cache.h"
#include "tests/harness/temp_dir.h"

namespace bus::kafka {
namespace {

using namespace std::chrono_literals;

stage::KeyState state_of(const std::string& value, std::optional<base::Time> due = {}) {
  stage::KeyState state;
  state.entries.emplace(stage::EntryName{"t", "e"}, value);
  if (due) state.timers.emplace("tick", stage::TimerSetting{*due, ""});
  return state;
}

class Cache : public ::testing::Test {
 protected:
  void open() {
    cache_.reset();
    auto opened = StateCache::open(file_);
    ASSERT_TRUE(opened) << opened.error().message;
    cache_ = std::move(opened.value());
  }
  void SetUp() override { open(); }

  void flush(const StateCache::Mark& mark) { cache_->flush(lane_, &mark, now_); }

  std::string value_of(const LaneName& lane, const std::string& key) {
    auto found = cache_->find(lane, key);
    if (!found) return "error: " + found.error().message;
    return found.value().entries.empty() ? "" : found.value().entries.begin()->second;
  }

  harness::TempDir directory_;
  std::filesystem::path file_ = directory_.path() + "/states.db";
  std::unique_ptr<StateCache> cache_;
  const LaneName lane_{"first", 3};
  const base::Time now_{1000h};
};

TEST_F(Cache, KeepsWhatWasPutUpToItsMark) {
  cache_->belong_to("cluster");
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  EXPECT_EQ(value_of(lane_, "k"), "v");
  PositionRecord position;
  position.seq = 4;
  flush({17, position});
  EXPECT_EQ(value_of(lane_, "k"), "v");
  open();
  cache_->belong_to("cluster");
  auto mark = cache_->mark(lane_, now_);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->changelog_next, 17);
  EXPECT_EQ(mark->position.seq, 4);
  EXPECT_EQ(value_of(lane_, "k"), "v");
  EXPECT_EQ(value_of({"first", 4}, "k"), "");
}

TEST_F(Cache, WhatWasNotFlushedIsGoneWithTheProcess) {
  auto state = state_of("old");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  state = state_of("new");
  cache_->put(lane_, "k", &state);
  cache_->put(lane_, "other", &state);
  open();
  EXPECT_EQ(value_of(lane_, "k"), "old");
  EXPECT_EQ(value_of(lane_, "other"), "");
}

TEST_F(Cache, AnEmptyStateAndATombstoneTakeTheKeyAway) {
  for (const char* key : {"a", "b"}) {
    auto state = state_of("v", now_);
    cache_->put(lane_, key, &state);
  }
  flush({1, {}});
  stage::KeyState empty;
  cache_->put(lane_, "a", &empty);
  cache_->put(lane_, "b", nullptr);
  EXPECT_EQ(value_of(lane_, "a"), "");
  EXPECT_EQ(cache_->timers(lane_).value().size(), 0);
  flush({2, {}});
  EXPECT_EQ(value_of(lane_, "b"), "");
  EXPECT_EQ(cache_->timers(lane_).value().size(), 0);
}

TEST_F(Cache, KnowsTheTimersOfALane) {
  auto early = state_of("v", now_ + 1s);
  auto late = state_of("v", now_ + 9s);
  cache_->put(lane_, "early", &early);
  cache_->put(lane_, "late", &late);
  cache_->put({"first", 4}, "other", &early);
  flush({1, {}});
  cache_->put(lane_, "early", &late);
  auto timers = cache_->timers(lane_);
  ASSERT_TRUE(timers);
  EXPECT_EQ(timers.value().size(), 2);
  EXPECT_EQ(timers.value().earliest(), now_ + 9s);
}

TEST_F(Cache, StatesOfAnotherClusterGo) {
  cache_->belong_to("one");
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  cache_->belong_to("another");
  EXPECT_FALSE(cache_->mark(lane_, now_));
  EXPECT_EQ(value_of(lane_, "k"), "");
}

TEST_F(Cache, ACopyThatIsTooOldIsNotUsed) {
  flush({1, {}});
  EXPECT_TRUE(cache_->mark(lane_, now_ + 5 * 24h));
  EXPECT_FALSE(cache_->mark(lane_, now_ + 7 * 24h));
  EXPECT_FALSE(cache_->mark(lane_, now_ - 7 * 24h));
}

TEST_F(Cache, ForgetsALane) {
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  cache_->put(lane_, "l", &state);
  EXPECT_TRUE(cache_->forget(lane_));
  EXPECT_FALSE(cache_->mark(lane_, now_));
  EXPECT_EQ(value_of(lane_, "k"), "");
  EXPECT_EQ(value_of(lane_, "l"), "");
}

TEST_F(Cache, AFileThatIsNoDatabaseIsReplaced) {
  cache_.reset();
  std::ofstream(file_) << std::string(10'000, 'x');
  open();
  EXPECT_EQ(value_of(lane_, "k"), "");
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  EXPECT_TRUE(cache_->mark(lane_, now_));
}

}  // namespace
}  // namespace bus::kafka
