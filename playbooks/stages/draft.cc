// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/draft.h"

#include "base/hash.h"
#include "schemas/alert_subject.h"

namespace playbooks {

namespace {

// Rules of older days end their description with all labels, printed by Go; the labels are shown anyway.
std::string without_label_dump(const std::string& description) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::size_t dump = description.rfind("LABELS = map[");
  if (dump == std::string::npos || description[description.find_last_not_of(kSpace)] != ']') return description;
  std::string kept = description.substr(0, dump);
  kept.erase(kept.find_last_not_of(kSpace) + 1);
  return kept;
}

void add_link(schemas::Finding& finding, std::string name, const std::string& url) {
  bool is_web = url.starts_with("https://") || url.starts_with("http://");
  if (is_web) finding.links.push_back({std::move(name), url});
}

std::string first_of(const schemas::Labels& annotations, std::string_view name, std::string_view other) {
  const std::string& value = schemas::value_of(annotations, name);
  return value.empty() ? schemas::value_of(annotations, other) : value;
}

}  // namespace

schemas::Finding draft_of(const schemas::Event& event, const SeverityMap& severities, base::Time now, bool is_repeat) {
  const schemas::Alert& alert = *event.alert;
  schemas::Finding finding;
  // An event that comes again, as a repeat or after its end, has the same id: only the time tells it from the first.
  finding.id = base::derive_id({"finding", event.id, base::to_rfc3339(event.received)});
  finding.event_id = event.id;
  finding.event_source = event.source;
  finding.repeat = is_repeat;
  finding.title = schemas::value_of(alert.annotations, "summary");
  if (finding.title.empty()) finding.title = alert.name();
  // `message` is what rules said before they had a description.
  finding.description = without_label_dump(first_of(alert.annotations, "description", "message"));
  finding.severity = severity_of(schemas::value_of(alert.labels, "severity"), severities);
  finding.source = schemas::FindingSource::kPrometheus;
  bool is_over = alert.status == schemas::AlertStatus::kResolved;
  finding.state = is_over ? schemas::FindingState::kResolved : schemas::FindingState::kFiring;
  finding.subject = schemas::alert_subject(alert);
  finding.aggregation_key = alert.name();
  finding.fingerprint = alert.fingerprint;
  finding.member = alert.fingerprint;
  finding.starts_at = alert.starts_at;
  finding.ends_at = alert.ends_at;
  finding.created = now;
  add_link(finding, "Runbook", schemas::value_of(alert.annotations, "runbook_url"));
  add_link(finding, "Dashboard", alert.dashboard_url);
  add_link(finding, "Panel", alert.panel_url);
  add_link(finding, "Silence", alert.silence_url);
  return finding;
}

}  // namespace playbooks
