// SPDX-License-Identifier: Apache-2.0
// Processes come and go in an orderly way: nobody notices.
#include <poll.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What is promised for the hand-over of a stage after SIGTERM; 2 s on a quiet machine, most of it the heartbeat by
// which the others learn of it. An alert passes five stages, and may meet one in each; a busy machine may take three
// times as long.
constexpr seconds kHandover{10};
constexpr seconds kLongestOnABusyMachine = 3 * kHandover;

void pass(seconds time) { poll(nullptr, 0, static_cast<int>(time.count()) * 1000); }

// The longest that an alert waited for its first delivery.
milliseconds longest_wait(const Load& load, Outcomes& outcomes) {
  outcomes.update();
  milliseconds longest{0};
  for (const auto& [name, at] : load.accepted_at()) {
    longest = std::max(longest, std::chrono::duration_cast<milliseconds>(outcomes.first_told(name) - at));
  }
  return longest;
}

// The longest that a stage took from losing its partitions, or joining, to having them restored, by its own account.
milliseconds longest_handover(const std::vector<Tocsin*>& replicas) {
  double longest = 0;
  for (const Tocsin* replica : replicas) {
    std::istringstream log(replica->log());
    for (std::string line; std::getline(log, line);) {
      auto entry = nlohmann::json::parse(line, nullptr, false);
      if (!entry.is_object() || entry.value("text", "") != "bus: a stage has its partitions") continue;
      longest = std::max(longest, entry.value("seconds", 0.0));
    }
  }
  return milliseconds(static_cast<std::int64_t>(longest * 1000));
}

// How often a stage of it was given partitions, by its own account.
std::size_t partitions_taken(const Tocsin& replica) {
  std::size_t taken = 0;
  std::istringstream log(replica.log());
  for (std::string line; std::getline(log, line);) {
    if (line.find("bus: a stage has its partitions") != std::string::npos) ++taken;
  }
  return taken;
}

class Handover : public OverKafka {
 protected:
  void expect_unnoticed(const Load& load, const std::vector<Tocsin*>& replicas) {
    const Tocsin& any = *replicas.front();
    await_told(load, {&outcomes_}, any);
    expect_balance(load, {&outcomes_}, any);
    EXPECT_EQ(outcomes_.repeated(), 0u) << "deliveries were made twice";
    milliseconds wait = longest_wait(load, outcomes_);
    milliseconds handover = longest_handover(replicas);
    EXPECT_GT(handover.count(), 0);
    EXPECT_LE(handover, kLongestOnABusyMachine);
    EXPECT_LE(wait, kLongestOnABusyMachine);
    std::printf("%zu alerts, the longest wait %lld ms, the longest hand-over of a stage %lld ms\n", load.accepted(),
                static_cast<long long>(wait.count()), static_cast<long long>(handover.count()));
  }

  harness::HttpReceiver receiver_;
  Outcomes outcomes_{receiver_};
};

TEST_F(Handover, ARollingRestartIsNotNoticed) {
  harness::KafkaCluster& kafka = shared();
  std::string config = config_over(kafka, "rolling.", {receiver_.url("/hook")});
  Tocsin a(config);
  Tocsin b(config);
  Tocsin c(config);
  std::vector<Tocsin*> all{&a, &b, &c};
  ASSERT_NO_FATAL_FAILURE(start(all));
  Load load({a.port(), b.port(), c.port()}, {.alerts_per_second = 50});

  for (Tocsin* replica : all) {
    auto ended = replica->stop();
    ASSERT_TRUE(ended && ended->is_success()) << replica->log();
    ASSERT_TRUE(replica->start()) << replica->readiness().body << replica->log();
  }
  ASSERT_TRUE(load.finish(patience()));

  expect_unnoticed(load, all);
}

TEST_F(Handover, OneMoreProcessAndOneLessAreNotNoticed) {
  harness::KafkaCluster& kafka = shared();
  std::string config = config_over(kafka, "scale.", {receiver_.url("/hook")});
  Tocsin stays(config);
  Tocsin comes(config);
  ASSERT_NO_FATAL_FAILURE(start({&stays}));
  Load load({stays.port()}, {.alerts_per_second = 50});

  pass(seconds(3));
  ASSERT_TRUE(comes.start()) << comes.readiness().body << comes.log();
  pass(seconds(3));
  auto ended = comes.stop();
  ASSERT_TRUE(ended && ended->is_success()) << comes.log();
  pass(kHandover + seconds(2));
  ASSERT_TRUE(load.finish(patience()));

  expect_unnoticed(load, {&stays, &comes});
}

// It stands still in the middle of its work, loses its partitions, and wakes up believing that it has them: what it
// still writes must not count, and what it had begun is done by others.
TEST_F(Handover, AProcessThatSleepsThroughItsSessionNeitherLosesNorDoublesWhenItWakes) {
  harness::KafkaCluster& kafka = shared();
  std::string config = config_over(kafka, "asleep.", {receiver_.url("/hook")});
  Tocsin awake(config);
  Tocsin sleeper(config);
  ASSERT_NO_FATAL_FAILURE(start({&awake, &sleeper}));
  Load load({awake.port()}, {.alerts_per_second = 50});

  for (int i = 0; i < 2; ++i) {
    pass(seconds(3));
    std::size_t moved = partitions_taken(awake);
    sleeper.pause();
    EXPECT_TRUE(harness::eventually(patience(), [&] { return partitions_taken(awake) > moved; })) << awake.log();
    pass(seconds(5));
    sleeper.resume();
  }
  ASSERT_TRUE(load.finish(patience()));

  await_told(load, {&outcomes_}, awake);
  expect_balance(load, {&outcomes_}, awake);
  std::printf("%zu alerts, %zu deliveries repeated under their key\n", load.accepted(), outcomes_.repeated());
}

}  // namespace
}  // namespace acceptance
