// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "enrichers/graph/chart_target.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/graph/promql_tokens.h"
#include "enrichers/graph/resource_chart.h"
#include "net/http/url.h"
#include "tests/unit/enrichers/running_action.h"

namespace {

using enrichers::ItemType;
using enrichers::ResourceType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char kOneSeries[] = R"({"status":"success","data":{"resultType":"matrix","result":[
  {"metric":{"container":"api"},"values":[[1767322800,"0.2"],[1767322815,"0.3"]]}]}})";

std::string vector_of(const std::string& metric, const std::string& value = "1") {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":)" + metric +
         R"(,"value":[1767322800,")" + value + R"("]}]}})";
}
const char kNothing[] = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

class ResourceGraph : public fakes::RunningAction {
 protected:
  ResourceGraph() : RunningAction({{"alertname", "A"}, {"namespace", "shop"}, {"pod", "api-1"}, {"container", "api"}}) {
    http_.answer("/api/v1/query_range", 200, kOneSeries);
  }

  // What was asked, in order.
  std::vector<std::string> queries() const {
    std::vector<std::string> all;
    for (const auto& request : http_.requests) {
      all.emplace_back(net::http::find_parameter(net::http::parse_query(request.body), "query"));
    }
    return all;
  }
};

const std::string kUrl = "prometheus_url: 'http://prom', ";

