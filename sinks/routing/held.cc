// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/held.h"

#include <algorithm>
#include <map>

#include "sinks/render/shrink.h"

namespace sinks {

namespace {

constexpr std::string_view kHeld = "held";      // "<incident>/<sink>" → nothing.
constexpr std::string_view kNewest = "newest";  // Incident → the transition.

std::string place_of(std::string_view incident_id, std::string_view sink) {
  return std::string(incident_id) + "/" + std::string(sink);
}

// The sinks that hold each incident.
std::map<std::string, std::vector<std::string>> holders(const bus::Transaction& txn) {
  std::map<std::string, std::vector<std::string>> found;
  for (const auto& [place, value] : txn.entries(kHeld)) {
    auto slash = place.find('/');
    found[place.substr(0, slash)].push_back(place.substr(slash + 1));
  }
  return found;
}

void add_evidence(const schemas::Finding& more, schemas::Finding& finding) {
  if (!is_remark(more)) return;
  finding.enrichments.insert(finding.enrichments.end(), more.enrichments.begin(), more.enrichments.end());
  finding.links.insert(finding.links.end(), more.links.begin(), more.links.end());
}

void keep(const schemas::Transition& transition, bus::Transaction& txn) {
  auto text = encode_within(transition, HeldIncidents::kLongest, "routing");
  // Without evidence it always fits; if ever not, what is kept already still tells of the incident.
  if (text) txn.put(kNewest, transition.incident.id, std::move(text.value()));
}

}  // namespace

bool HeldIncidents::empty() const { return txn_.entries(kHeld).empty(); }

std::vector<HeldIncident> HeldIncidents::all() const {
  std::vector<HeldIncident> found;
  for (auto& [incident, sinks] : holders(txn_)) {
    const std::string* text = txn_.get(kNewest, incident);
    auto transition = schemas::decode_transition(text ? *text : std::string());
    if (transition) found.push_back({std::move(transition.value()), std::move(sinks)});
  }
  std::sort(found.begin(), found.end(), [](const HeldIncident& left, const HeldIncident& right) {
    return left.newest.incident.opened < right.newest.incident.opened;
  });
  return found;
}

void HeldIncidents::hold(const schemas::Transition& transition, std::string_view sink) {
  txn_.put(kHeld, place_of(transition.incident.id, sink), "1");
  if (!txn_.get(kNewest, transition.incident.id)) keep(transition, txn_);
}

void HeldIncidents::renew(const schemas::Transition& transition) {
  const std::string* text = txn_.get(kNewest, transition.incident.id);
  if (!text) return;
  auto before = schemas::decode_transition(*text);
  if (before && (transition.cause == "repeat" || transition.command || is_remark(transition.finding))) {
    before.value().incident = transition.incident;
    add_evidence(transition.finding, before.value().finding);
    keep(before.value(), txn_);
  } else {
    keep(transition, txn_);
  }
}

void HeldIncidents::release(std::string_view incident_id, std::string_view sink) {
  txn_.erase(kHeld, place_of(incident_id, sink));
  if (!holders(txn_).contains(std::string(incident_id))) txn_.erase(kNewest, incident_id);
}

}  // namespace sinks
