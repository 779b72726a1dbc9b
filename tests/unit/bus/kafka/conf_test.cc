// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/conf.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <string>

namespace bus::kafka {
namespace {

std::string in(const Conf& conf, const char* property) {
  std::array<char, 128> text{};
  std::size_t size = text.size();
  EXPECT_EQ(rd_kafka_conf_get(conf.get(), property, text.data(), &size), RD_KAFKA_CONF_OK);
  return text.data();
}

std::string rebalance_timeout(const GroupOptions& options) {
  auto conf = conf_of(options);
  EXPECT_TRUE(conf) << conf.error().message;
  return in(conf.value(), "max.poll.interval.ms");
}

TEST(GroupConf, BoundsARebalanceByTheSession) {
  GroupOptions options{.client = {}, .group = "g", .instance = ""};
  EXPECT_EQ(rebalance_timeout(options), "32000");
  options.session_timeout = std::chrono::seconds(10);
  EXPECT_EQ(rebalance_timeout(options), "40000");
}

TEST(GroupConf, TakesWhatTheUserSays) {
  GroupOptions options{.client = {}, .group = "g", .instance = ""};
  options.client.properties.insert_or_assign("session.timeout.ms", base::Secret("60000"));
  EXPECT_EQ(rebalance_timeout(options), "240000");
  options.client.properties.insert_or_assign("max.poll.interval.ms", base::Secret("90000"));
  EXPECT_EQ(rebalance_timeout(options), "90000");
}

}  // namespace
}  // namespace bus::kafka
