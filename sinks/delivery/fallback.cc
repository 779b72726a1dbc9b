// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/fallback.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "schemas/codec/fields.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/telling.h"

namespace sinks {

namespace {

constexpr std::string_view kTable = "fallen";
constexpr std::string_view kTaken = "took";
// Of an incident, the last of them: no two sinks that fall back to one are further apart.
constexpr std::size_t kMostTaken = 32;

std::string fallback_id(const std::string& transition_id, const std::string& sink) {
  return base::derive_id({"delivery", transition_id, sink, "fallback"});
}

// A delivery is one of an incident to a sink, or of a fallback to it, whichever sink fell back.
bool is_taken_over(const schemas::Delivery& delivery) {
  return delivery.id == fallback_id(delivery.transition.id, delivery.sink);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string reason_for(const std::string& to) { return "fell_back:" + to; }

}  // namespace

void Fallback::take(const schemas::Delivery& delivery, int attempts, const base::Error& error) {
  const auto& transition = delivery.transition;
  auto before = taken(transition.incident.id);
  bool is_reminder = transition.cause == "still_open";
  hand_over(delivery, to_, !before || (is_reminder && delivery.opening));
  settle_suppressed(delivery, reason_for(to_), attempts, error.message, txn_);
  if (transition.state == schemas::TransitionState::kResolved) {
    if (before) txn_.erase(kTable, transition.incident.id);
  } else {
    keep(transition.incident.id, {.sink = to_, .alone = before ? before->alone : delivery.opening});
  }
}

bool Fallback::takes_end(const schemas::Delivery& delivery) {
  if (delivery.transition.state != schemas::TransitionState::kResolved) return false;
  const std::string& incident = delivery.transition.incident.id;
  auto before = taken(incident);
  if (!before || !before->alone) return false;
  hand_over(delivery, before->sink, false);
  settle_suppressed(delivery, reason_for(before->sink), 0, "this sink was told nothing of the incident", txn_);
  txn_.erase(kTable, incident);
  return true;
}

void Fallback::told_here(const schemas::Delivery& delivery) {
  const std::string& incident = delivery.transition.incident.id;
  auto before = taken(incident);
  if (!before) return;
  if (delivery.transition.state == schemas::TransitionState::kResolved) {
    hand_over(delivery, before->sink, false);
    txn_.erase(kTable, incident);
  } else {
    keep(incident, {.sink = before->sink, .alone = false});
  }
}

void Fallback::forget_all() {
  for (const auto& [incident, value] : txn_.entries(kTable)) txn_.erase(kTable, incident);
}

bool TakenOver::knows(const schemas::Delivery& delivery) const {
  return is_taken_over(delivery) && contains(transitions(delivery.transition.incident.id), delivery.transition.id);
}

void TakenOver::note(const schemas::Delivery& delivery) {
  if (!is_taken_over(delivery)) return;
  const std::string& incident = delivery.transition.incident.id;
  auto told = transitions(incident);
  told.push_back(delivery.transition.id);
  if (told.size() > kMostTaken) told.erase(told.begin());
  txn_.put(kTaken, incident, nlohmann::json(told).dump());
  txn_.set_timer(Tellings::kExpireTimer, txn_.now() + Tellings::kKeepUntold);
}

void TakenOver::forget_all() {
  for (const auto& [incident, value] : txn_.entries(kTaken)) txn_.erase(kTaken, incident);
}

std::vector<std::string> TakenOver::transitions(const std::string& incident_id) const {
  std::vector<std::string> ids;
  const std::string* text = txn_.get(kTaken, incident_id);
  auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
  for (const auto& id : json) {
    if (id.is_string()) ids.push_back(id.get<std::string>());
  }
  return ids;
}

std::optional<Fallback::Taken> Fallback::taken(const std::string& incident_id) const {
  const std::string* text = txn_.get(kTable, incident_id);
  if (!text) return std::nullopt;
  Taken taken{.sink = {}, .alone = false};
  auto is_read = schemas::codec::read_text(*text, "what fell back", [&](schemas::codec::Fields& in) {
    in.required("sink", taken.sink);
    in.optional("alone", taken.alone);
  });
  return is_read ? std::optional(taken) : std::nullopt;
}

void Fallback::keep(const std::string& incident_id, const Taken& taken) {
  nlohmann::json json = {{"sink", taken.sink}};
  if (taken.alone) json["alone"] = true;
  txn_.put(kTable, incident_id, json.dump());
  txn_.set_timer(Tellings::kExpireTimer, txn_.now() + Tellings::kKeepUntold);
}

void Fallback::hand_over(const schemas::Delivery& delivery, const std::string& to, bool opening) {
  if (contains(delivery.told_too, to)) return;
  schemas::Delivery made = delivery;
  made.id = fallback_id(delivery.transition.id, to);
  made.sink = to;
  made.created = txn_.now();
  made.opening = opening;
  txn_.count(schemas::ledger::with(schemas::ledger::kMade, to));
  txn_.emit(schemas::topics::deliveries(to), txn_.key(), schemas::encode(made));
}

void fall_back(const FoldedDelivery& folded, std::string_view from, const std::string& to, int attempts,
               const base::Error& error, bus::Transaction& txn) {
  settle_suppressed(folded, from, reason_for(to), txn, attempts, error.message);
  if (contains(folded.told_too, to)) return;
  FoldedDelivery made = folded;
  made.delivery_id = fallback_id(folded.transition_id, to);
  made.lane.clear();
  txn.count(schemas::ledger::with(schemas::ledger::kMade, to));
  txn.emit(schemas::topics::digests(to), digest_key(made.lane), encode(made));
}

}  // namespace sinks
