// SPDX-License-Identifier: Apache-2.0
// A Prometheus that is slower than a finding can wait.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/time.h"
#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {
namespace {

using nlohmann::json;

base::Time now() { return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now()); }

std::string a_series() {
  json values = json::array();
  for (int minute = 30; minute > 0; --minute) {
    values.push_back({base::to_unix_seconds(now() - std::chrono::minutes(minute)), std::to_string(minute)});
  }
  json result = {{{"metric", {{"job", "victim"}}}, {"values", values}}};
  return json{{"status", "success"}, {"data", {{"resultType", "matrix"}, {"result", result}}}}.dump();
}

struct LateEvidence : testing::Test {
  LateEvidence()
      : tocsin(R"(clusterName: acceptance
globalConfig: {prometheus_url: ")" +
               prometheus.url("") + R"("}
playbooks: {action_deadline: 0.5, event_deadline: 1, late_deadline: 600}
customPlaybooks:
  - stop: true  # The built-in ones ask Prometheus too.
    triggers: [on_prometheus_alert: {}]
    actions:
      - default_enricher: {}
      - custom_graph_enricher: {promql_query: up}
sinksConfig:
  - webhook_sink: {name: receiver, url: ")" +
               receiver.url("/hook") + "\"}\n") {
    prometheus.answer_with(200, a_series());
    prometheus.hold_back(true);
  }

  bool fire() const {
    json made = alert("a1");
    made["startsAt"] = base::to_rfc3339(now());
    return tocsin.post_alerts(body_of({made})).is_success();
  }
  // What the sink was told in this state; a kill may repeat a delivery.
  std::vector<json> told(const std::string& state) const {
    std::vector<json> found;
    std::set<std::string> ids;
    for (const auto& request : receiver.received()) {
      json transition = transition_of(request);
      bool is_new = ids.insert(transition.value("id", "")).second;
      if (is_new && transition.value("state", "") == state) found.push_back(std::move(transition));
    }
    return found;
  }
  // Waits for it.
  json first(const std::string& state) const {
    harness::eventually(kGenerous, [&] { return !told(state).empty(); });
    auto all = told(state);
    EXPECT_FALSE(all.empty()) << state << "\n" << tocsin.log();
    return all.empty() ? json() : all[0];
  }
  void expect_to_follow(const json& late, const json& opened) {
    EXPECT_EQ(late["finding"].value("follows", ""), opened["finding"].value("id", "?"));
    EXPECT_EQ(late["incident"].value("id", ""), opened["incident"].value("id", "?"));
    EXPECT_EQ(late["incident"].value("count", 0), 1);
    ASSERT_EQ(late["finding"]["enrichments"].size(), 1U);
    EXPECT_EQ(late["finding"]["enrichments"][0].value("type", ""), "graph");
    EXPECT_EQ(told("opened").size(), 1U);
    EXPECT_EQ(told("updated").size(), 1U);
  }

  harness::HttpReceiver prometheus;
  harness::HttpReceiver receiver;
  Tocsin tocsin;
};

TEST_F(LateEvidence, FollowsItsFindingAsAnUpdate) {
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  ASSERT_TRUE(fire());
  json opened = first("opened");
  ASSERT_EQ(opened["finding"]["missing"].size(), 1U) << opened.dump(1);
  EXPECT_NE(opened["finding"]["missing"][0].value("message", "").find("follows"), std::string::npos);
  EXPECT_EQ(opened["finding"]["enrichments"].size(), 1U);

  prometheus.hold_back(false);

  json late = first("updated");
  expect_to_follow(late, opened);
  // The question was not asked twice.
  EXPECT_EQ(prometheus.received().size(), 1U);
  json explained = tocsin.look({"explain", opened["finding"]["event_id"]});
  ASSERT_EQ(explained["follow_ups"].size(), 1U) << explained.dump(1);
  EXPECT_EQ(explained["follow_ups"][0]["finding_id"], late["finding"]["id"]);
  EXPECT_EQ(tocsin.ledger().at("difference"), 0) << tocsin.ledger().dump(1);
}

TEST_F(LateEvidence, FollowsAlsoAfterAKill) {
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  ASSERT_TRUE(fire());
  json opened = first("opened");

  tocsin.crash();
  prometheus.hold_back(false);
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  expect_to_follow(first("updated"), opened);
  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return tocsin.ledger().at("difference") == 0; }))
      << tocsin.ledger().dump(1);
}

}  // namespace
}  // namespace acceptance
