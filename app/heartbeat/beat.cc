// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/beat.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace app::heartbeat {

namespace {

constexpr const char* kName = "TocsinHeartbeat";
constexpr const char* kEvery = "interval";

base::Error no_beat() { return base::permanent(base::Reason::kBadRequest, "the record is no heartbeat"); }

base::Result<Beat> read(const std::string& due, const std::string& every) {
  BOOST_OUTCOME_TRY(auto time, base::parse_rfc3339(due));
  BOOST_OUTCOME_TRY(auto period, base::parse_duration(every));
  if (!time || period <= base::Duration::zero()) return no_beat();
  return Beat{*time, period};
}

// Empty where there is no text of this name.
std::string text_of(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Beat Beat::at(base::Time now, base::Duration every) {
  return {now - base::Duration(now.time_since_epoch().count() % every.count()), every};
}

std::string Beat::key() const {
  return std::string(kKeys) + std::to_string(due.time_since_epoch().count() / every.count() % kSlots);
}

// In floating seconds: a record may name two moments that are further apart than a Duration is long.
bool Beat::is_stale(base::Time now) const {
  return base::to_unix_seconds(now) - base::to_unix_seconds(due) > 2 * std::chrono::duration<double>(every).count();
}

std::string to_body(const Beat& beat) {
  return nlohmann::json{{"due", base::to_rfc3339(beat.due)}, {"every", base::to_string(beat.every)}}.dump();
}

base::Result<std::optional<Beat>> from_body(std::string_view body) {
  if (body == kArm) return std::nullopt;
  auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return no_beat();
  BOOST_OUTCOME_TRY(auto beat, read(text_of(json, "due"), text_of(json, "every")));
  return std::optional(beat);
}

schemas::Event to_event(const Beat& beat, std::string_view cluster, base::Time received) {
  schemas::Event event;
  schemas::Alert& alert = event.alert.emplace();
  alert.labels = {{"alertname", kName}, {kEvery, base::to_string(beat.every)}};
  alert.starts_at = beat.due;
  alert.fingerprint = std::string(kSource);
  event.id = schemas::event_id(cluster, kSource, alert);
  event.source = kSource;
  event.cluster = cluster;
  event.subject = beat.key();
  event.received = received;
  return event;
}

base::Result<Beat> beat_of(const schemas::Event& event) {
  if (!event.alert || event.alert->name() != kName) return no_beat();
  return read(base::to_rfc3339(event.alert->starts_at), schemas::value_of(event.alert->labels, kEvery));
}

schemas::Finding to_finding(const schemas::Event& event, base::Time now) {
  schemas::Finding finding;
  finding.id = base::derive_id({"finding", event.id, base::to_rfc3339(event.received)});
  finding.event_id = event.id;
  finding.event_source = event.source;
  finding.title = "Heartbeat of tocsin";
  finding.description = "A synthetic event that passed every stage.";
  finding.severity = schemas::Severity::kDebug;
  finding.type = schemas::FindingType::kHealthCheck;
  finding.aggregation_key = kName;
  finding.fingerprint = event.alert->fingerprint;
  finding.member = event.alert->fingerprint;
  // One message that lives, where a sink has such.
  finding.incident = {event.subject,        event.cluster,        "",
                      std::string(kSource), std::string(kSource), std::string(kSource)};
  finding.starts_at = event.alert->starts_at;
  finding.created = now;
  auto every = base::parse_duration(schemas::value_of(event.alert->labels, kEvery));
  finding.quiet_time = every ? every.value() : base::Duration{};
  return finding;
}

Beat beat_of(const schemas::Finding& finding) {
  return {finding.starts_at.value_or(finding.created), finding.quiet_time};
}

schemas::Transition to_transition(schemas::Finding finding, base::Time now) {
  schemas::Transition transition;
  transition.incident.id = base::derive_id({"episode", finding.incident.cluster, kSource});
  transition.incident.identity = finding.incident;
  transition.incident.title = finding.title;
  transition.incident.severity = finding.severity;
  transition.incident.opened = finding.starts_at.value_or(finding.created);
  transition.incident.last_seen = now;
  transition.incident.count = 1;
  transition.incident.members = {finding.member};
  transition.id = base::derive_id({"transition", transition.incident.id, finding.id});
  transition.state = schemas::TransitionState::kUpdated;
  transition.cause = schemas::kHeartbeatCause;
  transition.at = now;
  transition.finding = std::move(finding);
  return transition;
}

}  // namespace app::heartbeat
