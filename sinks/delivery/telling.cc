// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/telling.h"

#include <nlohmann/json.hpp>

#include "schemas/codec/fields.h"

namespace sinks {

using schemas::TransitionState;

namespace {

constexpr std::string_view kTable = "telling";
constexpr const char* kRepeat = "repeat";

bool brings_evidence(const schemas::Transition& transition) {
  return transition.cause != kRepeat && !transition.finding.enrichments.empty();
}

// An analysis, evidence that was promised, and a rise in severity are told whatever was told before.
bool is_limited_evidence(const schemas::Transition& transition) {
  return brings_evidence(transition) && transition.cause != "severity_rise" && !is_remark(transition.finding);
}

bool is_over_limit(const schemas::Transition& transition, const Telling& telling, const Pace& pace) {
  return pace.evidence_updates > 0 && telling.evidence >= pace.evidence_updates && is_limited_evidence(transition);
}

// Known by a digest only.
Verdict judge_digested(schemas::Delivery& delivery, schemas::Severity told) {
  const auto& transition = delivery.transition;
  if (transition.state == TransitionState::kResolved) return {.action = Verdict::Do::kFold};
  if (transition.command) return {.action = Verdict::Do::kSuppress, .reason = "told_in_digest"};
  if (!is_news(delivery) && transition.incident.severity <= told) {
    return {.action = Verdict::Do::kSuppress, .reason = "told_in_digest"};
  }
  delivery.opening = true;
  return {};
}

}  // namespace

Telling Tellings::of(const std::string& incident_id) const {
  Telling telling;
  const std::string* text = txn_.get(kTable, incident_id);
  if (!text) return telling;
  std::string in_digest;
  auto is_read = schemas::codec::read_text(*text, "telling", [&](schemas::codec::Fields& in) {
    in.optional("in_digest", in_digest);
    in.optional("last", telling.last);
    in.optional("evidence", telling.evidence);
  });
  // Told once too often is better than not at all.
  if (!is_read) return {};
  telling.in_digest = schemas::parse_severity(in_digest);
  return telling;
}

void Tellings::keep(const std::string& incident_id, const Telling& telling) {
  auto json = nlohmann::json::object();
  if (telling.in_digest) json["in_digest"] = schemas::to_string(*telling.in_digest);
  if (telling.last) json["last"] = base::to_rfc3339(*telling.last);
  if (telling.evidence > 0) json["evidence"] = telling.evidence;
  txn_.put(kTable, incident_id, json.dump());
  touch();
}

void Tellings::forget(const std::string& incident_id) {
  if (txn_.get(kTable, incident_id)) txn_.erase(kTable, incident_id);
}

void Tellings::touch() {
  if (!txn_.entries(kTable).empty()) txn_.set_timer(kExpireTimer, txn_.now() + kKeepUntold);
}

void Tellings::forget_all() {
  for (const auto& [incident, telling] : txn_.entries(kTable)) txn_.erase(kTable, incident);
}

bool is_news(const schemas::Delivery& delivery) {
  const auto& transition = delivery.transition;
  return delivery.opening || transition.state != TransitionState::kUpdated || transition.command;
}

bool is_mere_repeat(const schemas::Delivery& delivery, const Telling& telling, const Pace& pace) {
  const auto& transition = delivery.transition;
  return !is_news(delivery) && (transition.cause == kRepeat || is_over_limit(transition, telling, pace));
}

Verdict judge(schemas::Delivery& delivery, const Telling& telling, const Pace& pace, base::Time now) {
  if (telling.in_digest) return judge_digested(delivery, *telling.in_digest);
  if (is_news(delivery)) return {};
  auto& transition = delivery.transition;
  if (is_over_limit(transition, telling, pace)) {
    if (pace.only_changes) return {.action = Verdict::Do::kSuppress, .reason = "evidence_limit"};
    transition.cause = kRepeat;
    transition.finding.repeat = true;
    transition.finding.enrichments.clear();
    transition.finding.missing.clear();
  }
  if (transition.cause == "severity_rise" || brings_evidence(transition) || !telling.last) return {};
  base::Time next = *telling.last + pace.update_interval;
  return now < next ? Verdict{.action = Verdict::Do::kWait, .until = next} : Verdict{};
}

Telling after_telling(const schemas::Delivery& delivery, Telling telling, base::Time now) {
  telling.in_digest.reset();
  telling.last = now;
  if (!is_news(delivery) && is_limited_evidence(delivery.transition)) ++telling.evidence;
  return telling;
}

}  // namespace sinks
