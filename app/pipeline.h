// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/heartbeat/caller.h"
#include "app/heartbeat/delivered_beats.h"
#include "app/heartbeat/relay.h"
#include "app/roles.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "bus/bus.h"
#include "incidents/keeper.h"
#include "ingest/splitter.h"
#include "playbooks/worker.h"
#include "sinks/delivery/removed_sink.h"
#include "sinks/delivery/worker.h"
#include "sinks/routing/router.h"

namespace app {

// What the pipeline stands on; outlives it.
struct PipelineDeps {
  bus::Bus& bus;
  base::Clock& wall_clock;  // Paces sinks; the bus has the pipeline's own clock.
  base::Rng& rng;
  base::Metrics& metrics;
  base::Executor work;      // Where stages run.
  net::http::Client& http;  // What the heartbeat calls with.
};

// The stages between intake and the outside world, in one process. `run` and `replay` differ only in what they put
// around it. Not thread-safe; its stages are.
class Pipeline {
 public:
  Pipeline(Config config, Roles roles, PipelineDeps deps);
  ~Pipeline();

  // Adds the stages to the bus, which may run already. `topics` are those that the bus has from earlier: deliveries to
  // sinks that are no longer configured are ended as suppressed.
  base::Result<void> start(const std::vector<std::string>& topics);

  // Ends the deliveries of further topics whose sink is not configured, as start() does.
  base::Result<void> end_removed(const std::vector<std::string>& topics);

  // Takes another configuration: playbooks and routes at once, sinks where their section changed. Returns the options
  // that take effect at the next start only.
  base::Task<base::Result<std::vector<std::string>>> apply(Config next);

  // Ends what the stages left waiting. Call it after the bus has stopped.
  base::Task<void> stop();

  const Config& config() const { return config_; }
  // Where beats passed. Thread-safe.
  heartbeat::Passes& passes() { return passes_; }
  // How the sinks are. Thread-safe.
  std::vector<sinks::SinkHealth> sink_health() const { return health_.all(); }
  // The stages that a configuration has under some roles, without those of sinks that are gone.
  static std::vector<bus::StageSpec> stages(const Config& config, const Roles& roles);

 private:
  struct Running;

  base::Result<void> start_sinks(Config& config);
  base::Result<void> add_digests(const std::string& sink, bus::Handler& handler);
  base::Result<void> add_groups(const std::string& sink, bus::Handler& handler);
  void note_parts(const std::vector<std::string>& topics);
  base::Result<void> start_removed(const std::string& sink);
  base::Task<void> end_sink(std::string name);

  Config config_;
  Roles roles_;
  PipelineDeps deps_;
  heartbeat::CurrentRules rules_;
  heartbeat::Passes passes_;
  ingest::Splitter splitter_;
  playbooks::Worker worker_;
  incidents::Keeper keeper_;
  sinks::Router router_;
  heartbeat::Relay split_relay_;
  heartbeat::Relay playbooks_relay_;
  heartbeat::Relay incidents_relay_;
  heartbeat::Relay routing_relay_;
  sinks::HealthBoard health_;
  std::map<std::string, std::unique_ptr<Running>> sinks_;
  std::set<std::string> digesting_;  // The sinks that have digests, or had and may have some to send.
  std::set<std::string> grouping_;   // The same of groups.
};

}  // namespace app
