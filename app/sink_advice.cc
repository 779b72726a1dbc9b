// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/advice.h"
#include "app/components.h"
#include "base/options/value_types.h"
#include "schemas/scope.h"
#include "schemas/scope/examples.h"
#include "sinks/routing/route.h"
#include "sinks/sink_name.h"

namespace app {

namespace {

using base::yaml::Node;

bool is_true(const Node& section, std::string_view key, bool otherwise) {
  base::yaml::Problems ignored;
  bool value = otherwise;
  const Node* node = section.find(key);
  if (node != nullptr && !node->is_null()) base::options::read_value(*node, value, ignored);
  return value;
}

bool has(const Node& section, std::string_view key) {
  const Node* node = section.find(key);
  return node != nullptr && !node->is_null();
}

// A sink as far as the advice looks at it.
struct Sink {
  std::string name;
  std::string fallback;
  base::yaml::Mark mark;
  bool is_default = true;
  bool stop = false;
  bool has_quiet_hours = false;  // Then its stop does not always hold.
  schemas::Filter filter;
};

std::vector<Sink> sinks_of(const Node& root) {
  std::vector<Sink> sinks;
  bool medium_is_named = false;
  for (const Node& item : list_under(root, {"sinksConfig", "sinks_config"})) {
    if (item.entries.size() != 1) continue;
    const auto& [kind, mark, section] = item.entries.front();
    Sink sink{.name = {}, .fallback = {}, .mark = mark, .filter = {}};
    if (const Node* name = section.find("name")) sink.name = sinks::sink_name(name->scalar);
    if (const Node* fallback = section.find("fallback")) sink.fallback = sinks::sink_name(fallback->scalar);
    sink.is_default = is_true(section, "default", true);
    sink.stop = is_true(section, "stop", false);
    sink.has_quiet_hours = has(section, "activity") || has(section, "mute_intervals");
    if (has(section, "scope")) sink.filter.scope = section.find("scope");
    if (has(section, "match")) sink.filter.match = section.find("match");
    for (const Node* filter : {sink.filter.scope, sink.filter.match}) {
      medium_is_named = medium_is_named || (filter != nullptr && schemas::names_medium(*filter));
    }
    sink.filter.attributes = sinks::routing_attributes();
    sinks.push_back(std::move(sink));
  }
  for (Sink& sink : sinks) sink.filter.medium_is_named = medium_is_named;
  return sinks;
}

// The lists `sinks` of all playbooks that have one.
struct NamedSinks {
  std::vector<std::set<std::string>> lists;
  std::vector<const Node*> names;

