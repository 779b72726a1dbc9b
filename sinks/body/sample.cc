// SPDX-License-Identifier: Apache-2.0
#include "sinks/body/sample.h"

namespace sinks::body {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 2026-03-04T11:41:00Z
constexpr base::Time kOpened{seconds(1772624460)};

schemas::IncidentIdentity identity() {
  return {.key = "5f0c",
          .cluster = "production",
          .name_space = "shop",
          .owner_kind = "deployment",
          .owner_name = "checkout",
          .family = "crash_loop"};
}

schemas::Finding finding() {
  schemas::Finding finding;
  finding.id = "finding-1";
  finding.event_id = "event-1";
  finding.event_source = "alertmanager";
  finding.follows = "finding-0";
  finding.title = "Pod \"checkout-7d9f\" restarts\tagain \\ and again";
  finding.description = "Two lines,\nof which the second has \"quotes\", <tags> & a back\\slash";
  finding.severity = schemas::Severity::kHigh;
  finding.source = schemas::FindingSource::kPrometheus;
  finding.subject = {.kind = "pod",
                     .name = "checkout-7d9f",
                     .name_space = "shop",
                     .node = "worker-1",
                     .container = "app",
                     .labels = {{"app.kubernetes.io/name", "checkout"}, {"team", "payments"}},
                     .annotations = {{"summary", "It restarts"}}};
  finding.aggregation_key = "KubePodCrashLooping";
  finding.fingerprint = "a3c1";
  finding.member = "a3c1";
  finding.incident = identity();
  finding.starts_at = kOpened;
  finding.ends_at = kOpened + hours(1);
  finding.created = kOpened;
  finding.repeat = true;
  finding.hold_down = minutes(2);
  finding.quiet_time = minutes(15);
  finding.links = {{"Runbook", "https://runbooks.example.org/crash?a=1&b=2"},
                   {"View Graph", "https://example.org/graph"}};
  finding.mentions = {"@oncall"};
  finding.enrichments = {{"alert_labels",
                          "Labels",
                          "default_enricher",
                          {schemas::MarkdownBlock{"*bold* and `code`"}, schemas::MarkdownBlock{"more"}}}};
  finding.missing = {{"graph_enricher", "timeout", "Prometheus did not answer"}};
  finding.sinks = {"pager"};
  finding.trace = {{"playbook", "every alert", "matched", ""}};
  return finding;
}

}  // namespace

schemas::Delivery full_sample() {
  schemas::Delivery delivery{.id = "delivery-1", .sink = "sample", .created = kOpened, .opening = true};
  auto& transition = delivery.transition;
  transition.id = "transition-1";
  transition.state = schemas::TransitionState::kOpened;
  transition.cause = "first_finding";
  transition.at = kOpened;
  transition.finding = finding();
  transition.incident = {.id = "incident-1",
                         .identity = identity(),
                         .title = transition.finding.title,
                         .severity = schemas::Severity::kHigh,
                         .open = true,
                         .opened = kOpened,
                         .last_seen = kOpened,
                         .resolved = kOpened + hours(1),
                         .count = 3,
                         .members = {"a3c1", "b4d2"},
                         .members_not_listed = 1,
                         .inferred_end = true,
                         .acknowledged = schemas::Acknowledgement{"chat", "<@U1>", "ann", kOpened}};
  transition.command = schemas::Command{.id = "command-1",
                                        .action = schemas::CommandAction::kSilence,
                                        .hours = 4,
                                        .sink = "chat",
                                        .incident_key = "5f0c",
                                        .incident_id = "incident-1",
                                        .by = "<@U1>",
                                        .by_name = "ann",
                                        .at = kOpened};
  return delivery;
}

schemas::Delivery bare_sample() {
  schemas::Delivery delivery{.id = "delivery-2", .sink = "sample", .created = kOpened};
  auto& transition = delivery.transition;
  transition.id = "transition-2";
  transition.state = schemas::TransitionState::kResolved;
  transition.cause = "last_member_resolved";
  transition.at = transition.finding.created = kOpened;
  transition.finding.id = "finding-2";
  transition.finding.title = "A";
  transition.finding.state = schemas::FindingState::kResolved;
  transition.incident.id = "incident-1";
  transition.incident.title = "A";
  transition.incident.open = false;
  transition.incident.opened = transition.incident.last_seen = kOpened;
  return delivery;
}

}  // namespace sinks::body
