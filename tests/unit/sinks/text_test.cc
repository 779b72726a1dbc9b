// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "tests/fakes/random_records.h"

namespace sinks {
namespace {

using testing::HasSubstr;
using testing::Not;

base::Time at(const char* text) { return *base::parse_rfc3339(text).value(); }

base::Chart memory_chart() {
  base::Chart chart{.title = "Memory of web",
                    .unit = base::Unit::kBytes,
                    .from = at("2026-03-04T11:00:00Z"),
                    .to = at("2026-03-04T12:00:00Z"),
                    .step = std::chrono::minutes(1)};
  for (int pod = 0; pod < 2; ++pod) {
    base::Series series{.name = "web-" + std::to_string(pod + 1)};
    for (int minute = 0; minute <= 60; ++minute) {
      double level = pod == 0 ? minute % 20 / 20.0 : 0.2 + 0.05 * std::sin(minute / 5.0);
      series.samples.push_back({chart.from + std::chrono::minutes(minute), level * 512 * 1024 * 1024});
    }
    chart.series.push_back(series);
  }
  chart.lines = {{base::ReferenceLine::Kind::kLimit, "limit", 512.0 * 1024 * 1024}};
  chart.markers = {{"alert started", at("2026-03-04T11:41:00Z")}};
  return chart;
}

std::vector<schemas::Enrichment> evidence() {
  std::string log;
  for (int i = 1; i <= 40; ++i)
    log += "12:03:0" + std::to_string(i % 10) + " request " + std::to_string(i) + " served\n";
  log += "12:04:11 \x1b[31mfatal\x1b[0m: cannot allocate 64 MiB\n";
  return {
      {"alert_labels",
       "Alert labels",
       "default_enricher",
       {schemas::TableBlock{
           "", {}, {{"alertname", "KubePodCrashLooping"}, {"namespace", "shop"}, {"team", "payments"}}}}},
      {"graph", "Memory of web", "custom_graph_enricher", {schemas::ChartBlock{memory_chart()}}},
      {"logs", "Logs", "logs_enricher", {schemas::FileBlock{"web.log", "text/plain", log}}},
      {"pods",
       "Pods of the deployment",
       "related_pods",
       {schemas::TableBlock{"",
                            {"pod", "status", "restarts", "memory"},
                            {{"web-1", "CrashLoopBackOff", "12", "512 MiB"}, {"web-2", "Running", "0", "104 MiB"}}}}},
      {"change",
       "What changed",
       "resource_babysitter",
       {schemas::MarkdownBlock{"Deployment **web** was changed 6 minutes before:"},
        schemas::DiffBlock{"", {{"spec.template.spec.containers[0].image", "shop/web:1.4.1", "shop/web:1.5.0"}}}}},
      {"text", "", "template_enricher", {schemas::ListBlock{{"roll back to 1.4.1", "or raise the memory limit"}}}}};
}

schemas::Transition rich() {
  schemas::Transition transition;
  transition.state = schemas::TransitionState::kUpdated;
  transition.cause = "new_member";
  transition.at = at("2026-03-04T12:04:30Z");
  transition.incident.severity = schemas::Severity::kHigh;
  transition.incident.opened = at("2026-03-04T11:41:00Z");
  transition.incident.count = 3;
  transition.incident.members = {"web-1", "web-2"};
  auto& finding = transition.finding;
  finding.title = "Pod web-1 restarts again and again";
  finding.description =
      "Container web of pod web-1 was restarted 12 times in the last hour. The last time it was killed because it used "
      "more memory than its limit allows.";
  finding.severity = schemas::Severity::kHigh;
  finding.subject = {.kind = "pod", .name = "web-1", .name_space = "shop", .node = "node-7", .container = "web"};
  finding.incident.cluster = "prod-eu";
  finding.starts_at = at("2026-03-04T11:41:00Z");
  finding.enrichments = evidence();
  finding.missing = {{"graph_enricher", "timeout", "Prometheus did not answer within 10 s"}};
  finding.links = {{"View graph", "http://prometheus:9090/graph?g0.expr=rate"}, {"Runbook", "https://runbooks/crash"}};
  return transition;
}

std::string golden(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(std::string(TOCSIN_SOURCE_DIR) + "/tests/golden/" + name).rdbuf();
  return text.str();
}

// Written beside the program, to be looked at and copied to tests/golden when it is meant to change.
void expect_golden(const std::string& name, const std::string& text) {
  std::ofstream(std::string(TOCSIN_BINARY_DIR) + "/" + name) << text;
  EXPECT_EQ(text, golden(name)) << "compare " << TOCSIN_BINARY_DIR << "/" << name;
}

TEST(RenderText, ShowsAFindingWithAllItsEvidence) { expect_golden("finding.txt", render_text(rich())); }

TEST(RenderText, ShowsTheEndOfAnIncident) {
  auto transition = rich();
  transition.state = schemas::TransitionState::kResolved;
  transition.incident.open = false;
  transition.incident.resolved = at("2026-03-04T12:10:00Z");
  transition.incident.members.clear();
  transition.finding.enrichments.clear();
  transition.finding.missing.clear();

  expect_golden("resolved.txt", render_text(transition));
}

TEST(RenderText, HasColoursOnlyWhenAskedFor) {
  EXPECT_THAT(render_text(rich()), Not(HasSubstr("\033")));
  EXPECT_THAT(render_text(rich(), {.colour = true}), HasSubstr("\033[1;97;41m HIGH \033[0m"));
}

TEST(RenderText, KeepsToItsWidth) {
  for (std::size_t width : {40u, 60u, 120u}) {
    std::stringstream lines(render_text(rich(), {.width = width}));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("http") == std::string::npos) EXPECT_LE(line.size(), width * 3) << line;
    }
  }
}

TEST(RenderText, TakesWhateverARecordHolds) {
  fakes::RandomRecords random(11);
  for (int i = 0; i < 200; ++i) {
    auto text = render_text(random.transition());
    EXPECT_THAT(text, Not(HasSubstr("\x01")));
    EXPECT_TRUE(text.ends_with('\n'));
  }
}

}  // namespace
}  // namespace sinks
