// SPDX-License-Identifier: Apache-2.0
#include "sinks/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "schemas/codec/records.h"
#include "sinks/render/shrink.h"

namespace sinks {

using schemas::TransitionState;

namespace {

// Names of an alert and an object are shorter; what is longer is text that nobody reads in a list.
constexpr std::size_t kLongestText = schemas::kReceiptTitle;
// Groups that a title names.
constexpr std::size_t kGroupsInTitle = 3;

std::string where_of(const schemas::Transition& transition) {
  const auto& subject = transition.finding.subject;
  std::string text = transition.incident.identity.cluster;
  auto add = [&](const std::string& part) {
    if (part.empty()) return;
    text += (text.empty() ? "" : " / ") + part;
  };
  add(subject.name_space);
  add(subject.name.empty() || subject.kind.empty() ? subject.name : subject.kind + " " + subject.name);
  return cut_text(std::move(text), kLongestText);
}

std::vector<Digest::Incident> incidents_of(const std::vector<FoldedDelivery>& folded) {
  std::map<std::string, std::size_t> places;
  std::vector<Digest::Incident> incidents;
  for (const auto& one : folded) {
    auto [place, is_new] = places.emplace(one.incident_id, incidents.size());
    if (is_new) incidents.emplace_back();
    Digest::Incident& incident = incidents[place->second];
    incident = {.id = one.incident_id,
                .severity = std::max(incident.severity, one.severity),
                .open = one.state != TransitionState::kResolved,
                .title = one.title,
                .where = one.where,
                .count = one.count,
                .opened = one.opened};
  }
  std::stable_sort(incidents.begin(), incidents.end(), [](const auto& left, const auto& right) {
    return left.severity != right.severity ? left.severity > right.severity : left.opened < right.opened;
  });
  return incidents;
}

std::vector<Digest::Group> groups_of(const std::vector<FoldedDelivery>& folded,
                                     const std::vector<Digest::Incident>& incidents) {
  std::map<std::string, std::string> names;
  for (const auto& one : folded) names[one.incident_id] = one.group;
  std::map<std::string, Digest::Group> by_name;
  for (const auto& incident : incidents) {
    Digest::Group& group = by_name[names[incident.id]];
    group.name = names[incident.id];
    group.severity = std::max(group.severity, incident.severity);
    ++(incident.open ? group.firing : group.resolved);
  }
  std::vector<Digest::Group> groups;
  for (auto& [name, group] : by_name) groups.push_back(std::move(group));
  std::stable_sort(groups.begin(), groups.end(), [](const auto& left, const auto& right) {
    return left.severity != right.severity ? left.severity > right.severity
                                           : left.firing + left.resolved > right.firing + right.resolved;
  });
  return groups;
}

std::int64_t open_incidents(const Digest& digest) {
  return std::count_if(digest.incidents.begin(), digest.incidents.end(), [](const auto& one) { return one.open; });
}

// "37 incidents firing, 2 resolved: 30 x KubePodCrashLooping, 9 x TargetDown"
std::string title_of(const Digest& digest) {
  auto firing = open_incidents(digest);
  auto resolved = static_cast<std::int64_t>(digest.incidents.size()) - firing;
  std::string title =
      fmt::format("{} incident{}", firing > 0 ? firing : resolved, (firing > 0 ? firing : resolved) == 1 ? "" : "s");
  title += firing > 0 ? " firing" : " resolved";
  if (firing > 0 && resolved > 0) title += fmt::format(", {} resolved", resolved);
  for (std::size_t i = 0; i < std::min(kGroupsInTitle, digest.groups.size()); ++i) {
    const auto& group = digest.groups[i];
    title += fmt::format("{}{} x {}", i == 0 ? ": " : ", ", group.firing + group.resolved, group.name);
  }
  return digest.groups.size() > kGroupsInTitle ? title + ", ..." : title;
}

schemas::TableBlock groups_table(const Digest& digest) {
  schemas::TableBlock table{.name = "Alerts", .headers = {"severity", "alert", "firing", "resolved"}, .rows = {}};
  for (const auto& group : digest.groups) {
    table.rows.push_back({std::string(schemas::to_string(group.severity)), group.name, std::to_string(group.firing),
                          std::to_string(group.resolved)});
  }
  return table;
}

schemas::TableBlock incidents_table(const Digest& digest) {
  schemas::TableBlock table{
      .name = "Incidents", .headers = {"severity", "state", "title", "where", "count", "incident"}, .rows = {}};
  for (const auto& incident : digest.incidents) {
    table.rows.push_back({std::string(schemas::to_string(incident.severity)), incident.open ? "firing" : "resolved",
                          incident.title, incident.where, std::to_string(incident.count), incident.id});
  }
  return table;
}

schemas::Finding finding_of(const Digest& digest, const schemas::Incident& incident) {
  schemas::Finding finding;
  finding.id = digest.id;
  finding.title = incident.title;
  finding.description = "Told together, because more came than this sink is told of one by one.";
  finding.severity = incident.severity;
  finding.type = schemas::FindingType::kReport;
  finding.state = incident.open ? schemas::FindingState::kFiring : schemas::FindingState::kResolved;
  finding.aggregation_key = "digest";
  finding.incident = incident.identity;
  finding.starts_at = digest.since;
  finding.created = digest.until;
  finding.enrichments = {
      {.type = "digest", .title = "Digest", .action = "", .blocks = {groups_table(digest), incidents_table(digest)}}};
  return finding;
}

}  // namespace

FoldedDelivery fold(const schemas::Delivery& delivery, std::string lane, bool urgent) {
  const auto& transition = delivery.transition;
  const auto& name = transition.finding.aggregation_key;
  return {.delivery_id = delivery.id,
          .transition_id = transition.id,
          .incident_id = transition.incident.id,
          .incident_key = transition.incident.identity.key,
          .lane = std::move(lane),
          .state = transition.state,
          .severity = transition.incident.severity,
          .title = cut_text(transition.finding.title, kLongestText),
          .group = cut_text(name.empty() ? transition.finding.title : name, kLongestText),
          .where = where_of(transition),
          .count = transition.incident.count,
          .opened = transition.incident.opened,
          .at = transition.at,
          .urgent = urgent,
          .told_too = delivery.told_too};
}

schemas::Receipt receipt_of(const FoldedDelivery& folded, std::string_view sink, schemas::DeliveryOutcome outcome) {
  return {.delivery_id = folded.delivery_id,
          .transition_id = folded.transition_id,
          .incident_id = folded.incident_id,
          .sink = std::string(sink),
          .state = std::string(to_string(folded.state)),
          .severity = std::string(to_string(folded.severity)),
          .title = folded.title,
          .outcome = outcome};
}

void write_fields(schemas::codec::Writer& out, const FoldedDelivery& folded) {
  out.field("schema", "tocsin.folded/1");
  out.field("delivery_id", folded.delivery_id);
  out.field("transition_id", folded.transition_id);
  out.field("incident_id", folded.incident_id);
  out.field("incident_key", folded.incident_key);
  out.field_unless_empty("lane", folded.lane);
  out.field("state", folded.state);
  out.field("severity", folded.severity);
  out.field("title", folded.title);
  out.field("group", folded.group);
  out.field_unless_empty("where", folded.where);
  out.field("count", folded.count);
  out.field("opened", folded.opened);
  out.field("at", folded.at);
  if (folded.urgent) out.field("urgent", true);
  out.field_unless_empty("told_too", folded.told_too);
}

void read_fields(schemas::codec::Fields& in, FoldedDelivery& folded) {
  in.check_schema("tocsin.folded");
  in.required("delivery_id", folded.delivery_id);
  in.required("transition_id", folded.transition_id);
  in.required("incident_id", folded.incident_id);
  in.required("incident_key", folded.incident_key);
  in.optional("lane", folded.lane);
  in.required("state", folded.state);
  in.required("severity", folded.severity);
  in.required("title", folded.title);
  in.required("group", folded.group);
  in.optional("where", folded.where);
  in.optional("count", folded.count);
  in.required("opened", folded.opened);
  in.required("at", folded.at);
  in.optional("urgent", folded.urgent);
  in.optional("told_too", folded.told_too);
}

std::string encode(const FoldedDelivery& folded) { return schemas::codec::to_text(folded); }
base::Result<FoldedDelivery> decode_folded(std::string_view json) {
  return schemas::codec::decode<FoldedDelivery>(json, "folded delivery");
}

Digest make_digest(std::string sink, const std::vector<FoldedDelivery>& folded) {
  Digest digest;
  digest.id = base::derive_id(
      {"digest", sink, folded.front().delivery_id, folded.back().delivery_id, std::to_string(folded.size())});
  digest.sink = std::move(sink);
  digest.lane = folded.front().lane;
  auto [first, last] = std::minmax_element(folded.begin(), folded.end(),
                                           [](const auto& left, const auto& right) { return left.at < right.at; });
  digest.since = first->at;
  digest.until = last->at;
  digest.deliveries = static_cast<std::int64_t>(folded.size());
  digest.incidents = incidents_of(folded);
  digest.groups = groups_of(folded, digest.incidents);
  return digest;
}

schemas::Delivery as_delivery(const Digest& digest) {
  schemas::Transition transition;
  schemas::Incident& incident = transition.incident;
  incident.id = digest.id;
  incident.identity = {.key = digest.id, .family = "digest"};
  incident.title = title_of(digest);
  incident.severity = digest.incidents.front().severity;
  incident.open = open_incidents(digest) > 0;
  incident.opened = digest.since;
  incident.last_seen = digest.until;
  if (!incident.open) incident.resolved = digest.until;
  incident.count = digest.deliveries;
  transition.id = digest.id;
  transition.state = incident.open ? TransitionState::kOpened : TransitionState::kResolved;
  transition.cause = "digest";
  transition.at = digest.until;
  transition.finding = finding_of(digest, incident);
  return {.id = digest.id,
          .sink = digest.sink,
          .created = digest.until,
          .opening = true,
          .transition = std::move(transition)};
}

}  // namespace sinks
