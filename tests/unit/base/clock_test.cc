// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

#include "base/task_group.h"

namespace base {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

Task<void> sleep_and_note(Clock& clock, Time until, int name, std::vector<int>& woken) {
  co_await clock.sleep_until(until);
  woken.push_back(name);
}

// Runs what is ready. A clock that nobody moves leaves its sleepers waiting.
class ManualClockTest : public testing::Test {
 protected:
  void run_ready() {
    io.restart();
    io.poll();
  }
  // A cancelled group needs its executor to run once more before it can go.
  void finish() {
    group.cancel();
    run_ready();
  }

  boost::asio::io_context io{1};
  ManualClock clock{kStart};
  std::vector<int> woken;
  TaskGroup group{io.get_executor()};
};

TEST_F(ManualClockTest, WakesSleepersInTheOrderOfTheirTimes) {
  group.spawn(sleep_and_note(clock, kStart + 3s, 3, woken));
  group.spawn(sleep_and_note(clock, kStart + 1s, 1, woken));
  group.spawn(sleep_and_note(clock, kStart + 2s, 2, woken));
  run_ready();
  EXPECT_TRUE(woken.empty());

  clock.advance_to(kStart + 2s);
  run_ready();
  EXPECT_EQ(woken, (std::vector<int>{1, 2}));

  clock.advance(1h);
  run_ready();
  EXPECT_EQ(woken, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(group.empty());
}

TEST_F(ManualClockTest, DoesNotSleepUntilThePast) {
  group.spawn(sleep_and_note(clock, kStart, 1, woken));
  group.spawn(sleep_and_note(clock, kStart - 1h, 2, woken));
  run_ready();

  EXPECT_EQ(woken.size(), 2u);
}

TEST_F(ManualClockTest, NeverGoesBack) {
  clock.advance_to(kStart - 1h);
  EXPECT_EQ(clock.now(), kStart);
  clock.advance(90s);
  EXPECT_EQ(clock.now(), kStart + 90s);
}

TEST_F(ManualClockTest, LetsCancelledSleepersGoAndForgetsThem) {
  group.spawn(sleep_and_note(clock, kStart + 1s, 1, woken));
  run_ready();
  EXPECT_FALSE(group.empty());

  finish();
  EXPECT_TRUE(group.empty());

  clock.advance(1h);
  run_ready();
  EXPECT_TRUE(clock.now() == kStart + 1h);
}

TEST_F(ManualClockTest, TakesTheNextSleeperAfterACancelledOne) {
  TaskGroup other(io.get_executor());
  group.spawn(sleep_and_note(clock, kStart + 1s, 1, woken));
  other.spawn(sleep_and_note(clock, kStart + 1s, 2, woken));
  run_ready();
  finish();
  woken.clear();

  clock.advance(1s);
  run_ready();

  EXPECT_EQ(woken, std::vector<int>{2});
}

TEST(SystemClock, WakesAtItsTime) {
  boost::asio::io_context io{1};
  SystemClock clock;
  std::vector<int> woken;
  TaskGroup group(io.get_executor());
  Time until = clock.now() + 1ms;
  group.spawn(sleep_and_note(clock, until, 1, woken));

  io.run();

  EXPECT_EQ(woken.size(), 1u);
  EXPECT_GE(clock.now(), until);
}

TEST(SystemClock, EndsASleepWhenCancelled) {
  boost::asio::io_context io{1};
  SystemClock clock;
  std::vector<int> woken;
  TaskGroup group(io.get_executor());
  group.spawn(sleep_and_note(clock, clock.now() + 24h, 1, woken));
  io.poll();

  group.cancel();
  io.restart();
  io.run();

  EXPECT_TRUE(group.empty());
}

}  // namespace
}  // namespace base
