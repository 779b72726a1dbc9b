// SPDX-License-Identifier: Apache-2.0
// The broker is not there for a while.
#include <gmock/gmock.h>
#include <poll.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

// In soak the broker is dead for 15 minutes and hangs for 5, else for half a minute each.
seconds dead_for() { return seconds(is_soak() ? 900 : 30); }
seconds hanging_for() { return seconds(is_soak() ? 300 : 30); }

void pass(seconds time) { poll(nullptr, 0, static_cast<int>(time.count()) * 1000); }

class BrokerAway : public OverKafka {
 protected:
  harness::HttpReceiver receiver_;
  Outcomes outcomes_{receiver_};
};

// Two processes with all roles; the broker goes and comes back, and in the middle one of the processes is killed.
void live_through(harness::KafkaCluster& kafka, Tocsin& first, Tocsin& second, Load& load) {
  pass(seconds(5));
  kafka.kill(0);
  pass(dead_for() / 2);
  first.crash();
  EXPECT_FALSE(second.is_ready());
  EXPECT_EQ(harness::http_get(second.port(), "/livez").status, 200);
  first.launch();
  pass(dead_for() / 2);
  ASSERT_TRUE(kafka.start(0)) << kafka.log(0);
  pass(seconds(5));
  kafka.pause(0);
  pass(hanging_for() / 2);
  second.crash();
  second.launch();
  pass(hanging_for() / 2);
  kafka.resume(0);
  pass(seconds(5));
  EXPECT_TRUE(load.finish(seconds(120))) << load.accepted() << " accepted, " << load.refused() << " refused";
}

TEST_F(BrokerAway, KilledAndHangingUnderLoadLosesNothingAndTellsNothingTwice) {
  harness::KafkaCluster kafka;
  std::string config = config_over(kafka, "away.", {receiver_.url("/hook")});
  Tocsin first(config);
  Tocsin second(config);
  start({&first, &second});
  Load load({first.port(), second.port()}, {.alerts_per_second = 200});

  live_through(kafka, first, second, load);

  await_told(load, {&outcomes_}, second);
  ASSERT_TRUE(first.stop());
  ASSERT_TRUE(second.stop());
  expect_balance(load, {&outcomes_}, second);
  EXPECT_GT(load.refused(), 0u);
  std::printf("%zu alerts, %zu bodies refused, %zu deliveries repeated under their key\n", load.accepted(),
              load.refused(), outcomes_.repeated());
}

TEST_F(BrokerAway, WithASpoolEverythingIsAcceptedMeanwhile) {
  harness::KafkaCluster kafka;
  harness::TempDir spool;
  Tocsin tocsin(config_over(kafka, "spool.", {receiver_.url("/hook")}, "    spool: " + spool.path() + "\n"));
  start({&tocsin});
  Load before({tocsin.port()}, {.most_alerts = 40, .name = "before"});
  ASSERT_TRUE(before.complete(patience()));

  kafka.kill(0);
  Load during({tocsin.port()}, {.most_alerts = 2000, .name = "during"});
  ASSERT_TRUE(during.complete(patience()));
  EXPECT_FALSE(tocsin.is_ready());
  EXPECT_THAT(tocsin.readiness().body, HasSubstr("spool"));
  tocsin.crash();
  tocsin.launch();
  ASSERT_TRUE(kafka.start(0)) << kafka.log(0);

  await_told(before, {&outcomes_}, tocsin);
  await_told(during, {&outcomes_}, tocsin);
  ASSERT_TRUE(tocsin.stop());
  EXPECT_EQ(outcomes_.opened(), 2040u);
  expect_told_once(before.fired(), "opened", outcomes_);
  expect_balance(during, {&outcomes_}, tocsin);
}

TEST_F(BrokerAway, AbsentAtStartIsSaidAndServedWith503UntilItIsThere) {
  harness::KafkaCluster kafka;
  kafka.kill(0);
  Tocsin tocsin(config_over(kafka, "absent.", {receiver_.url("/hook")}));
  tocsin.launch();

  ASSERT_TRUE(harness::eventually(patience(), [&] { return tocsin.readiness().status == 503; })) << tocsin.log();
  EXPECT_THAT(tocsin.readiness().body, HasSubstr(kafka.bootstrap_servers()));
  EXPECT_EQ(tocsin.post_alerts(body_of({alert("too-early")})).status, 503);
  EXPECT_EQ(harness::http_get(tocsin.port(), "/livez").status, 200);
  ASSERT_TRUE(kafka.start(0)) << kafka.log(0);
  ASSERT_TRUE(harness::eventually(patience(), [&] { return tocsin.is_ready(); })) << tocsin.readiness().body;
  EXPECT_EQ(tocsin.post_alerts(body_of({alert("in-time")})).status, 200);

  EXPECT_TRUE(harness::eventually(patience(), [&] {
    outcomes_.update();
    return outcomes_.count("opened", "in-time") == 1;
  }));
  EXPECT_EQ(outcomes_.count("opened", "too-early"), 0u);
}

}  // namespace
}  // namespace acceptance
