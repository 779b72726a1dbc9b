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
#include <mutex>
#include <random>
#include <set>

#include "tests/contract/bus/crash_child.h"
#include "tests/contract/bus/temporary_directory.h"
#include "tests/fakes/mock_kafka.h"

extern char** environ;

namespace contract {
namespace {

using namespace std::chrono_literals;
using Outcome = base::Result<void>;
using Numbers = std::map<std::string, std::vector<std::int64_t>>;

// Sees a topic from its beginning, as a stage that is new to it does.
class Onlooker final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction&) override {
    std::lock_guard lock(mutex_);
    seen_[record.key].push_back(std::stoll(record.value));
    co_return base::ok();
  }
  Numbers seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;
  Numbers seen_;
};

// A process on a cluster that lives here, killed again and again, and looked at in between.
class KafkaCrash : public ::testing::Test {
 protected:
  pid_t spawn(const std::string& failpoint, int nth) {
    std::string directory = directory_.path();
    std::string count = std::to_string(nth);
    std::string program = "/proc/self/exe";
    std::string verb = "kafka-crash-child";
    std::string point = failpoint;
    std::string servers = kafka_.bootstrap_servers();
    std::vector<char*> arguments = {program.data(), verb.data(),    directory.data(), point.data(),
                                    count.data(),   servers.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ), 0);
    return child;
  }

  // Gives the stages time to join, a random while longer, and kills it.
  void kill_at_random(pid_t child, std::mt19937& random) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable never;
    never.wait_for(lock, std::chrono::milliseconds(1500 + random() % 3500), [] { return false; });
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  }

  // Lets the pipeline finish what is there, and looks at it. Nothing lost, nothing twice, order kept.
  void verify() {
    base::SystemClock clock;
    base::Metrics metrics;
    boost::asio::thread_pool pool(2);
    auto bus = bus::kafka::make_kafka_bus(kafka_crash_options(directory_.path() / "data", kafka_.bootstrap_servers()),
                                          clock, metrics);
    auto started = bus->start();
    ASSERT_TRUE(started) << started.error().message;
    CrashPipeline pipeline;
    pipeline.add_to(*bus, pool.get_executor());
    Onlooker in;
    Onlooker out;
    std::string look = std::to_string(++looks_);
    ASSERT_TRUE(bus->add_stage({.name = "look.in." + look, .inputs = {"in"}}, in, pool.get_executor()));
    ASSERT_TRUE(bus->add_stage({.name = "look.out." + look, .inputs = {"out"}}, out, pool.get_executor()));
    boost::asio::co_spawn(pool, bus->idle(), boost::asio::use_future).get();
    boost::asio::co_spawn(pool, bus->stop(), boost::asio::use_future).get();
    pool.join();
    auto appended = in.seen();
    for (const auto& [key, numbers] : acknowledged()) {
      std::set<std::int64_t> kept(appended[key].begin(), appended[key].end());
      for (auto number : numbers) EXPECT_TRUE(kept.contains(number)) << key << " lost " << number;
    }
    EXPECT_EQ(out.seen(), appended);
  }

  Numbers acknowledged() const {
    Numbers numbers;
    std::ifstream file(directory_.path() / "acknowledged");
    std::string key;
    std::int64_t number = 0;
    while (file >> key >> number) numbers[key].push_back(number);
    return numbers;
  }

  fakes::MockKafka kafka_;
  TemporaryDirectory directory_;
  int looks_ = 0;
};

TEST_F(KafkaCrash, NothingIsLostOrDoubledByKillsAtRandomMoments) {
  const char* asked = std::getenv("TOCSIN_KAFKA_CRASHES");
  int crashes = asked != nullptr ? std::atoi(asked) : 6;
  std::mt19937 random(static_cast<unsigned>(crashes));
  for (int i = 0; i < crashes; ++i) {
    kill_at_random(spawn("none", 0), random);
    if (i % 3 == 2) verify();
    if (HasFailure()) FAIL() << "after crash " << i;
  }
}

class KafkaFailpoint : public KafkaCrash, public ::testing::WithParamInterface<const char*> {};

TEST_P(KafkaFailpoint, NothingIsLostOrDoubledByAKillThere) {
  int status = 0;
  ::waitpid(spawn(GetParam(), 9), &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), kFailpointExit);
  verify();
}

INSTANTIATE_TEST_SUITE_P(Names, KafkaFailpoint,
                         testing::Values("after_handler", "before_submit", "before_outputs", "after_outputs",
                                         "before_state", "after_state", "before_position", "after_position"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace contract
