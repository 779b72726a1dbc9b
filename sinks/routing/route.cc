// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/route.h"

#include <algorithm>
#include <optional>

#include "sinks/sink_name.h"

namespace sinks {

using schemas::TransitionState;

namespace {

// What scopes look at; views into the transition.
schemas::Attributes attributes_of(const schemas::Transition& transition) {
  const auto& finding = transition.finding;
  schemas::Attributes attributes;
  attributes.texts = {{"title", finding.title},
                      {"identifier", finding.aggregation_key},
                      {"severity", to_string(std::max(transition.incident.severity, finding.severity))},
                      {"source", to_string(finding.source)},
                      {"type", to_string(finding.type)},
                      {"kind", finding.subject.kind},
                      {"namespace", finding.subject.name_space},
                      {"node", finding.subject.node},
                      {"name", finding.subject.name},
                      {"cluster", finding.incident.cluster},
                      {"family", finding.incident.family}};
  attributes.labels = &finding.subject.labels;
  attributes.annotations = &finding.subject.annotations;
  return attributes;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Refusal {
  std::string reason;
  std::string detail;
};
using Judgement = std::optional<Refusal>;

Judgement judge_playbook(const Route& route, const std::vector<std::string>& limited_to) {
  if (limited_to.empty()) {
    if (route.is_default) return std::nullopt;
    return Refusal{"not_default", "the playbook names no sinks and this one has default: false"};
  }
  bool named = std::any_of(limited_to.begin(), limited_to.end(), [&](const std::string& name) {
    return name == schemas::kDefaultSinks ? route.is_default : sink_name(name) == route.sink;
  });
  if (named) return std::nullopt;
  return Refusal{"not_in_playbook", "the playbook names other sinks"};
}

Judgement judge_update(const Route& route, const schemas::Transition& transition, bool told) {
  if (transition.state != TransitionState::kUpdated) return std::nullopt;
  bool is_repeat = transition.cause == "repeat";
  if (!told) return is_repeat ? Judgement(Refusal{"repeat", "a repeat opens nothing"}) : std::nullopt;
  if (route.updates == Updates::kAll || (route.updates == Updates::kChanges && !is_repeat)) return std::nullopt;
  return Refusal{"update_not_wanted", is_repeat ? "repeats are not wanted" : "updates are not wanted"};
}

Judgement judge_scope(const Route& route, const schemas::Attributes& attributes) {
  std::string why;
  switch (route.scope.judge(attributes, &why)) {
    case schemas::Scope::Verdict::kExcluded:
      return Refusal{"excluded", why};
    case schemas::Scope::Verdict::kNotIncluded:
      return Refusal{"not_in_scope", why};
    case schemas::Scope::Verdict::kIncluded:
      return std::nullopt;
    case schemas::Scope::Verdict::kNoScope:
      break;
  }
  if (route.match.accepts(attributes, &why)) return std::nullopt;
  return Refusal{"no_match", why};
}

Judgement judge_end(const Route& route, bool told) {
  if (!told) return Refusal{"not_told", "it was not told of the incident"};
  if (!route.send_resolved) return Refusal{"resolved_not_wanted", "send_resolved is false"};
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& routing_attributes() {
  static const std::vector<std::string> names{"title",     "identifier", "severity", "source",  "type",  "kind",
                                              "namespace", "node",       "name",     "cluster", "family"};
  return names;
}

std::vector<Decision> decide(const RoutingTable& table, const schemas::Transition& transition,
                             const std::vector<std::string>& told) {
  auto attributes = attributes_of(transition);
  bool is_end = transition.state == TransitionState::kResolved;
  std::string stopped_by;
  std::vector<Decision> decisions;
  decisions.reserve(table.size());
  for (const auto& route : table) {
    bool was_told = contains(told, route.sink);
    Judgement refusal;
    if (is_end) {
      refusal = judge_end(route, was_told);
    } else {
      if (!stopped_by.empty()) refusal = Refusal{"stopped_by:" + stopped_by, "an earlier sink has stop: true"};
      if (!refusal) refusal = judge_playbook(route, transition.finding.sinks);
      if (!refusal) refusal = judge_scope(route, attributes);
      // Also where it doesn't want this update: the incident is its own, and no later sink's.
      if (!refusal && route.stop) stopped_by = route.sink;
      if (!refusal) refusal = judge_update(route, transition, was_told);
    }
    Decision decision{.sink = route.sink, .chosen = !refusal, .opening = !refusal && !was_told};
    if (refusal) {
      decision.reason = refusal->reason;
      decision.detail = refusal->detail;
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace sinks
