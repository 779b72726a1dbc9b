// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink_set.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "sinks/delivery/sender.h"
#include "sinks/sink_name.h"

namespace sinks {

using base::yaml::Mark;
using base::yaml::Node;
using base::yaml::Problems;

namespace {

void append_canonical(const Node& node, std::string& text) {
  text += node.quoted ? "'" : "";
  text += std::to_string(node.scalar.size()) + ":" + node.scalar + "[";
  for (const auto& item : node.items) append_canonical(item, text);
  text += "]{";
  for (const auto& entry : node.entries) {
    text += std::to_string(entry.key.size()) + ":" + entry.key;
    append_canonical(entry.value, text);
  }
  text += "}";
}

std::string digest_of(const std::string& kind, const Node& params) {
  std::string text = kind;
  append_canonical(params, text);
  return base::sha256_hex(text);
}

void report_unknown_kind(const Node::Entry& section, const SinkTypes& types, Problems& problems) {
  const auto& robusta = robusta_sink_kinds();
  if (std::find(robusta.begin(), robusta.end(), section.key) != robusta.end()) {
    problems.warning(section.key_mark, section.key + " is not supported yet: nothing is delivered there");
    return;
  }
  std::string text = "unknown kind of sink '" + section.key + "'";
  auto nearest = base::yaml::suggest(section.key, types.names());
  if (!nearest.empty()) text += "; " + nearest;
  problems.error(section.key_mark, text);
}

Mark mark_of_name(const Node::Entry& section) {
  const Node* name = section.value.find("name");
  return name ? name->mark : section.key_mark;
}

// Checks the name, and that no sink before has it.
void check_name(const std::string& written, const Node::Entry& section, std::map<std::string, int>& lines,
                Problems& problems) {
  if (written.empty()) return;  // Missing: reported by the table.
  auto name = sink_name(written);
  if (name.size() > kLongestSinkName) {
    problems.error(mark_of_name(section),
                   "the name of a sink may have " + std::to_string(kLongestSinkName) + " bytes at most");
  }
  auto [other, is_new] = lines.emplace(name, section.key_mark.line);
  if (is_new) return;
  std::string also = name == written ? "" : " (in topics both are '" + name + "')";
  problems.error(mark_of_name(section), "another sink, in line " + std::to_string(other->second) +
                                            ", already has the name '" + written + "'" + also);
}

Route route_of(const SinkOptions& common, bool medium_is_named, Problems& problems) {
  return {.sink = sink_name(common.name),
          .is_default = common.is_default,
          .stop = common.stop,
          .send_resolved = common.send_resolved,
          .updates = common.updates,
          .scope = schemas::Scope::read(common.scope, routing_attributes(), medium_is_named, problems),
          .match = schemas::Match::read(common.match, routing_attributes(), medium_is_named, problems),
          .schedule = Schedule(common.activity, common.mute_intervals),
          .renotify_after = common.renotify_after};
}

// The sinks that take over from one, in order; ends where it comes round.
std::vector<std::string> fallbacks_of(const std::string& sink, const std::map<std::string, std::string>& next) {
  std::vector<std::string> chain;
  for (auto at = next.find(sink); at != next.end(); at = next.find(chain.back())) {
    bool comes_round = std::find(chain.begin(), chain.end(), at->second) != chain.end();
    chain.push_back(at->second);
    if (comes_round) break;
  }
  return chain;
}

// Checks that `fallback` names a sink and never leads back. `sections` are those of the members of `set`, in order.
void link_fallbacks(SinkSet& set, const std::vector<const Node*>& sections, RoutingTable& routes, Problems& problems) {
  std::map<std::string, std::string> next;
  auto names = set.names();
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::string& written = set.members[i].configured.common.fallback;
    if (written.empty()) continue;
    std::string fallback = sink_name(written);
    if (std::find(names.begin(), names.end(), fallback) != names.end()) {
      next.emplace(names[i], fallback);
      continue;
    }
    auto nearest = base::yaml::suggest(written, names);
    problems.error(sections[i]->find("fallback")->mark, "fallback: there is no sink with the name '" + written + "'" +
                                                            (nearest.empty() ? "" : "; " + nearest));
  }
  for (std::size_t i = 0; i < sections.size(); ++i) {
    auto chain = fallbacks_of(names[i], next);
    if (std::find(chain.begin(), chain.end(), names[i]) != chain.end()) {
      std::string way = names[i];
      for (const auto& sink : chain) {
        way += " -> " + sink;
        if (sink == names[i]) break;
      }
      problems.error(sections[i]->find("fallback")->mark, "fallback: it leads back to this sink: " + way);
    }
    const char* folding = tells_in_parts(delivery_options(set.members[i].configured.common)) ? " folds" : "";
    for (auto& member : set.members) {
      // It has another part to play then, and begins anew: with digests, where that sink has some.
      if (std::find(chain.begin(), chain.end(), member.name) != chain.end()) member.digest += "+" + names[i] + folding;
    }
    routes[i].fallbacks = std::move(chain);
  }
}

SinkSet::Member load_member(const Node::Entry& section, const SinkType& type, const Services& services,
                            Problems& problems) {
  auto configured = type.make(section.value, services, problems);
  check_schedule(section.value, configured.common.mute_intervals, problems);
  if (configured.common.grouping) {
    const Node* mode = section.value.find("grouping")->find("notification_mode");
    Grouping::read(*configured.common.grouping, problems, mode ? mode->mark : Mark{});
  }
  return {.name = sink_name(configured.common.name),
          .kind = type.name,
          .digest = digest_of(type.name, section.value),
          .configured = std::move(configured)};
}

}  // namespace

