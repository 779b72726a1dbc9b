// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "bus/archive.h"
#include "tests/contract/bus/crash_child.h"
#include "tests/contract/bus/temporary_directory.h"

extern char** environ;

namespace contract {
namespace {

using Numbers = std::map<std::string, std::vector<std::int64_t>>;

// An installation whose process is killed again and again, and looked at in between.
class EmbeddedCrash : public ::testing::Test {
 protected:
  pid_t spawn(const std::string& failpoint, int nth) {
    std::string directory = directory_.path();
    std::string count = std::to_string(nth);
    std::string program = "/proc/self/exe";
    std::string verb = "crash-child";
    std::string point = failpoint;
    std::vector<char*> arguments = {program.data(), verb.data(), directory.data(), point.data(), count.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ), 0);
    return child;
  }

  std::uintmax_t acknowledged_bytes() const {
    std::error_code absent;
    auto size = std::filesystem::file_size(directory_.path() / "acknowledged", absent);
    return absent ? 0 : size;
  }

  // Waits until the child has acknowledged something, a random while longer, and kills it.
  void kill_at_random(pid_t child, std::mt19937& random) {
    std::uintmax_t before = acknowledged_bytes();
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (acknowledged_bytes() == before && std::chrono::steady_clock::now() < deadline) pause(1);
    pause(static_cast<int>(random() % 60));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  }

  static void pause(int milliseconds) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable never;
    never.wait_for(lock, std::chrono::milliseconds(milliseconds), [] { return false; });
  }

  // Lets the pipeline finish what is there.
  void drain(bool with_retention) {
    base::SystemClock clock;
    base::Metrics metrics;
    boost::asio::thread_pool pool(2);
    auto bus =
        bus::embedded::make_embedded_bus(crash_options(directory_.path() / "data", with_retention), clock, metrics);
    auto started = bus->start();
    ASSERT_TRUE(started) << started.error().message;
    CrashPipeline pipeline;
    pipeline.add_to(*bus, pool.get_executor());
    boost::asio::co_spawn(pool, bus->idle(), boost::asio::use_future).get();
    boost::asio::co_spawn(pool, bus->stop(), boost::asio::use_future).get();
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

  // Nothing lost, nothing twice, order kept, sums agree.
  void verify(bool with_retention) {
    drain(with_retention);
    auto archive = bus::embedded::open_embedded_archive(directory_.path() / "data");
    ASSERT_TRUE(archive);
    auto counters = archive.value()->counters().value();
    EXPECT_EQ(counters["violations"], 0);
    EXPECT_EQ(counters["appended"], counters["first"]);
    EXPECT_EQ(counters["appended"], counters["second"]);
    std::int64_t counted = 0;
    ASSERT_TRUE(archive.value()->scan_state(
        "first", "t", [&](const auto&, const auto&, const std::string& value) { counted += std::stoll(value); }));
    EXPECT_EQ(counted, counters["first"]);
    if (!with_retention) verify_outputs(*archive.value());
  }

  void verify_outputs(const bus::Archive& archive) const {
    Numbers out;
    ASSERT_TRUE(archive.scan("out", 0, [&](const bus::Record& record) {
      out[record.key].push_back(std::stoll(record.value));
      return true;
    }));
    for (auto& [key, numbers] : out) {
      EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end(), std::less_equal<>())) << key;
    }
    for (const auto& [key, numbers] : acknowledged()) {
      for (auto number : numbers) {
        EXPECT_TRUE(std::binary_search(out[key].begin(), out[key].end(), number)) << key << " lost " << number;
      }
    }
  }

  TemporaryDirectory directory_;
};

TEST_F(EmbeddedCrash, NothingIsLostOrDoubledByKillsAtRandomMoments) {
  const char* asked = std::getenv("TOCSIN_CRASHES");
  int crashes = asked != nullptr ? std::atoi(asked) : 30;
  std::mt19937 random(static_cast<unsigned>(crashes));
  for (int i = 0; i < crashes; ++i) {
    kill_at_random(spawn("none", 0), random);
    // The log grows by what was appended: a look after each crash would take longer than the crash.
    if (i % 10 == 9) verify(false);
    if (HasFailure()) FAIL() << "after crash " << i;
  }
}

// Everything after the last sync is gone: nothing that was acknowledged is among it, and what is left fits together.
TEST_F(EmbeddedCrash, NothingAcknowledgedIsLostByALossOfPower) {
  for (int nth : {2, 5, 40}) {
    int status = 0;
    ::waitpid(spawn(std::string(kSyncedPoint), nth), &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), kFailpointExit);
    std::filesystem::remove_all(directory_.path() / "data");
    std::filesystem::rename(directory_.path() / "synced", directory_.path() / "data");
    verify(false);
  }
}

class EmbeddedFailpoint : public EmbeddedCrash, public ::testing::WithParamInterface<const char*> {};

TEST_P(EmbeddedFailpoint, NothingIsLostOrDoubledByAKillThere) {
  std::string failpoint = GetParam();
  for (int nth : {1, 7, 60}) {
    int status = 0;
    ::waitpid(spawn(failpoint, nth), &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), kFailpointExit);
    verify(failpoint.ends_with("_retention"));
  }
}

INSTANTIATE_TEST_SUITE_P(Points, EmbeddedFailpoint,
                         testing::Values("before_begin", "before_commit", "after_commit", "before_dispatch",
                                         "after_dispatch", "after_completion", "after_handler", "before_submit",
                                         "before_position", "before_sync", "in_retention", "after_retention"),
                         [](const auto& point) { return std::string(point.param); });

}  // namespace
}  // namespace contract
