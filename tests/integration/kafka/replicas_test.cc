// SPDX-License-Identifier: Apache-2.0
// Many processes share the work over one Kafka, and some of them die.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

using std::chrono::seconds;

constexpr int kReplicas = 3;

std::uint32_t seed() {
  const char* given = std::getenv("TOCSIN_TEST_SEED");
  return given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
}

// Replicas of each role, as Deployments would run them.
class Replicas {
 public:
  explicit Replicas(std::string config) : config_(std::move(config)) {
    for (const char* role : {"ingest", "playbooks", "incidents", "sinks"}) {
      for (int i = 0; i < kReplicas; ++i) replicas_.push_back(std::make_unique<Tocsin>(config_, role));
    }
  }
  std::vector<Tocsin*> all() const {
    std::vector<Tocsin*> all;
    for (const auto& replica : replicas_) all.push_back(replica.get());
    return all;
  }
  std::vector<std::uint16_t> intake() const {
    std::vector<std::uint16_t> ports;
    for (int i = 0; i < kReplicas; ++i) ports.push_back(replicas_[static_cast<std::size_t>(i)]->port());
    return ports;
  }
  // Kills one of them, and a new process takes its place on the same disk.
  void kill_one(std::mt19937& random) {
    Tocsin& victim = *replicas_[random() % replicas_.size()];
    victim.crash();
    victim.launch();
  }
  // SIGTERM to all; how each ended.
  void stop() {
    for (auto& replica : replicas_) replica->terminate();
    for (auto& replica : replicas_) {
      auto ended = replica->ended();
      ASSERT_TRUE(ended) << "a replica does not stop\n" << replica->log();
      EXPECT_TRUE(ended->is_success()) << replica->log();
    }
  }

 private:
  std::string config_;
  std::vector<std::unique_ptr<Tocsin>> replicas_;
};

class KilledReplicas : public OverKafka {
 protected:
  harness::HttpReceiver steady_;
  harness::HttpReceiver flaky_;
  Outcomes at_steady_{steady_};
  Outcomes at_flaky_{flaky_};
};

// Kills a random replica now and then until the load is through; meanwhile one sink answers 500 for a while.
void kill_under_load(Replicas& replicas, Load& load, harness::HttpReceiver& flaky, std::mt19937& random) {
  const seconds between(is_soak() ? 20 : 5);
  const int broken_from = 1;
  const int broken_to = broken_from + (is_soak() ? 6 : 3);
  for (int kill = 0; !load.complete(between) || kill <= broken_to; ++kill) {
    if (kill == broken_from) flaky.answer_with(500);
    if (kill == broken_to) flaky.answer_with(200);
    replicas.kill_one(random);
    ASSERT_LT(kill, 200) << "the load never ends: " << load.accepted() << " accepted";
  }
}

TEST_F(KilledReplicas, EachTransitionReachesEachSinkOnceWhileReplicasDieAndASinkIsBroken) {
  auto given = seed();
  SCOPED_TRACE("TOCSIN_TEST_SEED=" + std::to_string(given));
  std::mt19937 random(given);
  harness::KafkaCluster& kafka = shared();
  Replicas replicas(config_over(kafka, "killed.", {steady_.url("/hook"), flaky_.url("/hook")}));
  ASSERT_NO_FATAL_FAILURE(start(replicas.all()));
  Load load(replicas.intake(),
            {.alerts_per_second = is_soak() ? 50.0 : 100.0, .most_alerts = is_soak() ? 10'000u : 1'000u});

  ASSERT_NO_FATAL_FAILURE(kill_under_load(replicas, load, flaky_, random));

  await_told(load, {&at_steady_, &at_flaky_}, *replicas.all().back());
  replicas.stop();
  expect_balance(load, {&at_steady_, &at_flaky_}, *replicas.all().back());
  std::printf("%zu alerts, %zu and %zu deliveries repeated under their key\n", load.accepted(), at_steady_.repeated(),
              at_flaky_.repeated());
}

}  // namespace
}  // namespace acceptance
