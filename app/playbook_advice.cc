// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/advice.h"
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

std::vector<const Node::Entry*> triggers_of(const Node& playbook) {
  std::vector<const Node::Entry*> triggers;
  const Node* list = playbook.find("triggers");
  if (list == nullptr) return triggers;
  for (const Node& item : list->items) {
    if (item.entries.size() == 1) triggers.push_back(&item.entries.front());
  }
  return triggers;
}

// Takes every event that it matches from the playbooks behind it. One with a rate limit lets some pass.
bool stops(const Node& playbook) {
  std::string_view stop = text_of(playbook, "stop");
  const Node* limit = playbook.find("rate_limit");
  return (stop == "true" || stop == "yes" || stop == "on") && (limit == nullptr || limit->is_null());
}

bool takes_all_of(const Node& wide, const Node& narrow) {
  auto theirs = triggers_of(narrow);
  auto ours = triggers_of(wide);
  return !theirs.empty() && std::ranges::all_of(theirs, [&](const Node::Entry* trigger) {
    return std::ranges::any_of(ours, [&](const Node::Entry* wider) { return covers(*wider, *trigger); });
  });
}

std::string called(const Node& playbook, std::size_t index) {
  auto name = text_of(playbook, "name");
  return name.empty() ? fmt::format("playbook {}", index + 1) : fmt::format("playbook '{}'", name);
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
  const auto& list = list_under(root, {"active_playbooks", "customPlaybooks"});
  for (std::size_t i = 0; i < list.size(); ++i) {
    advise_triggers(list[i], problems);
    for (std::size_t before = 0; before < i; ++before) {
      if (!stops(list[before]) || !takes_all_of(list[before], list[i])) continue;
      std::string_view stop = stops(list[i]) ? ", and its own stop has no effect" : "";
      problems.warning(list[i].mark,
                       fmt::format("no event reaches {}: {}, in line {}, takes them all and has stop{}",
                                   called(list[i], i), called(list[before], before), list[before].mark.line, stop));
      break;
    }
  }
}

}  // namespace app
