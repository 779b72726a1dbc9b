// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/properties.h"

#include <gtest/gtest.h>

namespace bus::kafka {
namespace {

Properties with(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  Properties properties;
  for (const auto& [name, value] : pairs) properties.emplace(name, base::Secret(value));
  return properties;
}

std::string only_problem(const Properties& properties) {
  auto problems = check_properties(properties);
  return problems.size() == 1 ? problems[0].name + ": " + problems[0].text
                              : std::to_string(problems.size()) + " problems";
}

TEST(KafkaProperties, TakesSecurityAndTuningOfEveryKind) {
  auto properties = with({{"security.protocol", "sasl_ssl"},
                          {"sasl.mechanisms", "SCRAM-SHA-512"},
                          {"sasl.username", "tocsin"},
                          {"sasl.password", "hush"},
                          {"ssl.ca.location", "/not/there.pem"},
                          {"socket.timeout.ms", "20000"},
                          {"session.timeout.ms", "10000"},
                          {"compression.level", "3"},
                          {"client.rack", "a"},
                          {"debug", "broker,cgrp"}});

  for (const auto& problem : check_properties(properties)) ADD_FAILURE() << problem.name << ": " << problem.text;
}

TEST(KafkaProperties, NamesTheNearestForATypo) {
  EXPECT_EQ(only_problem(with({{"securty.protocol", "ssl"}})),
            "securty.protocol: librdkafka has no such property: did you mean 'security.protocol'?");
}

TEST(KafkaProperties, RefusesWhatLibrdkafkaNeverHeardOf) {
  EXPECT_EQ(only_problem(with({{"key.serializer", "x"}})), "key.serializer: librdkafka has no such property");
}

TEST(KafkaProperties, RefusesAWrongValueInLibrdkafkasWords) {
  std::string problem = only_problem(with({{"security.protocol", "carrier-pigeon"}}));

  EXPECT_NE(problem.find("Invalid value \"carrier-pigeon\""), std::string::npos) << problem;
}

TEST(KafkaProperties, RefusesAWrongNumberWithItsRange) {
  std::string problem = only_problem(with({{"socket.timeout.ms", "1"}}));

  EXPECT_NE(problem.find("outside allowed range 10..300000"), std::string::npos) << problem;
}

TEST(KafkaProperties, KeepsWhatTheGuaranteesNeed) {
  for (const char* name : {"enable.idempotence",
                           "acks",
                           "request.required.acks",
                           "max.in.flight",
                           "max.in.flight.requests.per.connection",
                           "message.send.max.retries",
                           "retries",
                           "queuing.strategy",
                           "enable.gapless.guarantee",
                           "delivery.report.only.error",
                           "enable.auto.commit",
                           "enable.auto.offset.store",
                           "group.id",
                           "group.instance.id",
                           "partitioner",
                           "message.timeout.ms",
                           "delivery.timeout.ms",
                           "bootstrap.servers",
                           "partition.assignment.strategy",
                           "transactional.id",
                           "statistics.interval.ms",
                           "plugin.library.paths",
                           "test.mock.num.brokers"}) {
    std::string problem = only_problem(with({{name, "1"}}));
    EXPECT_TRUE(problem.starts_with(std::string(name) + ": can't be set: ")) << problem;
  }
}

TEST(KafkaProperties, ReportsAllProblemsAtOnce) {
  EXPECT_EQ(check_properties(with({{"acks", "1"}, {"nonsense", "1"}, {"client.rack", "a"}, {"debug", "b"}})).size(),
            3u);
}

TEST(KafkaProperties, ShowsNoSecretInAnError) {
  auto problems =
      check_properties(with({{"sasl.password", ""}, {"ssl.key.pem", "hush"}, {"ssl.key.password", "hush"}}));

  for (const auto& problem : problems) EXPECT_EQ(problem.text.find("hush"), std::string::npos) << problem.text;
  EXPECT_TRUE(holds_secret("sasl.password"));
  EXPECT_TRUE(holds_secret("ssl.keystore.password"));
  EXPECT_TRUE(holds_secret("sasl.oauthbearer.client.secret"));
  EXPECT_FALSE(holds_secret("sasl.username"));
}

TEST(KafkaProperties, TogetherNeedCompleteCredentials) {
  auto complete = with({{"security.protocol", "sasl_plaintext"},
                        {"sasl.mechanisms", "PLAIN"},
                        {"sasl.username", "u"},
                        {"sasl.password", "p"}});
  auto nameless = with({{"security.protocol", "sasl_plaintext"}, {"sasl.mechanisms", "PLAIN"}});

  EXPECT_TRUE(check_properties_together(complete));
  auto refused = check_properties_together(nameless);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, base::Reason::kBadRequest);
  EXPECT_NE(refused.error().message.find("sasl.username"), std::string::npos) << refused.error().message;
}

TEST(KafkaProperties, ScramIsDoubtedWhereTheLibraryCanNotDoItRight) {
  auto scram = with({{"sasl.mechanism", "SCRAM-SHA-512"}});

  auto doubts = doubt_properties(scram, 0x020000ff);
  ASSERT_EQ(doubts.size(), 1u);
  EXPECT_EQ(doubts[0].name, "sasl.mechanism");
  EXPECT_NE(doubts[0].text.find("3.9 and later"), std::string::npos) << doubts[0].text;
  EXPECT_TRUE(doubt_properties(scram, 0x020601ff).empty());
  EXPECT_TRUE(doubt_properties(with({{"sasl.mechanism", "PLAIN"}}), 0x020000ff).empty());
}

TEST(KafkaProperties, TogetherNeedATokenWhereTheMechanismDoes) {
  auto needs = [](const std::string& name, const std::string& value) {
    auto properties = with({{"security.protocol", "sasl_plaintext"}, {"sasl.mechanism", "OAUTHBEARER"}, {name, value}});
    auto checked = check_properties_together(properties);
    return checked ? std::string() : checked.error().message;
  };

  EXPECT_EQ(needs("enable.sasl.oauthbearer.unsecure.jwt", "true"), "");
  EXPECT_EQ(needs("client.rack", "a"), "OAUTHBEARER needs a token: write sasl.oauthbearer.config: token_file=PATH");
  EXPECT_TRUE(needs("sasl.oauthbearer.config", "token_file=/not/there").starts_with("/not/there: "));
}

TEST(KafkaProperties, TogetherNeedTheFilesTheyName) {
  auto refused = check_properties_together(with({{"security.protocol", "ssl"}, {"ssl.ca.location", "/not/there.pem"}}));

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("ssl.ca.location"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace bus::kafka
