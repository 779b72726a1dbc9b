// SPDX-License-Identifier: Apache-2.0
// A Prometheus that is slower than a finding can wait.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/late_prometheus.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

using nlohmann::json;

struct LateEvidence : testing::Test {
  LatePrometheus prometheus;
  Tocsin tocsin{prometheus.config()};
};

TEST_F(LateEvidence, FollowsItsFindingAsAnUpdate) {
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  ASSERT_TRUE(prometheus.fire(tocsin));
  json opened = prometheus.first("opened", tocsin);
  ASSERT_EQ(opened["finding"]["missing"].size(), 1U) << opened.dump(1);
  EXPECT_NE(opened["finding"]["missing"][0].value("message", "").find("follows"), std::string::npos);
  EXPECT_EQ(opened["finding"]["enrichments"].size(), 1U);

  prometheus.answer();

  json late = prometheus.first("updated", tocsin);
  prometheus.expect_to_follow(late, opened);
  EXPECT_EQ(prometheus.questions(), 1U);
  json explained = tocsin.look({"explain", opened["finding"]["event_id"]});
  ASSERT_EQ(explained["follow_ups"].size(), 1U) << explained.dump(1);
  EXPECT_EQ(explained["follow_ups"][0]["finding_id"], late["finding"]["id"]);
  EXPECT_EQ(tocsin.ledger().at("difference"), 0) << tocsin.ledger().dump(1);
}

TEST_F(LateEvidence, FollowsAlsoAfterAKill) {
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  ASSERT_TRUE(prometheus.fire(tocsin));
  json opened = prometheus.first("opened", tocsin);

  tocsin.crash();
  prometheus.answer();
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  prometheus.expect_to_follow(prometheus.first("updated", tocsin), opened);
  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return tocsin.ledger().at("difference") == 0; }))
      << tocsin.ledger().dump(1);
}

}  // namespace
}  // namespace acceptance
