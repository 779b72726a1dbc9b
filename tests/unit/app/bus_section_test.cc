// SPDX-License-Identifier: Apache-2.0
#include "app/bus_section.h"

#include <gtest/gtest.h>

#include "base/yaml/parse.h"
#include "tests/harness/temp_dir.h"

namespace {

class BusSections : public ::testing::Test {
 protected:
  base::Result<app::BusSection> load(const std::string& text) {
    return app::load_bus_section(directory_.write("tocsin.yaml", text));
  }

  harness::TempDir directory_;
};

TEST_F(BusSections, AreEmbeddedUnlessSaidOtherwise) {
  EXPECT_EQ(load("clusterName: prod").value().type, app::BusType::kEmbedded);
  EXPECT_EQ(load("").value().type, app::BusType::kEmbedded);
}

TEST_F(BusSections, HoldEverythingThatKafkaNeeds) {
  auto loaded = app::load_bus_section(std::string(TOCSIN_SOURCE_DIR) + "/tests/configs/good/kafka.yaml");

  ASSERT_TRUE(loaded) << loaded.error().message;
  const app::KafkaSection& kafka = *loaded.value().kafka;
  EXPECT_EQ(loaded.value().type, app::BusType::kKafka);
  EXPECT_EQ(kafka.bootstrap_servers,
            (std::vector<std::string>{"kafka-0.kafka:9093", "kafka-1.kafka:9093", "kafka-2.kafka:9093"}));
  EXPECT_EQ(kafka.partitions, 24);
  EXPECT_EQ(kafka.compression, app::KafkaCompression::kZstd);
  EXPECT_EQ(kafka.properties.at("socket.keepalive.enable").reveal(), "true");
}

TEST_F(BusSections, ReadSecretsFromFiles) {
  auto file = directory_.write("password", "hunter2\n");

  auto loaded = load(
      "bus:\n  type: kafka\n  kafka:\n    bootstrap_servers: b:9092\n    properties: {sasl.password_file: " + file +
      "}\n");

  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded.value().kafka->properties.at("sasl.password").reveal(), "hunter2");
}

TEST_F(BusSections, CanBeLookedUpInAFileThatIsBrokenElsewhere) {
  auto loaded = load(
      "sinksConfig: nonsense\n"
      "bus:\n  type: kafka\n  kafka: {bootstrap_servers: 'b:9092'}\n"
      "clusterName: '{{ env.TOCSIN_TEST_UNSET }}'\n");

  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded.value().kafka->bootstrap_servers, std::vector<std::string>{"b:9092"});
}

TEST_F(BusSections, SayWhatIsWrongWithThemLineByLine) {
  auto loaded =
      load("clusterName: x\nbus:\n  type: kafka\n  kafka: {bootstrap_servers: '{{ env.TOCSIN_TEST_UNSET }}'}\n");

  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("tocsin.yaml:4:"), std::string::npos) << loaded.error().message;
}

TEST_F(BusSections, AreEqualWhenTheyMeanTheSameBus) {
  std::string kafka =
      "bus:\n  type: kafka\n  kafka:\n    bootstrap_servers: [a:1, b:2]\n    properties: {sasl.password: x}\n";
  auto same = "# moved\nclusterName: other\n" + kafka;
  auto other_brokers = kafka;
  other_brokers.replace(other_brokers.find("b:2"), 3, "b:3");
  auto other_secret = kafka;
  other_secret.replace(other_secret.find(": x"), 3, ": y");

  EXPECT_TRUE(load(kafka).value() == load(same).value());
  EXPECT_FALSE(load(kafka).value() == load(other_brokers).value());
  EXPECT_FALSE(load(kafka).value() == load(other_secret).value());
  EXPECT_FALSE(load(kafka).value() == load("").value());
  EXPECT_FALSE(load("bus: {retention: {age: 1d}}").value() == load("").value());
  EXPECT_TRUE(load("bus: {retention: {age: 7d}}").value() == load("").value());
}

TEST_F(BusSections, WarnOfWhatHasNoEffect) {
  base::yaml::Problems problems;
  base::yaml::Node root = base::yaml::parse(
      "type: kafka\nkafka: {bootstrap_servers: 'b:9092', spool_max_bytes: 16777216}\nretention: {age: 1d}\n",
      base::yaml::process_environment(), problems);

  app::read_bus_section(root, problems);

  EXPECT_FALSE(problems.has_errors());
  EXPECT_EQ(problems.sorted().size(), 2u);
}

}  // namespace
