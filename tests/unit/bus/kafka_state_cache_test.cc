// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "bus/kafka/state_cache.h"
#include "tests/harness/temp_dir.h"

namespace bus::kafka {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr auto kWeek = 7 * 24h;

stage::KeyState state_of(const std::string& value, std::optional<base::Time> due = {}) {
  stage::KeyState state;
  state.entries.emplace(stage::EntryName{"t", "e"}, value);
  if (due) state.timers.emplace("tick", stage::TimerSetting{*due, ""});
  return state;
}

class Cache : public ::testing::Test {
 protected:
  void open(const std::string& boot = "boot") { open(file_, boot); }
  void open(const std::filesystem::path& file, const std::string& boot) {
    cache_.reset();
    auto opened = StateCache::open(file, boot);
    ASSERT_TRUE(opened) << opened.error().message;
    cache_ = std::move(opened.value());
  }
  // What a process that ends now leaves behind.
  std::filesystem::path as_it_stands() {
    std::filesystem::path left = file_.string() + ".left";
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(file_.string() + suffix, left.string() + suffix,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    return left;
  }
  void SetUp() override { open(); }

  void flush(const StateCache::Mark& mark) { cache_->flush(lane_, &mark, now_); }

  std::string value_of(const LaneName& lane, const std::string& key) {
    auto found = cache_->find(lane, key);
    if (!found) return "error: " + found.error().message;
    return found.value().entries.empty() ? "" : found.value().entries.begin()->second;
  }

  std::vector<std::string> due_keys(stage::TimerIndex::Question question = {base::Time::min(), 100}) {
    auto rows = cache_->due_keys(lane_, question);
    if (!rows) return {"error: " + rows.error().message};
    std::vector<std::string> keys;
    for (auto& row : rows.value()) keys.push_back(std::move(row.key));
    return keys;
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
  auto mark = cache_->mark(lane_, now_, kWeek);
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
  EXPECT_THAT(due_keys(), ElementsAre());
  flush({2, {}});
  EXPECT_EQ(value_of(lane_, "b"), "");
  EXPECT_THAT(due_keys(), ElementsAre());
}

TEST_F(Cache, KnowsWhichTimersOfALaneAreDueNext) {
  auto early = state_of("v", now_ + 1s);
  auto late = state_of("v", now_ + 9s);
  cache_->put(lane_, "early", &early);
  cache_->put(lane_, "late", &late);
  cache_->put({"first", 4}, "other", &early);
  flush({1, {}});
  cache_->put(lane_, "early", &late);
  auto between = state_of("v", now_ + 5s);
  cache_->put(lane_, "between", &between);

  EXPECT_THAT(due_keys(), ElementsAre("between", "early", "late"));
  EXPECT_THAT(due_keys({.from = now_ + 9s, .most = 9}), ElementsAre("early", "late"));
  EXPECT_THAT(due_keys({.from = now_, .most = 2}), ElementsAre("between", "early"));
}

TEST_F(Cache, StatesOfAnotherClusterGo) {
  cache_->belong_to("one");
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  cache_->belong_to("another");
  EXPECT_FALSE(cache_->mark(lane_, now_, kWeek));
  EXPECT_EQ(value_of(lane_, "k"), "");
}

TEST_F(Cache, ACopyThatIsTooOldIsNotUsed) {
  flush({1, {}});
  EXPECT_TRUE(cache_->mark(lane_, now_ + 5 * 24h, kWeek));
  EXPECT_FALSE(cache_->mark(lane_, now_ + 7 * 24h, kWeek));
  EXPECT_FALSE(cache_->mark(lane_, now_ - 7 * 24h, kWeek));
  EXPECT_TRUE(cache_->mark(lane_, now_ + 20h, 24h));
  EXPECT_FALSE(cache_->mark(lane_, now_ + 21h, 24h));
  EXPECT_FALSE(cache_->mark(lane_, now_ + 1s, 0s));
}

TEST_F(Cache, OutlivesItsProcessWithinOneRunOfTheMachine) {
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  open(as_it_stands(), "boot");
  EXPECT_TRUE(cache_->mark(lane_, now_, kWeek));
  EXPECT_EQ(value_of(lane_, "k"), "v");
}

TEST_F(Cache, IsMadeAnewWhereTheMachineEndedBeforeItWasClosed) {
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  open(as_it_stands(), "next boot");
  EXPECT_FALSE(cache_->mark(lane_, now_, kWeek));
  EXPECT_EQ(value_of(lane_, "k"), "");
}

TEST_F(Cache, IsMadeAnewWhereNobodyKnowsWhetherTheMachineEnded) {
  open("");
  flush({1, {}});
  open(as_it_stands(), "");
  EXPECT_FALSE(cache_->mark(lane_, now_, kWeek));
}

TEST_F(Cache, OutlivesTheMachineOnceItWasClosed) {
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  open("next boot");
  EXPECT_TRUE(cache_->mark(lane_, now_, kWeek));
  EXPECT_EQ(value_of(lane_, "k"), "v");
  open(as_it_stands(), "third boot");
  EXPECT_FALSE(cache_->mark(lane_, now_, kWeek)) << "it was open in the second";
}

TEST_F(Cache, ForgetsALane) {
  auto state = state_of("v");
  cache_->put(lane_, "k", &state);
  flush({1, {}});
  cache_->put(lane_, "l", &state);
  EXPECT_TRUE(cache_->forget(lane_));
  EXPECT_FALSE(cache_->mark(lane_, now_, kWeek));
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
  EXPECT_TRUE(cache_->mark(lane_, now_, kWeek));
}

}  // namespace
}  // namespace bus::kafka
