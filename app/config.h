// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/bus_section.h"
#include "app/heartbeat/heartbeat_section.h"
#include "app/heartbeat/rules.h"
#include "app/server_section.h"
#include "base/options/option_set.h"
#include "base/yaml/parse.h"
#include "base/yaml/problems.h"
#include "ingest/splitter.h"
#include "net/http/client.h"
#include "playbooks/playbooks.h"
#include "sinks/sink_set.h"

namespace app {

// A configuration file as it is meant. What it holds was built with the Services given to load_config.
struct Config {
  std::string cluster;
  ServerSection server;
  BusSection bus;
  ingest::Relabel relabel;
  std::shared_ptr<const playbooks::Playbooks> playbooks;  // Keeps what its actions were built with.
  sinks::SinkSet sinks;
  std::optional<HeartbeatSection> heartbeat;
  std::optional<ingest::Watchdog> watchdog;

  // Of everything that is delivered to: the sinks, and the URL of the heartbeat.
  std::vector<std::string> sink_names() const;
  // What can be said back to the sinks, by their names.
  std::map<std::string, std::shared_ptr<sinks::Inbox>> inboxes() const;
  ingest::SplitRules split_rules() const { return {relabel, watchdog}; }
  heartbeat::Rules heartbeat_rules() const;
};

// What the parts of a configuration are built with; outlives it.
struct ConfigServices {
  net::http::Client& http;
  base::Executor file_pool;
  net::http::Client* sink_http = nullptr;  // What sinks send with, if not `http`.
};

// Reads a configuration file: ours, Robusta's Helm values, or Robusta's rendered active_playbooks.yaml. All problems of
// the file are reported at once; nullopt if one of them is an error.
std::optional<Config> load_config(const std::string& path, const ConfigServices& services,
                                  base::yaml::Problems& problems);
// The same for the text of a file. Sees no environment but the one given.
std::optional<Config> read_config(std::string_view text, const base::yaml::Environment& environment,
                                  const ConfigServices& services, base::yaml::Problems& problems);

// The option tables of the top-level sections, for schemas/config and docs/reference.
std::vector<const base::OptionSet*> top_level_option_sets();

}  // namespace app
