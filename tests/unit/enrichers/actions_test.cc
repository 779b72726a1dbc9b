// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "enrichers/alert/alert_actions.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/silence/silencers.h"
#include "enrichers/text/text_actions.h"
#include "tests/unit/enrichers/running_action.h"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char kGraphUrl[] =
    "http://prom:9090/graph?g0.expr=shop_errors_ratio%7Bdeployment%3D%22checkout%22%7D+%3E+0.05&g0.tab=1";

class Actions : public fakes::RunningAction {
 protected:
  Actions()
      : RunningAction({{"alertname", "ErrorsHigh"},
                       {"namespace", "shop"},
                       {"deployment", "checkout"},
                       {"severity", "critical"},
                       {"team", "U1.U2"}}) {
    event_.alert->annotations = {{"summary", "s"}, {"runbook_url", "https://runbooks.example.com/x"}};
    event_.alert->generator_url = kGraphUrl;
  }
};

TEST_F(Actions, DefaultEnricherShowsLabelsAndLinks) {
  auto result = run(enrichers::default_enricher_type());

  ASSERT_TRUE(result);
  EXPECT_THAT(result.value().links, ElementsAre(schemas::Link{"View Graph", kGraphUrl},
                                                schemas::Link{"Runbook", "https://runbooks.example.com/x"}));
  ASSERT_EQ(result.value().enrichments.size(), 1u);
  EXPECT_EQ(result.value().enrichments[0].type, "alert_labels");
}

TEST_F(Actions, DefaultEnricherLinksOnlyToWhatABrowserOpens) {
  event_.alert->generator_url = "javascript:alert(1)";
  event_.alert->annotations.clear();

  EXPECT_TRUE(run(enrichers::default_enricher_type()).value().links.empty());
}

TEST_F(Actions, DefaultEnricherShowsAnnotationsWhenAsked) {
  auto result = run(enrichers::default_enricher_type(), "alert_annotations_enrichment: true");

  EXPECT_EQ(result.value().enrichments.at(1).type, "alert_annotations");
}

TEST_F(Actions, AlertDefinitionComesFromTheGeneratorUrl) {
  auto result = run(enrichers::alert_definition_enricher_type());

  ASSERT_TRUE(result) << result.error().message;
  auto text = std::get<schemas::MarkdownBlock>(result.value().enrichments.at(0).blocks.at(0)).text;
  EXPECT_THAT(text, HasSubstr("shop_errors_ratio{deployment=\"checkout\"} > 0.05"));
  EXPECT_TRUE(http_.requests.empty());
}

TEST_F(Actions, AlertDefinitionSaysWhyItIsMissing) {
  event_.alert->generator_url = "http://vmalert/vmalert/alert?group_id=1";

  auto result = run(enrichers::alert_definition_enricher_type());

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no prometheus_url is configured"));
}

TEST_F(Actions, AlertDefinitionAsksForTheRuleWithTheAlertsLabels) {
  event_.alert->generator_url.clear();
  http_.answer("/api/v1/rules", 200, R"({"status":"success","data":{"groups":[{"name":"g","rules":[
    {"type":"alerting","name":"ErrorsHigh","query":"other > 1","labels":{"severity":"warning"},"annotations":{},"duration":0},
    {"type":"alerting","name":"ErrorsHigh","query":"mine > 2","labels":{"severity":"critical"},"annotations":{},"duration":0}]}]}})");

  auto result = run(enrichers::alert_definition_enricher_type(), "prometheus_url: http://prom:9090");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(std::get<schemas::MarkdownBlock>(result.value().enrichments.at(0).blocks.at(0)).text,
              HasSubstr("mine > 2"));
}

const char kTwoSeries[] = R"({"status":"success","data":{"resultType":"matrix","result":[
  {"metric":{"deployment":"checkout","pod":"a"},"values":[[1767322800,"0.01"],[1767322815,"0.2"]]},
  {"metric":{"deployment":"cart","pod":"b"},"values":[[1767322800,"0.03"]]}]},"warnings":["partial"]})";

TEST_F(Actions, GraphEnricherDrawsTheAlertsOwnSeriesBelowItsThreshold) {
  http_.answer("/api/v1/query_range", 200, kTwoSeries);

  auto result = run(enrichers::graph_enricher_type(), "prometheus_url: http://prom:9090/");

  ASSERT_TRUE(result) << result.error().message;
  const base::Chart& chart = chart_of(result.value());
  ASSERT_EQ(chart.series.size(), 1u);
  EXPECT_EQ(chart.series[0].labels.at("deployment"), "checkout");
  EXPECT_EQ(chart.unit, base::Unit::kPercent);
  ASSERT_EQ(chart.lines.size(), 1u);
  EXPECT_EQ(chart.lines[0].value, 0.05);
  ASSERT_EQ(chart.markers.size(), 1u);
  EXPECT_EQ(chart.markers[0].time, event_.alert->starts_at);
  EXPECT_EQ(std::get<schemas::MarkdownBlock>(result.value().enrichments[0].blocks.at(1)).text,
            "Prometheus warns: partial");
  EXPECT_THAT(http_.requests.at(0).body, ::testing::Not(HasSubstr("0.05")));
}

