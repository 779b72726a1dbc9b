// SPDX-License-Identifier: Apache-2.0
#include "base/task_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <thread>

namespace base {
namespace {

namespace asio = boost::asio;

Task<void> count(std::atomic<int>& counter) {
  ++counter;
  co_return;
}

Task<void> wait_forever(std::atomic<int>& ended) {
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) ++ended;
}

// Without catching the abort, which leaves as an exception.
Task<void> wait_carelessly() {
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

Task<void> fail() {
  throw std::runtime_error("a fault");
  co_return;
}

Task<void> wait_for(TaskGroup& group, std::atomic<int>& counter) {
  co_await group.wait();
  ++counter;
}

TEST(TaskGroup, RunsWhatItIsGiven) {
  asio::io_context io;
  std::atomic<int> counter = 0;
  TaskGroup group(io.get_executor());
  for (int i = 0; i < 10; ++i) group.spawn(count(counter));
  EXPECT_FALSE(group.empty());

  io.run();

  EXPECT_EQ(counter, 10);
  EXPECT_TRUE(group.empty());
}

TEST(TaskGroup, CancelsWhatRunsAndRefusesWhatComesLater) {
  asio::io_context io;
  std::atomic<int> ended = 0;
  std::atomic<int> counter = 0;
  TaskGroup group(io.get_executor());
  group.spawn(wait_forever(ended));
  group.spawn(wait_forever(ended));
  group.spawn(wait_carelessly());
  io.poll();

  group.cancel();
  group.spawn(count(counter));
  io.restart();
  io.run();

  EXPECT_EQ(ended, 2);
  EXPECT_EQ(counter, 0);
  EXPECT_TRUE(group.empty());
}

TEST(TaskGroup, CancelsBeforeATaskHasBegun) {
  asio::io_context io;
  std::atomic<int> ended = 0;
  TaskGroup group(io.get_executor());
  group.spawn(wait_forever(ended));
  group.cancel();

  io.run();

  EXPECT_TRUE(group.empty());
}

TEST(TaskGroup, IsCancelledWhileOthersSpawn) {
  constexpr int kRounds = 300;
  asio::thread_pool pool(4);
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> counter = 0;
    std::atomic<bool> begun = false;
    TaskGroup group(pool.get_executor());
    std::jthread spawner([&] {
      for (int i = 0; i < 20; ++i) {
        group.spawn(wait_carelessly());
        group.spawn(count(counter));
        begun = true;
      }
    });
    while (!begun) std::this_thread::yield();
    group.cancel();
  }
  pool.join();
}

TEST(TaskGroup, WaitsInItsDestructorForTasksOnOtherThreads) {
  asio::thread_pool pool(2);
  std::atomic<int> ended = 0;
  {
    TaskGroup group(pool.get_executor());
    for (int i = 0; i < 100; ++i) group.spawn(wait_forever(ended));
  }
  EXPECT_LE(ended, 100);
  pool.join();
}

TEST(TaskGroup, LetsACoroutineWaitUntilItIsEmpty) {
  asio::io_context io;
  std::atomic<int> ended = 0;
  std::atomic<int> counter = 0;
  TaskGroup group(io.get_executor());
  TaskGroup waiters(io.get_executor());
  group.spawn(wait_forever(ended));
  waiters.spawn(wait_for(group, counter));
  io.poll();
  EXPECT_EQ(counter, 0);

  group.cancel();
  io.restart();
  io.run();

  EXPECT_EQ(counter, 1);
}

TEST(TaskGroup, SpawnsFromManyThreads) {
  asio::thread_pool pool(4);
  std::atomic<int> counter = 0;
  TaskGroup group(pool.get_executor());
  asio::thread_pool callers(4);
  for (int i = 0; i < 4; ++i) {
    asio::post(callers, [&] {
      for (int j = 0; j < 250; ++j) group.spawn(count(counter));
    });
  }
  callers.join();

  group.join();

  EXPECT_EQ(counter, 1000);
  pool.join();
}

TEST(TaskGroupDeathTest, TerminatesOnAnExceptionThatLeavesATask) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto run = [] {
    asio::io_context io;
    TaskGroup group(io.get_executor());
    group.spawn(fail());
    io.run();
  };
  EXPECT_DEATH(run(), "");
}

}  // namespace
}  // namespace base
