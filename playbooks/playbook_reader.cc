// SPDX-License-Identifier: Apache-2.0
#include "playbooks/playbook_reader.h"

#include <algorithm>

#include "playbooks/options.h"
#include "playbooks/robusta_names.h"

namespace playbooks {

namespace {

using base::yaml::Node;
using base::yaml::Problems;

std::string keys_of(const Node& mapping) {
  std::string keys;
  for (const Node::Entry& entry : mapping.entries) keys += (keys.empty() ? "" : ", ") + entry.key;
  return keys;
}

std::string hint(std::string_view name, const std::vector<std::string>& valid) {
  std::string suggestion = base::yaml::suggest(name, valid);
  return suggestion.empty() ? "" : "; " + suggestion;
}

// A secret can be given as `x` or as `x_file`: one of them given hides the other one of globalConfig.
bool gives(const Node& params, std::string_view key) {
  if (params.find(key) != nullptr || params.find(std::string(key) + "_file") != nullptr) return true;
  return key.ends_with("_file") && params.find(key.substr(0, key.size() - 5)) != nullptr;
}

}  // namespace

std::optional<Playbook> PlaybookReader::read(const Node& node, std::string default_name) {
  PlaybookOptions options = playbook_options().read(node, problems_);
  Playbook playbook;
  playbook.name = options.name.empty() ? std::move(default_name) : options.name;
  playbook.sinks = std::move(options.sinks);
  playbook.stop = options.stop;
  playbook.rate_limit = options.rate_limit;
  read_triggers(options.triggers, playbook);
  read_actions(options.actions, playbook);
  if (playbook.triggers.empty()) return std::nullopt;
  return playbook;
}

void PlaybookReader::read_triggers(const Node& list, Playbook& playbook) {
  if (list.is_null()) return;  // Told as a missing key, or empty and told below.
  if (!list.is_sequence()) {
    problems_.error(list.mark, "triggers must be a list: write each as `- on_...:`");
    return;
  }
  if (list.items.empty()) problems_.error(list.mark, "triggers is empty: the playbook would never run");
  bool all_known = true;
  for (const Node& item : list.items) {
    const Node::Entry* entry = only_entry(item, "trigger");
    all_known = all_known && entry != nullptr && robusta::has_trigger(entry->key);
    if (entry != nullptr) read_trigger(*entry, playbook);
  }
  if (playbook.triggers.empty() && all_known && !list.items.empty()) {
    problems_.warning(list.mark, "playbook '" + playbook.name + "' is skipped: none of its triggers is supported");
  }
}

void PlaybookReader::read_actions(const Node& list, Playbook& playbook) {
  if (list.is_null()) return;
  if (!list.is_sequence()) {
    problems_.error(list.mark, "actions must be a list: write each as `- name_of_action: {}`");
    return;
  }
  for (const Node& item : list.items) {
    if (const Node::Entry* entry = only_entry(item, "action")) read_action(*entry, playbook);
  }
}

const Node::Entry* PlaybookReader::only_entry(const Node& item, std::string_view what) {
  if (item.is_scalar()) {
    problems_.error(item.mark, (what == "action" ? "an " : "a ") + std::string(what) + " needs a colon: write `- " +
                                   item.scalar + ": {}`");
    return nullptr;
  }
  if (!item.is_mapping() || item.entries.empty()) {
    problems_.error(item.mark, "a list of " + std::string(what) + "s holds names with their parameters below");
    return nullptr;
  }
  if (item.entries.size() == 1) return &item.entries.front();
  const Node::Entry& first = item.entries.front();
  problems_.error(item.mark, "each item of " + std::string(what) + "s must have exactly one key and this one has " +
                                 std::to_string(item.entries.size()) + " (" + keys_of(item) +
                                 "): indent what belongs to " + first.key + ", start each " + std::string(what) +
                                 " with `- `");
  return nullptr;
}

void PlaybookReader::read_trigger(const Node::Entry& entry, Playbook& playbook) {
  const TriggerType* type = catalogue_.triggers.find(entry.key);
  if (type != nullptr) {
    auto trigger = type->make(entry.value, context_, problems_);
    if (trigger) playbook.triggers.push_back(std::move(trigger));
  } else if (robusta::has_trigger(entry.key)) {
    problems_.warning(entry.key_mark, "trigger " + entry.key + " is not supported: playbook '" + playbook.name +
                                          "' does not fire by it");
  } else {
    problems_.error(entry.key_mark,
                    "unknown trigger '" + entry.key + "'" + hint(entry.key, catalogue_.triggers.names()));
  }
}

void PlaybookReader::read_action(const Node::Entry& entry, Playbook& playbook) {
  const enrichers::ActionType* type = catalogue_.actions.find(entry.key);
  if (type != nullptr) {
    auto action = type->make(with_global_values(entry, *type->options), catalogue_.services, problems_);
    if (action) playbook.steps.push_back({entry.key, type->runs_alone, std::move(action)});
  } else if (robusta::has_action(entry.key)) {
    problems_.warning(entry.key_mark,
                      "action " + entry.key + " is not supported: playbook '" + playbook.name + "' runs without it");
  } else {
    problems_.error(entry.key_mark, "unknown action '" + entry.key + "'" + hint(entry.key, catalogue_.actions.names()));
  }
}

Node PlaybookReader::with_global_values(const Node::Entry& entry, const base::OptionSet& options) const {
  Node params = entry.value;
  if (params.is_null()) {
    params.kind = Node::Kind::kMapping;
    params.mark = entry.key_mark;
  }
  if (global_ == nullptr || !params.is_mapping()) return params;
  for (const base::OptionSpec& spec : options.specs()) {
    if (gives(entry.value, spec.key)) continue;
    auto value = std::ranges::find(global_->entries, spec.key, &Node::Entry::key);
    if (value != global_->entries.end()) params.entries.push_back(*value);
  }
  return params;
}

}  // namespace playbooks