  // Whether a playbook names this one, and, if given, not the other.
  bool has(const std::string& sink, const std::string* without = nullptr) const {
    return std::ranges::any_of(lists, [&](const std::set<std::string>& list) {
      return list.contains(sink) && (without == nullptr || !list.contains(*without));
    });
  }
};

NamedSinks sinks_of_playbooks(const Node& root) {
  NamedSinks named;
  for (const Node& playbook : list_under(root, {"active_playbooks", "customPlaybooks"})) {
    const Node* list = playbook.find("sinks");
    if (list == nullptr || list->is_null()) continue;
    std::vector<const Node*> names;
    for (const Node& item : list->items) names.push_back(&item);
    if (list->is_scalar()) names.push_back(list);
    auto& set = named.lists.emplace_back();
    for (const Node* name : names) set.insert(sinks::sink_name(name->scalar));
    named.names.insert(named.names.end(), names.begin(), names.end());
  }
  return named;
}

void advise_names(const NamedSinks& named, const std::vector<Sink>& sinks, base::yaml::Problems& problems) {
  std::vector<std::string> valid;
  for (const Sink& sink : sinks) valid.push_back(sink.name);
  for (const Node* name : named.names) {
    if (std::ranges::find(valid, sinks::sink_name(name->scalar)) != valid.end()) continue;
    std::string hint = base::yaml::suggest(name->scalar, valid);
    problems.warning(name->mark,
                     fmt::format("there is no sink '{}'{}{}", name->scalar, hint.empty() ? "" : "; ", hint));
  }
}

// The sink before number `i` that takes all that it could get, or nullptr.
const Sink* taken_by(const std::vector<Sink>& sinks, std::size_t i, const NamedSinks& named) {
  for (std::size_t before = 0; before < i; ++before) {
    const Sink& wide = sinks[before];
    if (!wide.stop || wide.has_quiet_hours || !wide.is_default) continue;
    if (named.has(sinks[i].name, &wide.name)) continue;
    if (schemas::covers(wide.filter, sinks[i].filter)) return &wide;
  }
  return nullptr;
}

const Node* sinks_section(const Node& root) {
  const Node* section = root.find("sinksConfig");
  return section != nullptr ? section : root.find("sinks_config");
}

void advise_no_sinks(const Node& root, base::yaml::Problems& problems) {
  auto is_sink = [](const Node& item) {
    return item.entries.size() == 1 && components().sinks.find(item.entries.front().key) != nullptr;
  };
  if (std::ranges::any_of(list_under(root, {"sinksConfig", "sinks_config"}), is_sink)) return;
  const Node* section = sinks_section(root);
  problems.warning(section == nullptr ? base::yaml::Mark{} : section->mark,
                   "nobody is told of anything: there is no sink in sinksConfig");
}

// A file sink makes its file, and not the folder of it.
void advise_folders(const Node& root, base::yaml::Problems& problems) {
  for (const Node& item : list_under(root, {"sinksConfig", "sinks_config"})) {
    const Node* sink = item.find("file_sink");
    const Node* name = sink == nullptr ? nullptr : sink->find("file_name");
    if (name == nullptr || !name->is_scalar()) continue;
    std::filesystem::path folder = std::filesystem::path(name->scalar).parent_path();
    std::error_code ignored;
    if (folder.empty() || std::filesystem::is_directory(folder, ignored)) continue;
    problems.warning(name->mark, fmt::format("file_name: the folder of {} is not there, and is not made",
                                             base::options::shown(*name)));
  }
}

// A silence is made of the labels as they are here, and Alertmanager looks for them in its own.
void advise_silences(const Node& root, base::yaml::Problems& problems) {
  std::set<std::string> changed;
  for (const Node& rule : list_under(root, {"alertRelabel", "alert_relabel"})) {
    if (const Node* target = rule.find("target")) changed.insert("'" + target->scalar + "'");
  }
  if (changed.empty()) return;
  for (const Node& item : list_under(root, {"sinksConfig", "sinks_config"})) {
    if (item.entries.size() != 1 || !has(item.entries.front().value, "silences")) continue;
    problems.warning(item.entries.front().value.find("silences")->mark,
                     fmt::format("a silence matches no alert that alertRelabel has changed: Alertmanager has not "
                                 "set its {} {}",
                                 changed.size() == 1 ? "label" : "labels", fmt::join(changed, ", ")));
  }
}

}  // namespace

void advise_sinks(const Node& root, base::yaml::Problems& problems) {
  std::vector<Sink> sinks = sinks_of(root);
  NamedSinks named = sinks_of_playbooks(root);
  std::set<std::string> takes_over;
  for (const Sink& sink : sinks) takes_over.insert(sink.fallback);
  advise_no_sinks(root, problems);
  advise_folders(root, problems);
  advise_names(named, sinks, problems);
  advise_silences(root, problems);
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    const Sink& sink = sinks[i];
    const Sink* wide = taken_by(sinks, i, named);
    if (takes_over.contains(sink.name)) continue;
    if (!sink.is_default && !named.has(sink.name)) {
      problems.warning(
          sink.mark,
          fmt::format("nothing reaches sink '{}': it has default: false, and no playbook names it", sink.name));
    } else if (schemas::passes_nothing(sink.filter)) {
      problems.warning(sink.mark,
                       fmt::format("nothing reaches sink '{}': its scope or match contradicts itself", sink.name));
    } else if (wide != nullptr) {
      problems.warning(
          sink.mark, fmt::format("nothing reaches sink '{}': '{}', in line {}, takes it all and has stop{}", sink.name,
                                 wide->name, wide->mark.line, sink.stop ? ", and its own stop has no effect" : ""));
    } else if (sink.stop && i + 1 == sinks.size()) {
      problems.warning(sink.mark, fmt::format("stop of sink '{}' has no effect: no sink stands behind it", sink.name));
    }
  }
}

}  // namespace app
