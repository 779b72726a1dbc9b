// SPDX-License-Identifier: Apache-2.0
// A Kafka that is not ours alone: strangers' records, and another installation.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"
#include "tests/integration/kafka/raw_record.h"

namespace acceptance {
namespace {

class SharedKafka : public OverKafka {
 protected:
  harness::HttpReceiver receiver_;
  Outcomes outcomes_{receiver_};
};

TEST_F(SharedKafka, APoisonRecordInEveryPartitionIsSetAsideWhileThePartitionsMoveOn) {
  constexpr int kPartitions = 6;  // As config_over() has it.
  harness::KafkaCluster& kafka = shared();
  Tocsin tocsin(config_over(kafka, "poison.", {receiver_.url("/hook")}));
  ASSERT_NO_FATAL_FAILURE(start({&tocsin}));
  for (int partition = 0; partition < kPartitions; ++partition) {
    std::string key = "stranger" + std::to_string(partition);
    ASSERT_TRUE(produce_raw(kafka, "poison.events", partition, key, "no event of ours"));
  }

  Load load({tocsin.port()}, {.alerts_per_second = 200, .most_alerts = 200});
  ASSERT_TRUE(load.complete(patience()));

  await_told(load, {&outcomes_}, tocsin);
  nlohmann::json letters;
  EXPECT_TRUE(harness::eventually(patience(), [&] {
    letters = tocsin.look({"dlq", "list"});
    return letters.is_array() && letters.size() == kPartitions;
  })) << letters.dump(1);
  for (const auto& letter : letters) EXPECT_LE(letter.value("attempts", 0), 3) << letter.dump(1);
  expect_told_once(load.fired(), "opened", outcomes_);
}

TEST_F(SharedKafka, TwoInstallationsWithTheirOwnPrefixesDoNotSeeEachOther) {
  harness::KafkaCluster& kafka = shared();
  harness::HttpReceiver other_receiver;
  Outcomes other_outcomes(other_receiver);
  Tocsin tocsin(config_over(kafka, "one.", {receiver_.url("/hook")}));
  Tocsin other(config_over(kafka, "two.", {other_receiver.url("/hook")}));
  ASSERT_NO_FATAL_FAILURE(start({&tocsin, &other}));
  Load load({tocsin.port()}, {.alerts_per_second = 200, .most_alerts = 100, .name = "one"});
  Load other_load({other.port()}, {.alerts_per_second = 200, .most_alerts = 60, .name = "two"});
  ASSERT_TRUE(load.complete(patience()));
  ASSERT_TRUE(other_load.complete(patience()));

  await_told(load, {&outcomes_}, tocsin);
  await_told(other_load, {&other_outcomes}, other);

  expect_balance(load, {&outcomes_}, tocsin);
  expect_balance(other_load, {&other_outcomes}, other);
  EXPECT_EQ(outcomes_.opened(), 100u);
  EXPECT_EQ(other_outcomes.opened(), 60u);
}

}  // namespace
}  // namespace acceptance
