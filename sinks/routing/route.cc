// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/route.h"

#include <algorithm>
#include <optional>

#include "sinks/sink_name.h"

namespace sinks {

using schemas::TransitionState;

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Refusal {
  std::string reason;
  std::string detail;
  bool is_quiet = false;
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

Judgement judge_update(const Route& route, const schemas::Transition& transition, bool told, bool missed) {
  if (transition.state != TransitionState::kUpdated || missed) return std::nullopt;
  bool is_repeat = transition.cause == "repeat";
  if (!told && is_repeat) return Refusal{"repeat", "a repeat opens nothing"};
  if (!told && !transition.finding.follows.empty()) {
    return Refusal{"not_told", "evidence that came late follows a finding that it was not told"};
  }
  if (!told) return std::nullopt;
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

Judgement judge_hours(const Route& route, base::Time now) {
  auto quiet = route.schedule.quiet_at(now);
  if (!quiet) return std::nullopt;
  std::string until = quiet->until ? "told again at " + base::to_rfc3339(*quiet->until) : "never told again";
  return quiet->muted ? Refusal{"muted", "a mute interval; " + until, true}
                      : Refusal{"inactive", "outside of its activity; " + until, true};
}

// Sets `stopped_by` to the sink where it takes the incident from those after it.
Judgement judge_news(const Route& route, const schemas::Transition& transition, const schemas::Attributes& attributes,
                     const Circumstances& circumstances, std::string& stopped_by) {
  if (!stopped_by.empty()) return Refusal{"stopped_by:" + stopped_by, "an earlier sink has stop: true"};
  if (auto refusal = judge_playbook(route, transition.finding.sinks)) return refusal;
  if (auto refusal = judge_scope(route, attributes)) return refusal;
  auto quiet = judge_hours(route, circumstances.now);
  // Also where it doesn't want this update: the incident is its own, and no later sink's.
  if (route.stop && !quiet) stopped_by = route.sink;
  bool told = contains(circumstances.told, route.sink);
  if (auto refusal = judge_update(route, transition, told, contains(circumstances.missed, route.sink))) return refusal;
  return quiet;
}

// What somebody asked goes where it was asked, whatever the sink wants else, also where routing did not tell it of the
// incident (a fallback did); that somebody has taken the incident on
// also to the others that know of it and want updates.
std::vector<Decision> decide_command(const RoutingTable& table, const schemas::Transition& transition,
                                     const Circumstances& circumstances) {
  std::vector<Decision> decisions;
  for (const auto& route : table) {
    bool is_asked_here = route.sink == transition.command->sink;
    if (!is_asked_here && (is_asked(transition) || !contains(circumstances.told, route.sink))) continue;
    Judgement refusal;
    if (!is_asked_here) refusal = judge_update(route, transition, true, false);
    if (!is_asked_here && !refusal) refusal = judge_hours(route, circumstances.now);
    Decision decision{.sink = route.sink, .chosen = !refusal};
    if (refusal) {
      decision.reason = refusal->reason;
      decision.detail = refusal->detail;
      decision.held = refusal->is_quiet;
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace

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

const std::vector<std::string>& routing_attributes() {
  static const std::vector<std::string> names{"title",     "identifier", "severity", "source",  "type",  "kind",
                                              "namespace", "node",       "name",     "cluster", "family"};
  return names;
}

std::vector<Decision> decide(const RoutingTable& table, const schemas::Transition& transition,
                             const Circumstances& circumstances) {
  if (transition.command) return decide_command(table, transition, circumstances);
  auto attributes = attributes_of(transition);
  bool is_end = transition.state == TransitionState::kResolved;
  std::string stopped_by;
  std::vector<Decision> decisions;
  decisions.reserve(table.size());
  for (const auto& route : table) {
    bool was_told = contains(circumstances.told, route.sink);
    Judgement refusal =
        is_end ? judge_end(route, was_told) : judge_news(route, transition, attributes, circumstances, stopped_by);
    if (is_end && !refusal) refusal = judge_hours(route, circumstances.now);
    Decision decision{.sink = route.sink, .chosen = !refusal, .opening = !refusal && !was_told};
    if (refusal) {
      decision.reason = refusal->reason;
      decision.detail = refusal->detail;
      decision.held = refusal->is_quiet;
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace sinks
