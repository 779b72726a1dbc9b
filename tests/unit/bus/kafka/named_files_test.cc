// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/named_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bus::kafka {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> paths(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  Properties properties;
  for (const auto& [name, value] : pairs) properties.emplace(name, base::Secret(value));
  std::vector<std::string> found;
  for (const auto& file : named_files(properties)) found.push_back(file.property + "=" + file.path);
  return found;
}

TEST(KafkaNamedFiles, AreThoseOfTls) {
  EXPECT_THAT(paths({{"security.protocol", "SASL_SSL"},
                     {"ssl.ca.location", "/ca.pem"},
                     {"ssl.key.location", "/key.pem"},
                     {"ssl.key.password", "hush"}}),
              ElementsAre("ssl.ca.location=/ca.pem", "ssl.key.location=/key.pem"));
}

TEST(KafkaNamedFiles, AreNotReadWithoutTls) {
  EXPECT_THAT(paths({{"security.protocol", "plaintext"}, {"ssl.ca.location", "/ca.pem"}}), IsEmpty());
}

TEST(KafkaNamedFiles, AreNoFoldersOfAuthorities) {
  EXPECT_THAT(paths({{"security.protocol", "ssl"}, {"ssl.ca.location", "/"}}), IsEmpty());
  EXPECT_THAT(paths({{"security.protocol", "ssl"}, {"ssl.ca.location", "probe"}}), IsEmpty());
}

TEST(KafkaNamedFiles, HoldTokens) {
  EXPECT_THAT(paths({{"sasl.oauthbearer.config", "token_file=/token"}}), ElementsAre("sasl.oauthbearer.config=/token"));
}

}  // namespace
}  // namespace bus::kafka
