// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/topic_spec.h"

#include <gtest/gtest.h>

namespace bus::kafka {
namespace {

TopicSpec wanted() {
  return {"tocsin.events",
          12,
          3,
          {{"cleanup.policy", "compact,delete"}, {"retention.ms", "604800000"}, {"max.message.bytes", "1048588"}}};
}

TopicState found() {
  return {12,
          3,
          {{{"cleanup.policy", "delete,compact"},
            {"retention.ms", "604800000"},
            {"max.message.bytes", "1048588"},
            {"segment.ms", "5"}}}};
}

TEST(KafkaTopicSpec, HasNoDifferenceWhereNoneIs) { EXPECT_TRUE(differences(wanted(), found()).empty()); }

TEST(KafkaTopicSpec, SaysInPlainWordsWhatDiffers) {
  TopicState state = found();
  state.partitions = 4;
  state.replication = 1;
  (*state.configs)["cleanup.policy"] = "delete";
  (*state.configs)["retention.ms"] = "86400000";
  (*state.configs)["max.message.bytes"] = "1000";

  EXPECT_EQ(
      differences(wanted(), state),
      (std::vector<std::string>{
          "topic tocsin.events has 4 partitions, wanted 12",
          "topic tocsin.events has 1 copies of each partition, wanted 3",
          "topic tocsin.events has cleanup.policy=delete, wanted cleanup.policy=compact,delete",
          "topic tocsin.events takes batches of up to 1000 bytes, wanted 1048588 bytes (max.message.bytes=1048588)",
          "topic tocsin.events keeps records for 1d, wanted 7d (retention.ms=604800000)"}));
}

TEST(KafkaTopicSpec, TakesMoreForAsGood) {
  TopicState state = found();
  state.replication = 5;
  (*state.configs)["retention.ms"] = "-1";
  (*state.configs)["max.message.bytes"] = "20000000";

  EXPECT_TRUE(differences(wanted(), state).empty());
}

TEST(KafkaTopicSpec, WantsUnlimitedWhereItSaysSo) {
  TopicSpec spec{"t", -1, -1, {{"retention.ms", "-1"}}};

  EXPECT_EQ(differences(spec, found()),
            (std::vector<std::string>{"topic t keeps records for 7d, wanted unlimited (retention.ms=-1)"}));
}

TEST(KafkaTopicSpec, ComparesWhatTheBrokerTells) {
  TopicState state = found();
  state.configs.reset();

  EXPECT_TRUE(differences(wanted(), state).empty());
}

}  // namespace
}  // namespace bus::kafka