bool some_sink_names_medium(const Node& sinks) {
  for (const auto& item : sinks.items) {
    for (const auto& section : item.entries) {
      for (const char* filter : {"scope", "match"}) {
        const Node* conditions = section.value.find(filter);
        if (conditions && schemas::names_medium(*conditions)) return true;
      }
    }
  }
  return false;
}

std::vector<std::string> SinkSet::names() const {
  std::vector<std::string> names;
  for (const auto& member : members) names.push_back(member.name);
  return names;
}

SinkSet load_sinks(const Node& node, const SinkTypes& types, const Services& services, Problems& problems) {
  if (!node.is_null() && !node.is_sequence()) {
    problems.error(node.mark, "expected a list of sinks, each a mapping with its kind as the only key");
  }
  bool medium_is_named = some_sink_names_medium(node);
  SinkSet set;
  auto routes = std::make_shared<RoutingTable>();
  std::map<std::string, int> lines;
  std::vector<const Node*> sections;
  for (const auto& item : node.items) {
    if (!item.is_mapping() || item.entries.size() != 1) {
      problems.error(item.mark, "expected one sink, such as `webhook_sink: {...}`");
    } else if (const auto& section = item.entries.front(); const SinkType* type = types.find(section.key)) {
      auto member = load_member(section, *type, services, problems);
      check_name(member.configured.common.name, section, lines, problems);
      routes->push_back(route_of(member.configured.common, medium_is_named, problems));
      set.members.push_back(std::move(member));
      sections.push_back(&section.value);
    } else {
      report_unknown_kind(section, types, problems);
    }
  }
  link_fallbacks(set, sections, *routes, problems);
  set.routes = std::move(routes);
  return set;
}

const std::vector<std::string>& robusta_sink_kinds() {
  static const std::vector<std::string> kinds{
      "slack_sink",      "slack_sink_preview", "robusta_sink",   "ms_teams_sink", "discord_sink",   "mattermost_sink",
      "rocketchat_sink", "google_chat_sink",   "zulip_sink",     "webex_sink",    "telegram_sink",  "yamessenger_sink",
      "pushover_sink",   "mail_sink",          "pagerduty_sink", "opsgenie_sink", "victorops_sink", "incidentio_sink",
      "jira_sink",       "service_now_sink",   "datadog_sink",   "kafka_sink",    "webhook_sink",   "file_sink"};
  return kinds;
}

}  // namespace sinks
