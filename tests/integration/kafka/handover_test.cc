// SPDX-License-Identifier: Apache-2.0
// Processes come and go in an orderly way: nobody notices.
#include <poll.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What issue and documents promise for a hand-over after SIGTERM.
constexpr seconds kHandover{10};

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

class Handover : public OverKafka {
 protected:
  void expect_unnoticed(const Load& load, const Tocsin& any) {
    await_told(load, {&outcomes_}, any);
    expect_balance(load, {&outcomes_}, any);
    EXPECT_EQ(outcomes_.repeated(), 0u) << "deliveries were made twice";
    milliseconds longest = longest_wait(load, outcomes_);
    EXPECT_LE(longest, kHandover);
    std::printf("%zu alerts, the longest wait %lld ms\n", load.accepted(), static_cast<long long>(longest.count()));
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

  expect_unnoticed(load, a);
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

  expect_unnoticed(load, stays);
}

}  // namespace
}  // namespace acceptance
