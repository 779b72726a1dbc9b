// SPDX-License-Identifier: Apache-2.0
#include "tests/acceptance/late_prometheus.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/time.h"
#include "tests/acceptance/alert_bodies.h"
#include "tests/harness/eventually.h"

namespace acceptance {

using nlohmann::json;

namespace {

base::Time now() { return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now()); }

std::string a_series() {
  json values = json::array();
  for (int minute = 30; minute > 0; --minute) {
    values.push_back({base::to_unix_seconds(now() - std::chrono::minutes(minute)), std::to_string(minute)});
  }
  json result = {{{"metric", {{"job", "victim"}}}, {"values", values}}};
  return json{{"status", "success"}, {"data", {{"resultType", "matrix"}, {"result", result}}}}.dump();
}

}  // namespace

LatePrometheus::LatePrometheus() {
  prometheus_.answer_with(200, a_series());
  prometheus_.hold_back(true);
}

std::string LatePrometheus::config() const {
  return R"(clusterName: acceptance
globalConfig: {prometheus_url: ")" +
         prometheus_.url("") + R"("}
playbooks: {action_deadline: 0.5, event_deadline: 1, late_deadline: 600}
customPlaybooks:
  - stop: true  # The built-in ones ask Prometheus too.
    triggers: [on_prometheus_alert: {}]
    actions:
      - default_enricher: {}
      - custom_graph_enricher: {promql_query: up}
sinksConfig:
  - webhook_sink: {name: receiver, url: ")" +
         webhook_.url("/hook") + "\"}\n";
}

bool LatePrometheus::fire(const Tocsin& tocsin) {
  json made = alert("a1");
  made["startsAt"] = base::to_rfc3339(now());
  return tocsin.post_alerts(body_of({made})).is_success();
}

std::vector<json> LatePrometheus::told(const std::string& state) const {
  std::vector<json> found;
  std::set<std::string> ids;
  for (const auto& request : webhook_.received()) {
    json transition = transition_of(request);
    bool is_new = ids.insert(transition.value("id", "")).second;
    if (is_new && transition.value("state", "") == state) found.push_back(std::move(transition));
  }
  return found;
}

json LatePrometheus::first(const std::string& state, const Tocsin& tocsin) const {
  harness::eventually(kGenerous, [&] { return !told(state).empty(); });
  auto all = told(state);
  EXPECT_FALSE(all.empty()) << state << "\n" << tocsin.log();
  return all.empty() ? json() : all[0];
}

void LatePrometheus::expect_to_follow(const json& late, const json& opened) const {
  EXPECT_EQ(late["finding"].value("follows", ""), opened["finding"].value("id", "?"));
  EXPECT_EQ(late["incident"].value("id", ""), opened["incident"].value("id", "?"));
  EXPECT_EQ(late["incident"].value("count", 0), 1);
  ASSERT_EQ(late["finding"]["enrichments"].size(), 1U);
  EXPECT_EQ(late["finding"]["enrichments"][0].value("type", ""), "graph");
  EXPECT_EQ(told("opened").size(), 1U);
  EXPECT_EQ(told("updated").size(), 1U);
}

}  // namespace acceptance
