// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "app/advice.h"
#include "app/components.h"
#include "playbooks/builtin.h"
#include "schemas/scope/examples.h"

namespace app {

namespace {

using base::yaml::Node;
using schemas::Filter;

// The only trigger whose parameters are known to narrow what it fires on, each by itself.
constexpr std::string_view kAlerts = "on_prometheus_alert";

std::string_view text_of(const Node& mapping, std::string_view key) {
  const Node* value = mapping.find(key);
  return value == nullptr ? std::string_view() : std::string_view(value->scalar);
}

Filter filter_of(const Node& params) {
  Filter filter;
  const Node* scope = params.find("scope");
  if (scope != nullptr && !scope->is_null()) filter.scope = scope;
  if (auto name = text_of(params, "alert_name"); !name.empty()) filter.labels.emplace("alertname", name);
  return filter;
}

// Whether one parameter of an alert trigger lets everything pass that the trigger `narrow` fires on.
bool lets_pass(const Node::Entry& wide, const Node& narrow) {
  if (wide.value.is_null() || wide.key == "scope") return true;  // The scope is judged as a whole.
  if (wide.key == "status") {
    std::string_view other = text_of(narrow, "status");
    return wide.value.scalar == "all" || wide.value.scalar == (other.empty() ? "firing" : other);
  }
  const Node* other = narrow.find(wide.key);
  if (other == nullptr) return false;
  if (wide.key.ends_with("_prefix")) return other->scalar.starts_with(wide.value.scalar);
  return says_the_same(wide.value, *other);
}

bool covers(const Node::Entry& wide, const Node::Entry& narrow) {
  if (wide.key != narrow.key) return false;
  if (wide.key != kAlerts) return says_the_same(wide.value, narrow.value);
  bool says_status = !text_of(wide.value, "status").empty();
  std::string_view wanted = text_of(narrow.value, "status");
  if (!says_status && !wanted.empty() && wanted != "firing") return false;
  bool params_pass =
      std::ranges::all_of(wide.value.entries, [&](const Node::Entry& param) { return lets_pass(param, narrow.value); });
  return params_pass && schemas::covers(filter_of(wide.value), filter_of(narrow.value));
}

// Those that fire; the ones that only Robusta has do not.
std::vector<const Node::Entry*> triggers_of(const Node& playbook) {
  std::vector<const Node::Entry*> triggers;
  for (const Node& item : list_under(playbook, {"triggers"})) {
    if (item.entries.size() != 1) continue;
    const Node::Entry& trigger = item.entries.front();
    if (components().triggers.find(trigger.key) != nullptr) triggers.push_back(&trigger);
  }
  return triggers;
}

// One with a rate limit lets some events pass that it matches.
bool has_limit(const Node& playbook) {
  const Node* limit = playbook.find("rate_limit");
  return limit != nullptr && !limit->is_null();
}

// Takes every event that it matches from the playbooks behind it.
bool stops(const Node& playbook) {
  std::string_view stop = text_of(playbook, "stop");
  return (stop == "true" || stop == "yes" || stop == "on") && !has_limit(playbook);
}

// The names of alerts that it takes from the playbooks behind it, of those that it matches.
std::set<std::string> silenced_names(const Node& playbook) {
  std::set<std::string> silenced;
  if (has_limit(playbook)) return silenced;
  for (const Node& item : list_under(playbook, {"actions"})) {
    const Node* silencer = item.find("name_silencer");
    const Node* names = silencer == nullptr ? nullptr : silencer->find("names");
    if (names == nullptr) continue;
    if (names->is_scalar()) silenced.insert(names->scalar);
    for (const Node& name : names->items) silenced.insert(name.scalar);
  }
  return silenced;
}

bool takes_all_of(const Node& wide, const Node& narrow) {
  auto theirs = triggers_of(narrow);
  auto ours = triggers_of(wide);
  return !theirs.empty() && std::ranges::all_of(theirs, [&](const Node::Entry* trigger) {
    return std::ranges::any_of(ours, [&](const Node::Entry* wider) { return covers(*wider, *trigger); });
  });
}

// The names that all triggers of a playbook ask for; empty if one asks for no name, or not for one of `silenced`.
std::set<std::string> names_asked_for(const Node& playbook, const std::set<std::string>& silenced) {
  std::set<std::string> asked;
  for (const Node::Entry* trigger : triggers_of(playbook)) {
    std::string name(trigger->key == kAlerts ? text_of(trigger->value, "alert_name") : std::string_view());
    if (!silenced.contains(name)) return {};
    asked.insert(std::move(name));
  }
  return asked;
}

std::string called(const Node& playbook, std::size_t index) {
  auto name = text_of(playbook, "name");
  return name.empty() ? fmt::format("playbook {}", index + 1) : fmt::format("playbook '{}'", name);
}

// A playbook that runs, and what a sentence calls it.
struct Running {
  const Node* playbook;
  std::string called;
  bool is_builtin = false;
};

std::string with_place(const Running& running) {
  return running.is_builtin ? running.called
                            : fmt::format("{}, in line {},", running.called, running.playbook->mark.line);
}

std::set<std::string> disabled_names(const Node& root) {
  std::set<std::string> names;
  for (const Node& name : list_under(root, {"disabledPlaybooks"})) names.insert(name.scalar);
  return names;
}

// In the order of evaluation, without those behind the user's. Both trees outlive what is returned.
std::vector<Running> running_playbooks(const Node& root, const Node& builtin) {
  std::vector<Running> running;
  auto disabled = disabled_names(root);
  auto runs = [&](const Node& playbook) { return !disabled.contains(std::string(text_of(playbook, "name"))); };
  const Node* rendered = root.find("active_playbooks");
  if (rendered == nullptr || rendered->is_null()) {
    for (const Node& playbook : list_under(builtin, {"priority"})) {
      std::string name = fmt::format("the built-in {}", text_of(playbook, "name"));
      if (runs(playbook)) running.push_back({&playbook, std::move(name), true});
    }
  }
  const auto& list = list_under(root, {"active_playbooks", "customPlaybooks"});
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (runs(list[i])) running.push_back({&list[i], called(list[i], i)});
  }
  return running;
}

// Why nothing is left for `late`, as a sentence goes on; empty if `early` leaves something, as far as can be said.
std::string what_takes_all(const Running& early, const Running& late) {
  if (!takes_all_of(*early.playbook, *late.playbook)) return {};
  if (stops(*early.playbook)) {
    return fmt::format("{} takes them all and has stop{}", with_place(early),
                       stops(*late.playbook) ? ", and its own stop has no effect" : "");
  }
  auto names = names_asked_for(*late.playbook, silenced_names(*early.playbook));
  if (names.empty()) return {};
  return fmt::format("{} silences {} before it{}", with_place(early), fmt::join(names, ", "),
                     early.is_builtin ? "; disabledPlaybooks takes that out" : "");
}

void advise_triggers(const Node& playbook, base::yaml::Problems& problems) {
  for (const Node::Entry* trigger : triggers_of(playbook)) {
    if (trigger->key != kAlerts || !schemas::passes_nothing(filter_of(trigger->value))) continue;
    problems.warning(trigger->key_mark,
                     fmt::format("{} never fires: its scope contradicts itself or its alert_name", trigger->key));
  }
}

}  // namespace

void advise_playbooks(const Node& root, base::yaml::Problems& problems) {
  const Node builtin = playbooks::builtin_playbooks();
  const auto running = running_playbooks(root, builtin);
  for (const Running& late : running) {
    if (late.is_builtin) continue;
    advise_triggers(*late.playbook, problems);
    for (const Running& early : running) {
      if (&early == &late) break;
      std::string why = what_takes_all(early, late);
      if (why.empty()) continue;
      problems.warning(late.playbook->mark, fmt::format("no event reaches {}: {}", late.called, why));
      break;
    }
  }
}

}  // namespace app
