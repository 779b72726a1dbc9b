// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/slack/incident_samples.h"

#include <fmt/format.h>

#include <cmath>

namespace fakes::slack {

namespace {

using schemas::Severity;
using schemas::TransitionState;
using std::chrono::minutes;
using std::chrono::seconds;

// 2026-03-04T11:41:00Z
constexpr base::Time kOpened{seconds(1772624460)};

base::Chart memory_chart() {
  base::Chart chart{.title = "Memory of checkout",
                    .unit = base::Unit::kBytes,
                    .from = kOpened - minutes(50),
                    .to = kOpened + minutes(10),
                    .step = minutes(1)};
  constexpr double kMiB = 1024.0 * 1024;
  constexpr const char* kPods[] = {"xk2lq", "m4vwz", "q8rtn"};
  for (int pod = 0; pod < 3; ++pod) {
    base::Series series{.name = std::string("checkout-7d9f8b-") + kPods[pod], .labels = {}, .samples = {}};
    for (int minute = 0; minute <= 60; ++minute) {
      double level =
          pod == 0 ? 0.25 + 0.75 * (minute % 21) / 20.0 : 0.3 + 0.06 * pod + 0.04 * std::sin(minute / 4.0 + pod);
      series.samples.push_back({chart.from + minutes(minute), level * 512 * kMiB});
    }
    chart.series.push_back(std::move(series));
  }
  chart.lines = {{base::ReferenceLine::Kind::kLimit, "limit", 512 * kMiB},
                 {base::ReferenceLine::Kind::kRequest, "request", 256 * kMiB}};
  chart.markers = {{"OOM kill", kOpened - minutes(9)}, {"alert started", kOpened}};
  return chart;
}

std::string crash_log(int lines) {
  std::string log;
  for (int i = 0; i < lines; ++i) {
    log += fmt::format("11:{:02}:{:02} INFO  cart.handler  served order={} items={} in {} ms\n", 30 + i / 60 % 30,
                       i % 60, 88123 + i, 1 + i % 7, 12 + i * 7 % 40);
  }
  return log +
         "11:40:57 WARN  cache.loader   loading 1,204,551 products at once <all regions>\n"
         "11:40:58 ERROR cache.loader   allocation of 268435456 bytes failed\n"
         "11:40:58 \x1b[31mFATAL\x1b[0m out of memory & no room to swap; goroutine 1 [running]:\n"
         "          main.(*Loader).Fill(0xc0000a8000)\n"
         "                  /src/cache/loader.go:118 +0x2f4\n";
}

schemas::Delivery alert(const char* name, const char* title, Severity severity) {
  schemas::Delivery delivery{
      .id = "8c1f0a4be2d74c0f9a51d8e0347be001", .sink = "main_slack", .created = kOpened, .opening = true};
  auto& transition = delivery.transition;
  transition.id = "5be0cd19137e21796a09e667bb67ae85";
  transition.state = TransitionState::kOpened;
  transition.cause = "first_finding";
  transition.at = kOpened + seconds(4);
  auto& finding = transition.finding;
  finding.id = "1f83d9ab5be0cd19137e21796a09e667";
  finding.event_id = "event";
  finding.title = title;
  finding.severity = severity;
  finding.source = schemas::FindingSource::kPrometheus;
  finding.aggregation_key = name;
  finding.subject.labels = {{"alertname", name}};
  finding.starts_at = finding.created = kOpened;
  auto& incident = transition.incident;
  incident.id = "3f2a9c01d4e5b6a7c8091a2b3c4d5e6f";
  incident.identity = {.key = "9b05688c2b3e6c1f510e527fade682d1", .cluster = "prod-eu", .family = name};
  incident.title = title;
  incident.severity = severity;
  incident.opened = incident.last_seen = kOpened;
  incident.count = 1;
  incident.members = {"a3c1"};
  finding.incident = incident.identity;
  return delivery;
}

void about_checkout(schemas::Delivery& delivery) {
  auto& finding = delivery.transition.finding;
  finding.subject = {.kind = "pod",
                     .name = "checkout-7d9f8b-xk2lq",
                     .name_space = "shop",
                     .node = "worker-7",
                     .container = "checkout",
                     .labels = {},
                     .annotations = {}};
  auto& identity = delivery.transition.incident.identity;
  identity.name_space = "shop";
  identity.owner_kind = "deployment";
  identity.owner_name = "checkout";
  identity.family = "crash_loop";
  finding.incident = identity;
}

schemas::Enrichment labels_of(const schemas::Labels& labels) {
  schemas::KeyValuesBlock block{"Alert labels", {}};
  for (const auto& [name, value] : labels) block.pairs.emplace_back(name, value);
  return {"alert_labels", "Alert labels", "default_enricher", {std::move(block)}};
}

schemas::Enrichment crash_labels() {
  return labels_of({{"alertname", "KubePodCrashLooping"},
                    {"container", "checkout"},
                    {"namespace", "shop"},
                    {"pod", "checkout-7d9f8b-xk2lq"},
                    {"severity", "critical"},
                    {"team", "payments"}});
}

schemas::Enrichment crash_facts() {
  return {"crash_info",
          "What happened",
          "report_crash_loop",
          {schemas::KeyValuesBlock{"",
                                   {{"Reason", "OOMKilled"},
                                    {"Exit code", "137 (SIGKILL)"},
                                    {"Restarts", "12 in the last hour"},
                                    {"Memory limit", "512 MiB"}}}}};
}

schemas::Delivery crash_loop(int log_lines) {
  auto delivery =
      alert("KubePodCrashLooping", "Pod checkout-7d9f8b-xk2lq restarts again and again", Severity::kCritical);
  about_checkout(delivery);
  auto& finding = delivery.transition.finding;
  finding.description =
      "Container checkout was killed 12 times in the last hour because it used more memory than its limit allows.";
  finding.mentions = {"<!subteam^S0PAYMENTS>"};
  finding.enrichments = {
      crash_labels(),
      {"graph", "Memory of checkout", "custom_graph_enricher", {schemas::ChartBlock{memory_chart()}}},
      {"logs", "", "logs_enricher", {schemas::FileBlock{"checkout.log", "text/plain", crash_log(log_lines)}}},
      {"diff",
       "What changed",
       "change_enricher",
       {schemas::MarkdownBlock{"Deployment **checkout** was changed 6 minutes before:"},
        schemas::DiffBlock{"",
                           {{"spec.template.spec.containers[0].image", "shop/checkout:1.4.1", "shop/checkout:1.5.0"},
                            {"spec.replicas", "2", "3"}}}}},
      crash_facts(),
      {"pods",
       "Pods of the deployment",
       "related_pods",
       {schemas::TableBlock{"",
                            {"pod", "status", "restarts", "memory"},
                            {{"checkout-7d9f8b-xk2lq", "CrashLoopBackOff", "12", "512 MiB"},
                             {"checkout-7d9f8b-m4vwz", "Running", "0", "161 MiB"},
                             {"checkout-7d9f8b-q8rtn", "Running", "0", "199 MiB"}}}}},
  };
  finding.links = {
      {"Runbook", "https://runbooks.example.org/KubePodCrashLooping"},
      {"View Graph",
       "http://prometheus.example.org:9090/"
       "graph?g0.expr=increase%28kube_pod_container_status_restarts_total%5B1h%5D%29+%3E+3&g0.tab=1"},
      {"Silence",
       "http://alertmanager.example.org:9093/#/silences/new?filter=%7Balertname%3D%22KubePodCrashLooping%22%7D"}};
  return delivery;
}

schemas::Delivery without_evidence(schemas::Delivery delivery) {
  auto& finding = delivery.transition.finding;
  finding.enrichments.clear();
  finding.links.clear();
  finding.mentions.clear();
  finding.missing.clear();
  return delivery;
}

schemas::Delivery later(schemas::Delivery delivery, TransitionState state, const char* cause, minutes after) {
  auto& transition = delivery.transition;
  delivery.id.back() = '2';
  delivery.opening = false;
  transition.state = state;
  transition.cause = cause;
  transition.at = kOpened + after;
  auto& incident = transition.incident;
  incident.last_seen = transition.at;
  if (state == TransitionState::kResolved) {
    incident.open = false;
    incident.resolved = transition.at;
    incident.last_seen = transition.at - minutes(3);
    incident.members.clear();
    transition.finding.state = schemas::FindingState::kResolved;
  }
  return delivery;
}

Sample one(std::string name, schemas::Delivery delivery) { return {std::move(name), delivery, delivery}; }

Sample repeated() {
  auto first = crash_loop(40);
  auto told = later(without_evidence(first), TransitionState::kUpdated, "repeat", minutes(75));
  told.transition.finding.repeat = true;
  told.transition.incident.count = 6;
  told.transition.incident.members = {"a3c1", "b4d2", "c5e3"};
  return {"crash-loop-counted", first, told};
}

Sample resolved() {
  auto first = crash_loop(4);
  auto told = later(without_evidence(first), TransitionState::kResolved, "last_member_resolved", minutes(99));
  told.transition.incident.count = 8;
  return {"crash-loop-resolved", first, told};
}

Sample ended_by_silence() {
  auto first = alert("TargetDown", "Target db-7.example.org:9187 is down", Severity::kMedium);
  auto told = later(first, TransitionState::kResolved, "quiet_time", minutes(45));
  told.transition.incident.inferred_end = true;
  return {"ended-by-silence", first, told};
}

Sample probe() {
  auto delivery = alert("ProbeFailed", "Probe of https://pay.example.com fails", Severity::kLow);
  auto& finding = delivery.transition.finding;
  finding.description = "The blackbox exporter gets no answer within 10 s. VALUE = 0";
  finding.enrichments = {labels_of({{"alertname", "ProbeFailed"},
                                    {"instance", "https://pay.example.com"},
                                    {"job", "blackbox"},
                                    {"severity", "warning"}}),
                         {"alert_definition",
                          "Alert expression",
                          "alert_definition_enricher",
                          {schemas::MarkdownBlock{"```promql\nprobe_success == 0\n```"}}}};
  finding.missing = {{"graph_enricher", "timeout", "Prometheus did not answer within 10 s"}};
  finding.links = {{"View Graph", "http://prometheus.example.org:9090/graph?g0.expr=probe_success+%3D%3D+0&g0.tab=1"}};
  return one("alert-missing-graph", std::move(delivery));
}

Sample node() {
  auto delivery = alert("KubeNodeNotReady", "Node worker-3 is not ready", Severity::kHigh);
  auto& finding = delivery.transition.finding;
  finding.subject = {.kind = "node",
                     .name = "worker-3",
                     .name_space = "",
                     .node = "worker-3",
                     .container = "",
                     .labels = {},
                     .annotations = {}};
  delivery.transition.incident.identity.owner_kind = "node";
  delivery.transition.incident.identity.owner_name = "worker-3";
  delivery.transition.incident.identity.family = "node_not_ready";
  finding.description = "Node worker-3 has been not ready for 15 minutes. 23 pods are on it.";
  schemas::TableBlock events{"", {"time", "type", "reason", "message"}, {}};
  for (int i = 0; i < 40; ++i) {
    events.rows.push_back(
        {fmt::format("11:{:02}", 40 - i % 40), i % 3 == 0 ? "Warning" : "Normal",
         i % 3 == 0 ? "NodeNotReady" : "NodeHasSufficientMemory",
         i % 3 == 0 ? "Kubelet stopped posting node status." : "Node worker-3 status is now: NodeHasSufficientMemory"});
  }
  finding.enrichments = {
      {"k8s_events", "Events of the node", "resource_events_enricher", {events}},
      {"text",
       "",
       "alert_explanation_enricher",
       {schemas::MarkdownBlock{
           "📘 **Alert explanation:** the kubelet does not report. Common causes:\n\n- the machine is off or "
           "[out of memory](https://kubernetes.io/docs/concepts/architecture/nodes/)\n- `containerd` hangs\n- a "
           "network split"}}}};
  return one("node-not-ready", std::move(delivery));
}

Sample analysed() {
  auto delivery = crash_loop(6);
  auto& finding = delivery.transition.finding;
  finding.enrichments.resize(1);
  finding.enrichments.push_back(crash_facts());
  finding.enrichments.push_back(
      {"ai_analysis",
       "",
       "ask_holmes",
       {schemas::MarkdownBlock{
           "## Likely cause\nVersion **1.5.0** loads the whole catalogue at start (`cache.loader`), which needs about "
           "700 MiB; the "
           "limit is 512 MiB.\n\n## What to do\n1. Roll back: `kubectl rollout undo deployment/checkout -n shop`\n2. "
           "Or raise the "
           "memory limit to 1 GiB.\n\nSee [the incident of May](https://wiki.example.org/incidents/42)."}}});
  return one("analysis", std::move(delivery));
}

Sample summary() {
  auto delivery = alert("summary", "41 fired, 12 resolved: cluster prod-eu, namespace shop", Severity::kCritical);
  auto& transition = delivery.transition;
  transition.cause = "summary";
  transition.at = kOpened + minutes(9);
  transition.incident.identity = {.key = transition.incident.id, .cluster = "", .family = "summary"};
  transition.incident.count = 53;
  auto& finding = transition.finding;
  finding.incident = transition.incident.identity;
  finding.type = schemas::FindingType::kReport;
  finding.description.clear();
  schemas::TableBlock rows{"Alerts",
                           {"severity", "alert", "fired", "resolved"},
                           {{"CRITICAL", "KubeNodeNotReady", "1", "0"},
                            {"HIGH", "KubePodCrashLooping", "30", "12"},
                            {"MEDIUM", "TargetDown", "10", "0"}}};
  finding.enrichments = {{"summary", "Summary", "", {rows}}};
  return one("summary", std::move(delivery));
}

Sample digest() {
  auto delivery =
      alert("digest", "37 incidents firing, 2 resolved: 30 x KubePodCrashLooping, 9 x TargetDown", Severity::kHigh);
  auto& transition = delivery.transition;
  transition.cause = "digest";
  transition.at = kOpened + minutes(1);
  transition.incident.identity = {.key = transition.incident.id, .cluster = "", .family = "digest"};
  transition.incident.count = 112;
  auto& finding = transition.finding;
  finding.incident = transition.incident.identity;
  finding.type = schemas::FindingType::kReport;
  finding.description = "Told together, because more came than this sink is told of one by one.";
  schemas::TableBlock groups{"Alerts",
                             {"severity", "alert", "firing", "resolved"},
                             {{"HIGH", "KubePodCrashLooping", "30", "0"}, {"MEDIUM", "TargetDown", "7", "2"}}};
  schemas::TableBlock incidents{"Incidents", {"severity", "state", "title", "where", "count", "incident"}, {}};
  for (int i = 0; i < 39; ++i) {
    bool is_pod = i < 30;
    incidents.rows.push_back({is_pod ? "HIGH" : "MEDIUM", i < 37 ? "firing" : "resolved",
                              is_pod ? fmt::format("Pod api-{:02} restarts again and again", i)
                                     : fmt::format("Target db-{}:9187 is down", i),
                              is_pod ? fmt::format("prod-eu / shop / deployment api-{:02}", i) : "prod-eu", "3",
                              fmt::format("{:032x}", 0x9e3779b97f4a7c15ULL * (i + 1))});
  }
  finding.enrichments = {{"digest", "Digest", "", {groups, incidents}}};
  return one("digest", std::move(delivery));
}

Sample hostile() {
  auto delivery =
      alert("Evil", "<!channel> <@U012345> *bold* `x` & ```rm -rf``` <https://evil.example|View Graph> \xff\xfe",
            Severity::kInfo);
  auto& finding = delivery.transition.finding;
  finding.description =
      "@here <!here> [click](https://evil.example) &lt;!everyone&gt; \u202Eright to left\n```\nnot code";
  finding.subject = {.kind = "pod",
                     .name = "`<!here>`",
                     .name_space = "a|b>c",
                     .node = "<#C012345>",
                     .container = "",
                     .labels = {},
                     .annotations = {}};
  finding.enrichments = {
      labels_of({{"alertname", "<!channel>"}, {"x`y", "```"}, {"\xc3(", "<https://evil.example>"}}),
      {"logs",
       "Logs <!here>",
       "logs_enricher",
       {schemas::FileBlock{"<!here>.log", "", "```\n<!channel> & <https://evil.example|x>\n\xf0\x28\x8c"}}},
      {"table", "", "x", {schemas::TableBlock{"", {"<!here>", ""}, {{"", "<@U012345>"}, {}}}}}};
  finding.links = {{"Run|book <!here>", "https://runbooks.example.org/a|b?x=<y>&z"}, {"Bad", "javascript:alert(1)"}};
  finding.missing = {{"<!channel>", "timeout", "<https://evil.example>"}};
  return one("hostile", std::move(delivery));
}

Sample long_one() {
  auto delivery = crash_loop(20'000);
  auto& finding = delivery.transition.finding;
  for (auto& enrichment : finding.enrichments) {
    for (auto& block : enrichment.blocks) {
      if (auto* table = std::get_if<schemas::TableBlock>(&block)) {
        for (int i = 0; i < 400; ++i)
          table->rows.push_back({fmt::format("checkout-7d9f8b-{:05}", i), "Running", std::to_string(i), "161 MiB"});
      }
    }
  }
  return one("shortened", std::move(delivery));
}

}  // namespace

std::vector<Sample> samples() {
  auto reopened = later(crash_loop(2), TransitionState::kReopened, "fired_again", minutes(120));
  return {one("crash-loop", crash_loop(40)),
          repeated(),
          resolved(),
          one("crash-loop-again", std::move(reopened)),
          probe(),
          node(),
          analysed(),
          ended_by_silence(),
          digest(),
          summary(),
          hostile(),
          long_one()};
}

}  // namespace fakes::slack
