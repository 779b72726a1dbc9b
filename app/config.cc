// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/components.h"
#include "app/config_file.h"
#include "app/foreign_keys.h"
#include "app/global_keys.h"
#include "base/options/option_table.h"
#include "base/secret_file.h"
#include "base/version.h"
#include "base/yaml/parse.h"
#include "playbooks/loader.h"

namespace app {

namespace {

using base::yaml::Node;
using base::yaml::Problems;

// The sections of a file by the names that they may have: ours, Robusta's Helm values, its rendered configuration.
class Reader {
 public:
  Reader(const Node& root, Problems& problems) : root_(root), problems_(problems) {}

  // The section under any of its names, or an empty one. Two names for one section are an error.
  const Node& take(std::initializer_list<const char*> names) {
    const Node* found = &kEmpty;
    for (const char* name : names) {
      known_.push_back(name);
      const Node* node = root_.find(name);
      if (node == nullptr) continue;
      if (found != &kEmpty) problems_.error(node->mark, fmt::format("'{}' is here twice, under two names", name));
      found = node;
    }
    return *found;
  }

  // Complains about every key that nobody took.
  void refuse_others() const {
    for (const auto& entry : root_.entries) {
      if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
      if (auto meaning = meaning_of_foreign_key(entry.key); !meaning.empty()) {
        problems_.warning(entry.key_mark, fmt::format("'{}' has no effect: {}", entry.key, meaning));
        continue;
      }
      std::string hint = base::yaml::suggest(entry.key, known_);
      problems_.error(entry.key_mark, fmt::format("unknown key '{}'{}{}", entry.key, hint.empty() ? "" : ": ", hint));
    }
  }

 private:
  static inline const Node kEmpty;

  const Node& root_;
  Problems& problems_;
  std::vector<std::string> known_;
};

std::string read_cluster(const Node& helm_name, const Node& global, Problems& problems) {
  const Node* in_global = global.find("cluster_name");
  const Node* node = helm_name.is_null() ? in_global : &helm_name;
  std::string cluster = "default";
  Problems found;
  if (node != nullptr && !node->is_null()) base::options::read_value(*node, cluster, found);
  problems.add_of(node == in_global ? "cluster_name" : "clusterName", found);
  return cluster.empty() ? "default" : cluster;
}

// Playbooks and what their actions refer to, which lives as long.
struct PlaybooksWithServices {
  enrichers::Services services;
  std::shared_ptr<const playbooks::Playbooks> playbooks;
};

std::shared_ptr<const playbooks::Playbooks> load_playbooks(const playbooks::ConfigParts& parts,
                                                           const std::string& cluster, net::http::Client& http,
                                                           Problems& problems) {
  auto held = std::make_shared<PlaybooksWithServices>(PlaybooksWithServices{{http, cluster}, nullptr});
  const Components& known = components();
  held->playbooks = playbooks::load(parts, {known.triggers, known.actions, held->services}, problems);
  return {held, held->playbooks.get()};
}

}  // namespace

std::optional<Config> load_config(const std::string& path, const ConfigServices& services, Problems& problems) {
  auto text = read_config_file(path);
  if (!text) {
    problems.error({}, text.error().message);
    return std::nullopt;
  }
  return read_config(text.value(), base::yaml::process_environment(), services, problems);
}

std::optional<Config> read_config(std::string_view text, const base::yaml::Environment& environment,
                                  const ConfigServices& services, Problems& problems) {
  Node root = base::yaml::parse(text, environment, problems);
  if (problems.has_errors()) return std::nullopt;
  if (!root.is_mapping() && !root.is_null()) problems.error(root.mark, "the file is not a mapping of keys to values");

  Reader file(root, problems);
  const Node& global = file.take({"globalConfig", "global_config"});
  const Node& active = file.take({"active_playbooks"});
  const Node& custom = file.take({"customPlaybooks"});
  const Node& disabled = file.take({"disabledPlaybooks"});
  const Node& settings = file.take({"playbooks"});
  const Node& sinks = file.take({"sinksConfig", "sinks_config"});

  check_global_keys(global, problems);
  Config config;
  config.cluster = read_cluster(file.take({"clusterName"}), global, problems);
  config.server = read_server_section(file.take({"server"}), problems);
  config.bus = read_bus_section(file.take({"bus"}), problems);
  config.relabel = ingest::Relabel::read(file.take({"alertRelabel", "alert_relabel"}), problems);
  bool is_rendered = !active.is_null();
  if (is_rendered && !custom.is_null()) {
    problems.warning(custom.mark, "customPlaybooks has no effect beside active_playbooks, which is all that runs");
  }
  playbooks::ConfigParts parts{is_rendered ? "active_playbooks" : "customPlaybooks",
                               is_rendered ? &active : &custom,
                               is_rendered,
                               &disabled,
                               &global,
                               &settings,
                               sinks::some_sink_names_medium(sinks)};
  config.playbooks = load_playbooks(parts, config.cluster, services.http, problems);
  config.sinks = sinks::load_sinks(sinks, components().sinks,
                                   {services.sink_http != nullptr ? *services.sink_http : services.http,
                                    services.file_pool, std::string("tocsin/") + base::kVersion},
                                   problems);
  const Node& heartbeat = file.take({"heartbeat"});
  if (!heartbeat.is_null()) config.heartbeat = read_heartbeat_section(heartbeat, config.sinks.names(), problems);
  const Node& watchdog = file.take({"watchdog"});
  if (!watchdog.is_null()) config.watchdog = ingest::watchdog_options().read(watchdog, problems);
  file.refuse_others();
  if (problems.has_errors()) return std::nullopt;
  return config;
}

std::map<std::string, std::shared_ptr<sinks::Inbox>> Config::inboxes() const {
  std::map<std::string, std::shared_ptr<sinks::Inbox>> found;
  for (const auto& member : sinks.members) {
    if (member.configured.inbox) found.emplace(member.name, member.configured.inbox);
  }
  return found;
}

std::vector<std::string> Config::sink_names() const {
  auto names = sinks.names();
  if (heartbeat && is_given(heartbeat->url)) names.emplace_back(kHeartbeatSink);
  return names;
}

heartbeat::Rules Config::heartbeat_rules() const {
  return {cluster, heartbeat ? heartbeat->target() : std::string(), watchdog};
}

std::vector<const base::OptionSet*> top_level_option_sets() {
  std::vector<const base::OptionSet*> sets = server_option_sets();
  for (const auto* set :
       {&bus_options().set(), &retention_options().set(), &kafka_options().set(), &ingest::relabel_options().set(),
        &heartbeat_options().set(), &ingest::watchdog_options().set(), &playbooks::playbooks_options().set(),
        &playbooks::playbook_options().set()}) {
    sets.push_back(set);
  }
  return sets;
}

}  // namespace app