struct Emptiness {
  const char* name;
  int status;
  const char* body;
  base::Reason reason;
  const char* message;
};

class EmptyGraphs : public Actions, public ::testing::WithParamInterface<Emptiness> {};

TEST_P(EmptyGraphs, SayWhatIsTheMatter) {
  http_.answer("/api/v1/query_range", GetParam().status, GetParam().body);

  auto result = run(enrichers::graph_enricher_type(), "prometheus_url: http://prom:9090");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, GetParam().reason);
  EXPECT_THAT(result.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, EmptyGraphs,
    ::testing::Values(
        Emptiness{"NoSeries", 200, R"({"status":"success","data":{"resultType":"matrix","result":[]}})",
                  base::Reason::kNoData, "no series match"},
        Emptiness{
            "OnlyNaN", 200,
            R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"NaN"]]}]}})",
            base::Reason::kNoData, "no samples in the range"},
        Emptiness{"QueryError", 400, R"({"status":"error","errorType":"bad_data","error":"parse error at 1"})",
                  base::Reason::kBadRequest, "parse error"},
        Emptiness{"Timeout", 503, R"({"status":"error","errorType":"timeout","error":"query timed out"})",
                  base::Reason::kTimeout, "timed out"},
        Emptiness{"Unauthorized", 401, "Unauthorized", base::Reason::kAuth, "401"}),
    [](const auto& info) { return info.param.name; });

TEST_F(Actions, GraphEnricherWithoutPrometheusSaysSo) {
  auto result = run(enrichers::graph_enricher_type());

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no prometheus_url is configured"));
}

TEST_F(Actions, CustomGraphEnricherPutsEscapedLabelsIntoItsQuery) {
  draft_.subject.labels["deployment"] = "a\"b";
  http_.answer("/api/v1/query_range", 200, kTwoSeries);

  auto result = run(enrichers::custom_graph_enricher_type(),
                    "{prometheus_url: 'http://prom', promql_query: 'x{d=\"$labels.deployment\"}', graph_title: 'Of "
                    "${labels.alertname}', chart_values_format: Bytes}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(chart_of(result.value()).title, "Of ErrorsHigh");
  EXPECT_EQ(chart_of(result.value()).unit, base::Unit::kBytes);
  EXPECT_EQ(chart_of(result.value()).series.at(0).name, "checkout a");
  EXPECT_THAT(http_.requests.at(0).body, HasSubstr("x%7Bd%3D%22a%5C%22b%22%7D"));
}

TEST_F(Actions, TemplateEnricherReplacesNamesAndMarksWhatIsMissing) {
  auto result = run(enrichers::template_enricher_type(),
                    "template: '${name} of $namespace is $labels.severity: $nothing. costs $$5'");

  EXPECT_EQ(std::get<schemas::MarkdownBlock>(result.value().enrichments.at(0).blocks.at(0)).text,
            "checkout of shop is critical: <missing>. costs $5");
}

TEST_F(Actions, MentionEnricherCallsWhomTheLabelNames) {
  auto result = run(enrichers::mention_enricher_type(),
                    "{static_mentions: [U0, U1], mentions_label: team, message_template: 'Look, $mentions'}");

  ASSERT_TRUE(result);
  EXPECT_THAT(result.value().mentions, ElementsAre("U0", "U1", "U2"));
  EXPECT_EQ(std::get<schemas::MarkdownBlock>(result.value().enrichments.at(0).blocks.at(0)).text, "Look, U0 U1 U2");
}

TEST_F(Actions, SilencersSilenceWhatTheyAreFor) {
  EXPECT_TRUE(run(enrichers::name_silencer_type(), "names: [Watchdog, ErrorsHigh]").value().silenced_by);
  EXPECT_FALSE(run(enrichers::name_silencer_type(), "names: [Watchdog]").value().silenced_by);
  EXPECT_TRUE(run(enrichers::severity_silencer_type(), "severity: critical").value().silenced_by);
  EXPECT_FALSE(run(enrichers::severity_silencer_type()).value().silenced_by);
  EXPECT_TRUE(run(enrichers::silence_alert_type()).value().silenced_by);
}

}  // namespace