TEST_F(ResourceGraph, OfAPodsCpuIsInCoresAndCountedOnce) {
  auto result = run(enrichers::alert_graph_enricher_type(), "{" + kUrl + "resource_type: CPU, item_type: Pod}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(chart_of(result.value()).title, "CPU of pod shop/api-1");
  EXPECT_EQ(chart_of(result.value()).unit, base::Unit::kMillicores);
  EXPECT_EQ(chart_of(result.value()).markers.size(), 1u);
  EXPECT_THAT(queries(), ElementsAre("sum by (pod) (max by (pod, container) (rate(container_cpu_usage_seconds_total{"
                                     "namespace=\"shop\",pod=\"api-1\",container!=\"\",container!=\"POD\"}[5m])))"));
}

TEST_F(ResourceGraph, OfAContainersMemoryIsInBytes) {
  auto result =
      run(enrichers::alert_graph_enricher_type(), "{" + kUrl + "resource_type: Memory, item_type: Container}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(chart_of(result.value()).title, "Memory of container api of pod shop/api-1");
  EXPECT_EQ(chart_of(result.value()).unit, base::Unit::kBytes);
  EXPECT_THAT(queries(), ElementsAre("max by (container) (container_memory_working_set_bytes{namespace=\"shop\","
                                     "pod=\"api-1\",container=\"api\"})"));
}

TEST_F(ResourceGraph, OfANodeFindsItsExporterByTheNodesName) {
  label("node", "node-1");
  http_.answer("/api/v1/query", 200, vector_of(R"({"nodename":"node-1","instance":"10.0.0.5:9100"})"));

  auto result = run(enrichers::node_graph_enricher_type(), "{" + kUrl + "resource_type: Disk}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(chart_of(result.value()).title, "Disk of node node-1");
  EXPECT_EQ(chart_of(result.value()).unit, base::Unit::kPercent);
  EXPECT_THAT(queries().at(1), HasSubstr("instance=~\"10\\\\.0\\\\.0\\\\.5:9100\""));
}

TEST_F(ResourceGraph, OfANodeTakesTheAddressThatKubeStateMetricsKnows) {
  label("node", "node-1");
  http_.answer("/api/v1/query", 200, vector_of(R"({"node":"node-1","internal_ip":"fd00::5","instance":"ksm:8080"})"));

  auto result = run(enrichers::node_graph_enricher_type(), "{" + kUrl + "resource_type: CPU}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(queries().at(1), HasSubstr("instance=~\"\\\\[?fd00::5\\\\]?(:[0-9]+)?\""));
}

TEST_F(ResourceGraph, OfANodeThatNothingIsKnownOfTriesItsNameAsInstance) {
  label("node", "node-1");
  http_.answer("/api/v1/query", 200, kNothing);

  ASSERT_TRUE(run(enrichers::node_graph_enricher_type(), "{" + kUrl + "resource_type: Memory}"));

  EXPECT_THAT(queries().at(1), HasSubstr("instance=~\"node-1(:[0-9]+)?\""));
}

TEST_F(ResourceGraph, OfTheNodeOfAPodAsksWhereThePodRuns) {
  http_.answer("/api/v1/query", 200, vector_of(R"({"node":"node-7","nodename":"node-7","instance":"i"})"));

  auto result = run(enrichers::pod_node_graph_enricher_type(), "{" + kUrl + "resource_type: CPU}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(chart_of(result.value()).title, "CPU of node node-7");
  EXPECT_EQ(queries().at(0), "last_over_time(kube_pod_info{namespace=\"shop\",pod=\"api-1\",node!=\"\"}[1h])");
}

TEST_F(ResourceGraph, OfAPodShowsItsLimitsInTheUnitOfTheChart) {
  http_.answer("/api/v1/query", 200, vector_of(R"({"container":"api"})", "0.5"));

  auto result = run(enrichers::pod_graph_enricher_type(), "{" + kUrl + "resource_type: CPU, display_limits: true}");

  ASSERT_TRUE(result) << result.error().message;
  using Kind = base::ReferenceLine::Kind;
  EXPECT_THAT(chart_of(result.value()).lines, ElementsAre(base::ReferenceLine{Kind::kLimit, "limit", 0.5},
                                                          base::ReferenceLine{Kind::kRequest, "request", 0.5}));
}

TEST_F(ResourceGraph, GoesOutWithoutLimitsThatCantBeHad) {
  http_.answer("/api/v1/query", 503, "overloaded");

  auto result = run(enrichers::pod_graph_enricher_type(), "{" + kUrl + "resource_type: Memory, display_limits: true}");

  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result.value().missing.size(), 1u);
  EXPECT_THAT(result.value().missing[0].message, HasSubstr("limits"));
}

TEST_F(ResourceGraph, OfAKilledContainerAsksWhichOneItWas) {
  label("container", "");
  http_.answer("/api/v1/query", 200, vector_of(R"({"container":"worker"})", "1000"));

  auto result = run(enrichers::oomkilled_container_graph_enricher_type(), "{" + kUrl + "resource_type: Memory}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(chart_of(result.value()).title, "Memory of container worker of pod shop/api-1");
  EXPECT_EQ(chart_of(result.value()).lines.size(), 2u);
}

TEST_F(ResourceGraph, NoLabelCanChangeTheQuery) {
  const std::string hostile = "a\"} or up{x=\"\\\n";
  for (const char* name : {"namespace", "pod", "container", "node"}) label(name, hostile);
  http_.answer("/api/v1/query", 200, vector_of(R"({"nodename":"n","instance":".*|\"} or up"})"));
  for (const char* resource : {"CPU", "Memory"}) {
    for (const char* item : {"Pod", "Container", "Node"}) {
      http_.requests.clear();
      auto result = run(enrichers::alert_graph_enricher_type(),
                        "{" + kUrl + "resource_type: " + resource + ", item_type: " + item + "}");

      ASSERT_TRUE(result) << result.error().message;
      for (const std::string& query : queries()) {
        EXPECT_EQ(query.find('\n'), std::string::npos) << query;
        for (const auto& token : enrichers::promql::tokens(query)) EXPECT_NE(token.text, "up") << query;
      }
    }
  }
}

TEST_F(ResourceGraph, UsesTheUsersQueryWhereThereIsOne) {
  label("node", "node-1");
  http_.answer("/api/v1/query", 200, vector_of(R"({"node":"node-1","internal_ip":"10.0.0.5"})"));
  const std::string overrides =
      "prometheus_graphs_overrides: [{resource_type: CPU, item_type: Node, values_format: Plain, "
      "query: 'mine{instance=~\"$node_internal_ip:[0-9]+\", pod=\"$pod\"}'}]";

  auto result = run(enrichers::node_graph_enricher_type(), "{" + kUrl + "resource_type: CPU, " + overrides + "}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(queries().at(1), "mine{instance=~\"10\\\\.0\\\\.0\\\\.5:[0-9]+\", pod=\"api-1\"}");
  EXPECT_EQ(chart_of(result.value()).unit, base::Unit::kPlain);
}

TEST_F(ResourceGraph, SaysWhichLabelsAnAlertLacks) {
  set([] {
    schemas::Alert alert;
    alert.labels = {{"alertname", "A"}, {"pod", "kube-state-metrics-0"}, {"namespace", "monitoring"}};
    return alert;
  }());
  auto pod = run(enrichers::pod_graph_enricher_type(), "{" + kUrl + "resource_type: CPU}");
  auto node = run(enrichers::node_graph_enricher_type(), "{" + kUrl + "resource_type: CPU}");

  ASSERT_FALSE(pod || node);
  EXPECT_EQ(pod.error().message, "the alert has no labels `namespace` and `pod`");
  EXPECT_EQ(node.error().message, "the alert has no labels `node` and `instance`");
}

TEST_F(ResourceGraph, RefusesTheDiskOfAPod) {
  EXPECT_THAT(
      problems(enrichers::pod_graph_enricher_type(), "{resource_type: Disk}"),
      ElementsAre("1:1: error: pod_graph_enricher: Disk is known of nodes only; prometheus_graphs_overrides can "
                  "add one"));
  EXPECT_THAT(problems(enrichers::alert_graph_enricher_type(), "{resource_type: Disk, item_type: Node}"),
              ElementsAre());
}

TEST_F(ResourceGraph, SendsTenantAndAuthorization) {
  ASSERT_TRUE(run(enrichers::alert_graph_enricher_type(),
                  "{prometheus_url: 'mimir/prometheus', resource_type: CPU, item_type: Pod, "
                  "prometheus_auth: 'Basic dTpw', prometheus_additional_headers: {X-Scope-OrgID: team-a}, "
                  "prometheus_access: {ca_file: /dev/null, bearer_token: unused}}"));

  EXPECT_EQ(http_.requests.at(0).url, "http://mimir/prometheus/api/v1/query_range");
  const net::http::Access& access = http_.accesses.at(0);
  EXPECT_THAT(access.headers,
              ElementsAre(std::pair("X-Scope-OrgID", "team-a"), std::pair("Authorization", "Basic dTpw")));
  EXPECT_EQ(access.ca_file, "/dev/null");
  EXPECT_TRUE(access.bearer_token.empty());
}

TEST(ChartTarget, TakesLabelsAsTheSeriesHadThem) {
  schemas::Alert alert;
  alert.labels = {{"exported_namespace", "shop"},  {"namespace", "monitoring"},   {"exported_pod", "api-1"},
                  {"pod", "kube-state-metrics-0"}, {"instance", "10.0.0.9:8080"}, {"job", "kube-state-metrics"}};

  auto target = enrichers::target_of(alert);

  EXPECT_EQ(target.name_space, "shop");
  EXPECT_EQ(target.pod, "api-1");
  EXPECT_EQ(target.host, "");
}

TEST(ChartTarget, ReadsHostsWithAndWithoutPorts) {
  auto host = [](const char* instance) {
    schemas::Alert alert;
    alert.labels = {{"instance", instance}};
    return enrichers::target_of(alert).host;
  };
  EXPECT_EQ(host("10.0.0.1:9100"), "10.0.0.1");
  EXPECT_EQ(host("node-1"), "node-1");
  EXPECT_EQ(host("[fd00::1]:9100"), "fd00::1");
  EXPECT_EQ(host("fd00::1"), "fd00::1");
  EXPECT_EQ(host(""), "");
}

}  // namespace
