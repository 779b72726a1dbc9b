// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka/over_kafka.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

std::size_t outcome(const nlohmann::json& ledger, const char* account, const char* name) {
  nlohmann::json::json_pointer path("/" + std::string(account) + "/outcomes/" + name + "/total");
  return ledger.value(path, std::size_t{0});
}

}  // namespace

bool is_soak() { return std::getenv("TOCSIN_SOAK") != nullptr; }

std::string bus_over(const std::string& bootstrap_servers, const std::string& prefix, const std::string& more) {
  return "bus:\n  type: kafka\n  kafka:\n    bootstrap_servers: '" + bootstrap_servers +
         "'\n    topic_prefix: " + prefix + "\n    partitions: 6\n" + more;
}

std::string config_over(const std::string& bootstrap_servers, const std::string& prefix,
                        const std::vector<std::string>& urls, const std::string& more) {
  std::string config = bus_over(bootstrap_servers, prefix, more) + config_with_webhook(urls[0]);
  for (std::size_t i = 1; i < urls.size(); ++i) {
    config += "  - webhook_sink:\n      name: receiver" + std::to_string(i + 1) + "\n      url: " + urls[i] + "\n";
  }
  return config;
}

void OverKafka::SetUp() {
  if (auto missing = harness::KafkaCluster::what_is_missing(); !missing.empty()) GTEST_SKIP() << missing;
}

harness::KafkaCluster& OverKafka::shared() {
  static harness::KafkaCluster kafka;
  return kafka;
}

void OverKafka::start(const std::vector<Tocsin*>& replicas) {
  for (Tocsin* replica : replicas) replica->launch();
  for (Tocsin* replica : replicas) {
    ASSERT_TRUE(harness::eventually(patience(), [&] { return replica->is_ready() || replica->exit(); }))
        << replica->readiness().body << replica->log();
    ASSERT_FALSE(replica->exit()) << replica->log();
  }
}

void OverKafka::await_told(const Load& load, const std::vector<Outcomes*>& outcomes, const Tocsin& any) {
  auto all_told = [&] {
    bool all = true;
    for (Outcomes* outcome : outcomes) {
      outcome->update();
      all = all && outcome->opened() >= load.fired().size() && outcome->resolved() >= load.resolved().size();
    }
    return all;
  };
  bool told = harness::eventually(patience(), all_told);
  for (const Outcomes* outcome : outcomes) {
    if (told) break;
    ADD_FAILURE() << outcome->opened() << " of " << load.fired().size() << " opened, " << outcome->resolved() << " of "
                  << load.resolved().size() << " resolved\n"
                  << any.readiness().body;
  }
  // Receipts are written after the deliveries that they are for.
  nlohmann::json ledger;
  bool settled = harness::eventually(patience(), [&] {
    ledger = any.ledger();
    return ledger.is_object() && outcome(ledger, "events", "pending") == 0 &&
           outcome(ledger, "deliveries", "pending") == 0;
  });
  EXPECT_TRUE(settled) << ledger.dump(1);
}

void OverKafka::expect_balance(const Load& load, const std::vector<Outcomes*>& outcomes, const Tocsin& any) {
  nlohmann::json ledger = any.ledger();
  EXPECT_EQ(ledger.value("difference", -1), 0) << ledger.dump(1);
  std::size_t deliveries = 0;
  for (Outcomes* outcome : outcomes) {
    outcome->update();
    expect_told_once(load.fired(), "opened", *outcome);
    expect_told_once(load.resolved(), "resolved", *outcome);
    EXPECT_EQ(outcome->changed(), 0);
    deliveries += outcome->deliveries();
  }
  EXPECT_EQ(outcome(ledger, "deliveries", "delivered"), deliveries) << ledger.dump(1);
}

}  // namespace acceptance
