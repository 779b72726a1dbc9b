// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "schemas/block.h"
#include "schemas/labels.h"
#include "schemas/severity.h"

namespace schemas {

// What a finding is about. Fields that don't apply are empty.
struct Subject {
  std::string kind;  // Lower case: "deployment", "pod", "node", ...; empty when no Kubernetes object is known.
  std::string name;
  std::string name_space;
  std::string node;
  std::string container;
  Labels labels;
  Labels annotations;
  friend bool operator==(const Subject&, const Subject&) = default;
};

enum class FindingType { kIssue, kConfChange, kHealthCheck, kReport, kAiAnalysis };
enum class FindingSource { kNone, kKubernetes, kPrometheus, kManual, kHelmRelease, kCallback, kScheduler };
std::string_view to_string(FindingType type);      // "issue", "conf_change", ...
std::string_view to_string(FindingSource source);  // "prometheus", "kubernetes_api_server", ...: Robusta's names.

// Whether the condition that the finding speaks of begins, goes on, or is over.
enum class FindingState { kFiring, kResolved };

// Some blocks that belong together, from one action.
struct Enrichment {
  std::string type;  // "graph", "alert_labels", "logs", "crash_info", "ai_analysis", "text", ...
  std::string title;
  std::string action;  // The action that made it.
  std::vector<Block> blocks;
  friend bool operator==(const Enrichment&, const Enrichment&) = default;
};

// Evidence that should be here and is not.
struct Missing {
  std::string action;
  std::string reason;  // base::Reason's label value.
  std::string message;
  friend bool operator==(const Missing&, const Missing&) = default;
};

// One decision on the way from event to finding, for `tocsin explain`.
struct TraceStep {
  std::string stage;    // "playbook", "action", "limit", "identity", ...
  std::string rule;     // The playbook, action or rule by name.
  std::string outcome;  // "matched", "not_matched", "stopped", "failed", ...
  std::string detail;
  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

// The identity of the incident that a finding belongs to: cluster, namespace, top owner and cause family, or, without a
// Kubernetes subject, the alert's fingerprint.
struct IncidentIdentity {
  std::string key;  // Derived from the fields below: ordering key of findings and transitions.
  std::string cluster;
  std::string name_space;
  std::string owner_kind;
  std::string owner_name;
  std::string family;  // Cause family ("crash_loop"), else the aggregation key.
  friend bool operator==(const IncidentIdentity&, const IncidentIdentity&) = default;
};

// Among Finding::sinks: all sinks that take what no playbook limits, beside the ones named.
inline constexpr std::string_view kDefaultSinks = "*";

// What we say about an event. A record of topic `findings` ("tocsin.finding/1"), keyed by incident.key.
struct Finding {
  std::string id;            // Derived from the event's id and when it came.
  std::string event_id;      // The event that caused it.
  std::string event_source;  // Where that came from: Event::source.
  std::string follows;  // The finding whose late evidence this is; no event_id then, for the event is told already.
  std::string title;
  std::string description;
  Severity severity = Severity::kInfo;
  FindingSource source = FindingSource::kNone;
  FindingType type = FindingType::kIssue;
  FindingState state = FindingState::kFiring;
  bool repeat = false;  // The sender said it again: counts, but brings no new evidence.
  Subject subject;
  std::string aggregation_key;
  std::string fingerprint;
  std::string member;  // What opens and closes as one: an alert's fingerprint, a pod's uid.
  IncidentIdentity incident;
  std::optional<base::Time> starts_at;
  std::optional<base::Time> ends_at;
  base::Time created;
  // How long it must stay resolved before the incident closes, and after which silence it closes without a resolve
  // (zero: it has an end signal and waits for it).
  base::Duration hold_down{};
  base::Duration quiet_time{};
  std::vector<Link> links;
  std::vector<std::string> mentions;  // As the sink's users write them: "<@U123>", "@oncall".
  std::vector<Enrichment> enrichments;
  std::vector<Missing> missing;
  std::vector<std::string>
      sinks;  // Limits delivery to these sinks (kDefaultSinks: the default ones); empty: all default.
  std::vector<TraceStep> trace;
  std::string unknown = "{}";  // JSON object of fields that this version doesn't know; kept and written back.
};

// Whether it only adds to what was said of its incident: an analysis, or evidence that came after its finding.
bool is_remark(const Finding& finding);

std::string encode(const Finding& finding);
base::Result<Finding> decode_finding(std::string_view json);
nlohmann::json to_json(const Finding& finding);

}  // namespace schemas
