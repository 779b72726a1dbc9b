// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/contract/bus/crash_child.h"
#include "tests/contract/bus/temporary_directory.h"

extern char** environ;

namespace contract {

// What was appended or came out, by key, in order.
using Numbers = std::map<std::string, std::vector<std::int64_t>>;

// An installation whose process (crash_child.h) is killed again and again, and looked at in between.
class CrashTest : public ::testing::Test {
 protected:
  // Starts this program again as main.cc understands it.
  static pid_t spawn(std::vector<std::string> arguments) {
    std::string program = "/proc/self/exe";
    std::vector<char*> argv = {program.data()};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_t child = 0;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ), 0);
    return child;
  }

  static void pause(std::chrono::milliseconds time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

  static void kill(pid_t child) {
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  }

  // Waits for the end of a child that was spawned with a failpoint.
  static void wait_for_failpoint(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), kFailpointExit);
  }

  // Crashes at random moments, with a look after every `per_look`. How many: `variable`, else `usual`.
  static void crash_at_random(const char* variable, int usual, int per_look,
                              const std::function<void(std::mt19937&)>& crash, const std::function<void()>& look) {
    const char* asked = std::getenv(variable);
    int crashes = asked != nullptr ? std::atoi(asked) : usual;
    auto seed = asked != nullptr ? std::random_device()() : static_cast<unsigned>(crashes);
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int i = 0; i < crashes; ++i) {
      crash(random);
      if (i % per_look == per_look - 1) look();
      if (HasFailure()) FAIL() << "after crash " << i;
    }
  }

  // Lets the pipeline, and the stages that `add_more` adds, finish what is there.
  static void work_off(bus::Bus& bus, const std::function<void(base::Executor)>& add_more = {}) {
    boost::asio::thread_pool pool(2);
    auto started = bus.start();
    ASSERT_TRUE(started) << started.error().message;
    CrashPipeline pipeline;
    pipeline.add_to(bus, pool.get_executor());
    if (add_more) add_more(pool.get_executor());
    boost::asio::co_spawn(pool, bus.idle(), boost::asio::use_future).get();
    boost::asio::co_spawn(pool, bus.stop(), boost::asio::use_future).get();
    pool.join();
  }

  Numbers acknowledged() const {
    Numbers numbers;
    std::ifstream file(directory_.path() / "acknowledged");
    std::string key;
    std::int64_t number = 0;
    while (file >> key >> number) numbers[key].push_back(number);
    return numbers;
  }

  TemporaryDirectory directory_;
};

}  // namespace contract
