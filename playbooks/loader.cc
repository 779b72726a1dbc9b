// SPDX-License-Identifier: Apache-2.0
#include "playbooks/loader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "playbooks/builtin.h"
#include "playbooks/playbook_reader.h"

namespace playbooks {

namespace {

using base::yaml::Node;
using base::yaml::Problems;

// Built-in playbooks that a user may name in disabledPlaybooks.
struct Disabled {
  std::vector<std::pair<std::string, base::yaml::Mark>> names;
  std::set<std::string> met;

  bool has(const std::string& name) {
    if (std::ranges::find(names, name, &std::pair<std::string, base::yaml::Mark>::first) == names.end()) return false;
    met.insert(name);
    return true;
  }
};

Disabled read_disabled(const Node* node, Problems& problems) {
  Disabled disabled;
  if (node == nullptr || node->is_null()) return disabled;
  if (!node->is_sequence()) {
    problems.error(node->mark, "disabledPlaybooks must be a list of names");
    return disabled;
  }
  for (const Node& item : node->items) {
    if (item.is_scalar()) {
      disabled.names.emplace_back(item.scalar, item.mark);
    } else {
      problems.error(item.mark, "disabledPlaybooks must be a list of names");
    }
  }
  return disabled;
}

bool is_true(const Node* node) { return node != nullptr && node->scalar == "true"; }

// Takes a key that only built-in playbooks have out of one.
std::optional<Node> take(Node& playbook, std::string_view key) {
  auto it = std::ranges::find(playbook.entries, key, &Node::Entry::key);
  if (it == playbook.entries.end()) return std::nullopt;
  Node value = std::move(it->value);
  playbook.entries.erase(it);
  return value;
}

// Whether any trigger tells MEDIUM from HIGH.
bool names_medium(const Node* playbooks) {
  if (playbooks == nullptr) return false;
  for (const Node& playbook : playbooks->items) {
    const Node* triggers = playbook.find("triggers");
    if (triggers == nullptr) continue;
    for (const Node& item : triggers->items) {
      for (const Node::Entry& entry : item.entries) {
        if (schemas::names_medium(entry.value)) return true;
      }
    }
  }
  return false;
}

class Loading {
 public:
  Loading(const ConfigParts& parts, const Catalogue& catalogue, Problems& problems)
      : parts_(parts),
        problems_(problems),
        reader_(catalogue, parts.global, {parts.medium_is_named || names_medium(parts.list)}, problems),
        disabled_(read_disabled(parts.disabled, problems)) {}

  std::vector<Playbook> run() {
    Node builtin = builtin_playbooks();
    if (!parts_.is_rendered) add_builtin(builtin.find("priority"));
    add_custom();
    if (!parts_.is_rendered) add_builtin(builtin.find("standard"));
    tell_unknown_disabled();
    return std::move(list_);
  }

 private:
  void add_custom() {
    const Node* list = parts_.list;
    if (list == nullptr || list->is_null()) return;
    if (!list->is_sequence()) {
      problems_.error(list->mark, parts_.list_name + " must be a list of playbooks");
      return;
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      add(reader_.read(list->items[i], parts_.list_name + "[" + std::to_string(i) + "]"));
    }
  }

  void add_builtin(const Node* list) {
    for (Node playbook : list->items) {
      const Node* name = playbook.find("name");
      if (disabled_.has(name->scalar)) continue;
      std::optional<Node> only_with = take(playbook, "only_with");
      std::optional<Node> fallback = take(playbook, "fallback");
      if (only_with && !has_global(only_with->scalar)) continue;
      std::optional<Playbook> made = reader_.read(playbook, name->scalar);
      if (made) {
        made->is_builtin = true;
        made->fallback = fallback && is_true(&*fallback);
      }
      add(std::move(made));
    }
  }

  bool has_global(std::string_view key) const {
    const Node* value = parts_.global == nullptr ? nullptr : parts_.global->find(key);
    return value != nullptr && value->is_scalar() && !value->scalar.empty();
  }

  // Robusta does not read the names, so two playbooks of a working file may share one.
  void add(std::optional<Playbook> playbook) {
    if (!playbook || (!playbook->name.empty() && disabled_.has(playbook->name))) return;
    std::string name = playbook->name;
    for (int i = 2; !names_.insert(playbook->name).second; ++i) playbook->name = name + "#" + std::to_string(i);
    list_.push_back(std::move(*playbook));
  }

  void tell_unknown_disabled() {
    std::vector<std::string> valid(names_.begin(), names_.end());
    for (const auto& [name, mark] : disabled_.names) {
      if (disabled_.met.contains(name)) continue;
      std::string suggestion = base::yaml::suggest(name, valid);
      problems_.warning(mark, "disabledPlaybooks: there is no playbook '" + name + "'" +
                                  (suggestion.empty() ? "" : "; " + suggestion));
    }
  }

  const ConfigParts& parts_;
  Problems& problems_;
  PlaybookReader reader_;
  Disabled disabled_;
  std::set<std::string> names_;
  std::vector<Playbook> list_;
};

}  // namespace

std::shared_ptr<const Playbooks> load(const ConfigParts& parts, const Catalogue& catalogue, Problems& problems) {
  static const Node kNothing;
  PlaybooksOptions options = playbooks_options().read(parts.settings == nullptr ? kNothing : *parts.settings, problems);
  const Node* severities = parts.global == nullptr ? nullptr : parts.global->find("custom_severity_map");
  SeverityMap severity_map = read_severity_map(severities == nullptr ? kNothing : *severities, problems);
  std::vector<Playbook> list = Loading(parts, catalogue, problems).run();
  return std::make_shared<const Playbooks>(std::move(list), std::move(severity_map), options);
}

}  // namespace playbooks
