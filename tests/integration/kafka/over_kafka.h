// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/acceptance/outcomes.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/kafka_cluster.h"
#include "tests/integration/kafka/load.h"

namespace acceptance {

// Whether the long forms were asked for: `make soak` sets TOCSIN_SOAK.
bool is_soak();

// The section `bus` of a configuration over Kafka. `more` goes into its section kafka: lines indented by four spaces.
std::string bus_over(const std::string& bootstrap_servers, const std::string& prefix, const std::string& more = {});

// A configuration over Kafka that sends every transition to each of the urls, by sinks named receiver, receiver2, ...
std::string config_over(const std::string& bootstrap_servers, const std::string& prefix,
                        const std::vector<std::string>& urls, const std::string& more = {});
inline std::string config_over(const harness::KafkaCluster& kafka, const std::string& prefix,
                               const std::vector<std::string>& urls, const std::string& more = {}) {
  return config_over(kafka.bootstrap_servers(), prefix, urls, more);
}

// What is in the way of a test over Kafka: skips by name where Kafka can't be had.
class OverKafka : public ::testing::Test {
 protected:
  // How long a test waits for work that takes seconds on a quiet machine, failovers included.
  static std::chrono::seconds patience() { return std::chrono::seconds(is_soak() ? 900 : 180); }

  void SetUp() override;
  // One broker that all tests share that leave it alone, each with a prefix of its own.
  static harness::KafkaCluster& shared();

  // Starts them all and waits until all are ready.
  static void start(const std::vector<Tocsin*>& replicas);
  // Waits until everything that the load got accepted has been told, and nothing is pending in the ledger; fails the
  // test, saying how far it got, if that does not come.
  static void await_told(const Load& load, const std::vector<Outcomes*>& outcomes, const Tocsin& any);
  // Each alert opened and resolved once at each receiver, and both sums of the ledger come out.
  static void expect_balance(const Load& load, const std::vector<Outcomes*>& outcomes, const Tocsin& any);
};

}  // namespace acceptance
