// SPDX-License-Identifier: Apache-2.0
// Kafka itself loses what it had acknowledged: offsets that were handled stand for other records then.
#include <nlohmann/json.hpp>

#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

class LostEnd : public OverKafka {
 protected:
  // Far fewer alerts than before: whoever goes by offsets takes them all for handled ones.
  void expect_told_anew(const Tocsin& tocsin, const Load& before) {
    Load after({tocsin.port()}, {.alerts_per_second = 50, .most_alerts = 40, .name = "after"});
    ASSERT_TRUE(after.complete(patience()));
    std::size_t all = before.fired().size() + after.fired().size();
    EXPECT_TRUE(harness::eventually(patience(),
                                    [&] {
                                      outcomes_.update();
                                      return outcomes_.opened() >= all && outcomes_.resolved() >= all;
                                    }))
        << outcomes_.opened() << " opened, " << outcomes_.resolved() << " resolved of " << all << "\n"
        << tocsin.log();
    await_told(after, {&outcomes_}, tocsin);
    expect_told_once(before.fired(), "opened", outcomes_);
    expect_told_once(after.fired(), "opened", outcomes_);
    expect_told_once(after.resolved(), "resolved", outcomes_);
    EXPECT_EQ(tocsin.ledger().value("difference", -1), 0);
  }

  harness::HttpReceiver receiver_;
  Outcomes outcomes_{receiver_};
};

TEST_F(LostEnd, ByALossOfPowerTakesNothingOfWhatComesNext) {
  harness::KafkaCluster kafka;
  std::string config = config_over(kafka, "power.", {receiver_.url("/hook")});
  Tocsin tocsin(config);
  Tocsin other(config);
  ASSERT_NO_FATAL_FAILURE(start({&tocsin, &other}));
  Load before({tocsin.port()}, {.alerts_per_second = 400, .most_alerts = 400, .name = "before"});
  ASSERT_TRUE(before.complete(patience()));
  await_told(before, {&outcomes_}, tocsin);

  kafka.kill(0);
  ASSERT_GT(kafka.lose_end(0, "power.intake"), 0u);
  ASSERT_TRUE(kafka.start(0)) << kafka.log(0);

  expect_told_anew(tocsin, before);
}

TEST_F(LostEnd, OfATopicThatIsMadeAnewAloneTakesNothingOfWhatComesNext) {
  harness::KafkaCluster& kafka = shared();
  Tocsin tocsin(config_over(kafka, "anew.", {receiver_.url("/hook")}));
  ASSERT_NO_FATAL_FAILURE(start({&tocsin}));
  Load before({tocsin.port()}, {.alerts_per_second = 400, .most_alerts = 200, .name = "before"});
  ASSERT_TRUE(before.complete(patience()));
  await_told(before, {&outcomes_}, tocsin);
  ASSERT_TRUE(tocsin.stop());

  auto deleted = kafka.tool("org.apache.kafka.tools.TopicCommand", {"--delete", "--topic", "anew.intake"});
  ASSERT_TRUE(deleted.exit.is_success()) << deleted.err;
  ASSERT_NO_FATAL_FAILURE(start({&tocsin}));

  expect_told_anew(tocsin, before);
}

}  // namespace
}  // namespace acceptance
