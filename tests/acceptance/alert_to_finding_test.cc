// SPDX-License-Identifier: Apache-2.0
// A rule of a real Prometheus fires through a real Alertmanager into a finding that carries a graph, and resolves.
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/servers.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {
namespace {

using nlohmann::json;

std::string config(const harness::HttpReceiver& receiver, const Prometheus& prometheus) {
  return R"(clusterName: acceptance
globalConfig:
  prometheus_url: )" +
         prometheus.url() + R"(
customPlaybooks:
  - name: every alert with its graph
    triggers:
      - on_prometheus_alert: {}
    actions:
      - default_enricher: {}
      - graph_enricher: {}
sinksConfig:
  - webhook_sink:
      name: receiver
      size_limit: 1048576
      url: )" +
         receiver.url("/hook") + "\n";
}

// The first transition of VictimDown in this state, or null.
json find_transition(const std::vector<harness::Received>& received, const std::string& state) {
  for (const harness::Received& request : received) {
    json transition = transition_of(request);
    if (transition.value("state", "") == state) return transition;
  }
  return {};
}

json chart_of(const json& finding) {
  for (const json& enrichment : finding.value("enrichments", json::array())) {
    for (const json& block : enrichment.at("blocks")) {
      if (block.at("type") == "chart") return block.at("chart");
    }
  }
  return {};
}

bool links_to_expression(const json& finding) {
  for (const json& link : finding.value("links", json::array())) {
    if (link.at("url").get<std::string>().find("g0.expr=up") != std::string::npos) return true;
  }
  return false;
}

TEST(AlertToFinding, ARealRuleFiresArrivesWithItsGraphAndResolves) {
  if (!what_is_missing().empty()) GTEST_SKIP() << what_is_missing();
  // The cast, each knowing the next. tocsin has to know Prometheus and Alertmanager has to know tocsin, so its
  // configuration comes last.
  harness::HttpReceiver receiver;
  Tocsin tocsin("");
  auto victim = std::make_unique<harness::HttpReceiver>();
  victim->answer_with(200, "victim_is_well 1\n");
  std::uint16_t victim_port = victim->port();
  Alertmanager alertmanager("http://127.0.0.1:" + std::to_string(tocsin.port()) + "/api/alerts");
  Prometheus prometheus(victim_port, alertmanager.port());
  tocsin.write_config(config(receiver, prometheus));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return alertmanager.is_ready(); })) << alertmanager.log();
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return prometheus.is_ready(); })) << prometheus.log();

  // All is well for a while: the series exists.
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return prometheus.has_result("up==1"); })) << prometheus.log();
  EXPECT_TRUE(receiver.received().empty());

  // The victim dies.
  victim.reset();
  ASSERT_TRUE(receiver.wait_until(kGenerous, [](const auto& r) { return !find_transition(r, "opened").is_null(); }))
      << tocsin.log() << alertmanager.log();
  json opened = find_transition(receiver.received(), "opened");
  EXPECT_EQ(opened.at("schema"), "tocsin.transition/1");
  const json& finding = opened.at("finding");
  EXPECT_EQ(finding.at("subject").at("labels").at("alertname"), "VictimDown") << finding.dump(1);
  EXPECT_EQ(finding.at("subject").at("labels").at("job"), "victim");
  EXPECT_EQ(finding.at("severity"), "CRITICAL");
  EXPECT_TRUE(links_to_expression(finding)) << finding.at("links").dump(1);
  json chart = chart_of(finding);
  ASSERT_FALSE(chart.is_null()) << finding.dump(1);
  ASSERT_FALSE(chart.at("series").empty()) << chart.dump(1);
  EXPECT_FALSE(chart.at("series").at(0).at("samples").empty());

  // It comes back.
  victim = std::make_unique<harness::HttpReceiver>(victim_port);
  victim->answer_with(200, "victim_is_well 1\n");
  ASSERT_TRUE(receiver.wait_until(kGenerous, [](const auto& r) { return !find_transition(r, "resolved").is_null(); }))
      << tocsin.log() << alertmanager.log();
  json resolved = find_transition(receiver.received(), "resolved");
  EXPECT_EQ(resolved.at("incident").at("id"), opened.at("incident").at("id"));
  EXPECT_EQ(resolved.at("incident").at("open"), false);

  auto end = tocsin.stop();
  ASSERT_TRUE(end) << tocsin.log();
  EXPECT_TRUE(end->is_success()) << tocsin.log();
  EXPECT_EQ(tocsin.ledger().at("difference"), 0) << tocsin.ledger().dump(1);
}

}  // namespace
}  // namespace acceptance
