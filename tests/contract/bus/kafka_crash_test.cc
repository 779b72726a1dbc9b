// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <set>

#include "tests/contract/bus/crash_test.h"
#include "tests/fakes/mock_kafka.h"

namespace contract {
namespace {

using Outcome = base::Result<void>;

// Sees a topic from its beginning, as a stage that is new to it does. Its place is in the state: what it was not done
// with when it lost its partitions, on a machine that stood still, it sees again.
class Onlooker final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* before = txn.get("t", "seen");
    std::size_t place = before != nullptr ? std::stoul(*before) : 0;
    txn.put("t", "seen", std::to_string(place + 1));
    std::lock_guard lock(mutex_);
    auto& numbers = seen_[record.key];
    if (place >= numbers.size()) numbers.resize(place + 1);
    numbers[place] = std::stoll(record.value);
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

// On a cluster that lives here.
class KafkaCrash : public CrashTest {
 protected:
  pid_t spawn_child(const std::string& failpoint, int nth) {
    return spawn({"kafka-crash-child", directory_.path(), failpoint, std::to_string(nth), kafka_.bootstrap_servers()});
  }

  // Gives the stages time to join, and a random while longer.
  void kill_at_random(std::mt19937& random) {
    pid_t child = spawn_child("none", 0);
    pause(std::chrono::milliseconds(1500 + random() % 3500));
    kill(child);
  }

  // Nothing lost, nothing twice, order kept.
  void verify() {
    base::SystemClock clock;
    base::Metrics metrics;
    auto bus = bus::kafka::make_kafka_bus(kafka_crash_options(directory_.path() / "data", kafka_.bootstrap_servers()),
                                          clock, metrics);
    Onlooker in;
    Onlooker out;
    std::string look = std::to_string(++looks_);
    work_off(*bus, [&](base::Executor executor) {
      ASSERT_TRUE(bus->add_stage({.name = "look.in." + look, .inputs = {"in"}}, in, executor));
      ASSERT_TRUE(bus->add_stage({.name = "look.out." + look, .inputs = {"out"}}, out, executor));
    });
    auto appended = in.seen();
    for (const auto& [key, numbers] : acknowledged()) {
      std::set<std::int64_t> kept(appended[key].begin(), appended[key].end());
      for (auto number : numbers) EXPECT_TRUE(kept.contains(number)) << key << " lost " << number;
    }
    auto came_out = out.seen();
    EXPECT_EQ(came_out.size(), appended.size());
    for (const auto& [key, numbers] : appended) {
      auto differ = std::mismatch(numbers.begin(), numbers.end(), came_out[key].begin(), came_out[key].end());
      EXPECT_EQ(came_out[key].size(), numbers.size()) << key;
      EXPECT_EQ(differ.first, numbers.end())
          << key << " at " << differ.first - numbers.begin() << " of " << numbers.size() << ": " << *differ.first;
    }
  }

  fakes::MockKafka kafka_;
  int looks_ = 0;
};

TEST_F(KafkaCrash, NothingIsLostOrDoubledByKillsAtRandomMoments) {
  crash_at_random(
      "TOCSIN_KAFKA_CRASHES", 6, 3, [this](std::mt19937& random) { kill_at_random(random); }, [this] { verify(); });
}

class KafkaFailpoint : public KafkaCrash, public ::testing::WithParamInterface<const char*> {};

TEST_P(KafkaFailpoint, NothingIsLostOrDoubledByAKillThere) {
  ASSERT_NO_FATAL_FAILURE(wait_for_failpoint(spawn_child(GetParam(), 9)));
  verify();
}

INSTANTIATE_TEST_SUITE_P(Names, KafkaFailpoint,
                         testing::Values("after_handler", "before_submit", "before_outputs", "after_outputs",
                                         "before_state", "after_state", "before_position", "after_position"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace contract
