// SPDX-License-Identifier: Apache-2.0
#include "app/pipeline.h"

#include <algorithm>

#include "base/log.h"
#include "schemas/topics.h"
#include "sinks/delivery/digest_worker.h"
#include "sinks/delivery/first_look.h"
#include "sinks/delivery/group_worker.h"

namespace app {

// A sink at work, or what stands in for one that is gone.
struct Pipeline::Running {
  std::string digest;
  std::unique_ptr<sinks::DeliveryWorker> worker;
  std::unique_ptr<sinks::DigestWorker> digests;
  std::unique_ptr<sinks::GroupWorker> groups;
  std::unique_ptr<sinks::RemovedSink> removed;
  std::unique_ptr<heartbeat::Caller> caller;
  std::unique_ptr<heartbeat::DeliveredBeats> beats;  // Before the worker.
  std::unique_ptr<sinks::FirstLook> first_look;      // At the worker's sink.
};

Pipeline::Pipeline(Config config, Roles roles, PipelineDeps deps)
    : config_(std::move(config)),
      roles_(roles),
      deps_(deps),
      rules_(config_.heartbeat_rules()),
      passes_(deps.metrics),
      splitter_(config_.cluster, config_.split_rules(), deps.metrics),
      worker_(config_.playbooks, deps.metrics, deps.work),
      keeper_({}, deps.metrics),
      router_(config_.sinks.routes),
      split_relay_("split", splitter_, heartbeat::split, passes_, rules_),
      playbooks_relay_("playbooks", worker_, heartbeat::play, passes_, rules_),
      incidents_relay_("incidents", keeper_, heartbeat::keep, passes_, rules_),
      routing_relay_("routing", router_, heartbeat::route, passes_, rules_) {
  keeper_.expect_commands(!config_.inboxes().empty());
}

Pipeline::~Pipeline() = default;

base::Result<void> Pipeline::start(const std::vector<std::string>& topics) {
  if (roles_.ingest) {
    BOOST_OUTCOME_TRY(deps_.bus.add_stage(ingest::Splitter::stage(), split_relay_, deps_.work));
  }
  if (roles_.playbooks) {
    BOOST_OUTCOME_TRY(deps_.bus.add_stage(playbooks::Worker::stage(), playbooks_relay_, deps_.work));
  }
  if (roles_.incidents) {
    BOOST_OUTCOME_TRY(deps_.bus.add_stage(incidents::keeper_stage(), incidents_relay_, deps_.work));
  }
  if (!roles_.sinks) return base::ok();
  BOOST_OUTCOME_TRY(deps_.bus.add_stage(sinks::Router::spec(), routing_relay_, deps_.work));
  note_parts(topics);
  BOOST_OUTCOME_TRY(start_sinks(config_));
  return end_removed(topics);
}

base::Result<void> Pipeline::end_removed(const std::vector<std::string>& topics) {
  note_parts(topics);
  for (const std::string& gone : sinks::removed_sinks(topics, config_.sink_names())) {
    if (sinks_.contains(gone)) continue;
    BOOST_OUTCOME_TRY(start_removed(gone));
  }
  return base::ok();
}

void Pipeline::note_parts(const std::vector<std::string>& topics) {
  for (const auto& topic : topics) {
    if (topic.starts_with(schemas::topics::kDigestsPrefix)) digesting_.emplace(schemas::topics::sink_of(topic));
    if (topic.starts_with(schemas::topics::kGroupsPrefix)) grouping_.emplace(schemas::topics::sink_of(topic));
  }
}

base::Result<void> Pipeline::add_groups(const std::string& sink, bus::Handler& handler) {
  if (!grouping_.contains(sink)) return base::ok();
  return deps_.bus.add_stage(sinks::GroupWorker::spec(sink), handler, deps_.work);
}

base::Result<void> Pipeline::add_digests(const std::string& sink, bus::Handler& handler) {
  if (!digesting_.contains(sink)) return base::ok();
  return deps_.bus.add_stage(sinks::DigestWorker::spec(sink), handler, deps_.work);
}

std::vector<bus::StageSpec> Pipeline::stages(const Config& config, const Roles& roles) {
  std::vector<bus::StageSpec> specs;
  if (roles.ingest) specs.push_back(ingest::Splitter::stage());
  if (roles.playbooks) specs.push_back(playbooks::Worker::stage());
  if (roles.incidents) specs.push_back(incidents::keeper_stage());
  if (!roles.sinks) return specs;
  specs.push_back(sinks::Router::spec());
  for (const auto& name : config.sink_names()) specs.push_back(sinks::DeliveryWorker::spec(name));
  for (const auto& member : config.sinks.members) {
    if (sinks::has_digests(config.sinks, member.name)) specs.push_back(sinks::DigestWorker::spec(member.name));
    if (member.configured.common.grouping) specs.push_back(sinks::GroupWorker::spec(member.name));
  }
  return specs;
}

base::Result<void> Pipeline::start_sinks(Config& config) {
  if (config.heartbeat && !config.heartbeat->url.empty()) {
    auto running = std::make_unique<Running>();
    running->caller = std::make_unique<heartbeat::Caller>(
        *config.heartbeat, heartbeat::EndDeps{deps_.http, deps_.wall_clock, health_, passes_});
    BOOST_OUTCOME_TRY(deps_.bus.add_stage(heartbeat::Caller::spec(), *running->caller, deps_.work));
    sinks_.emplace(kHeartbeatSink, std::move(running));
  }
  for (auto& member : config.sinks.members) {
    if (sinks_.contains(member.name)) continue;
    auto running = std::make_unique<Running>();
    running->digest = member.digest;
    running->first_look = std::make_unique<sinks::FirstLook>(member.name, *member.configured.sink, health_,
                                                             deps_.wall_clock, deps_.rng, deps_.work);
    auto options = sinks::delivery_options(member.configured.common);
    if (sinks::has_digests(config.sinks, member.name)) digesting_.insert(member.name);
    if (options.grouping) grouping_.insert(member.name);
    auto grouping = options.grouping.value_or(sinks::Grouping::none());
    running->worker = std::make_unique<sinks::DeliveryWorker>(
        std::move(options), std::move(member.configured.sink),
        sinks::DeliveryDeps{deps_.wall_clock, deps_.rng, deps_.metrics, health_, deps_.work});
    running->beats = std::make_unique<heartbeat::DeliveredBeats>(member.name, *running->worker, passes_);
    BOOST_OUTCOME_TRY(deps_.bus.add_stage(sinks::DeliveryWorker::spec(member.name), *running->beats, deps_.work));
    running->first_look->begin();
    running->digests = std::make_unique<sinks::DigestWorker>(running->worker->sender());
    BOOST_OUTCOME_TRY(add_digests(member.name, *running->digests));
    running->groups = std::make_unique<sinks::GroupWorker>(std::move(grouping), running->worker->sender());
    BOOST_OUTCOME_TRY(add_groups(member.name, *running->groups));
    sinks_.emplace(member.name, std::move(running));
  }
  return base::ok();
}

base::Result<void> Pipeline::start_removed(const std::string& sink) {
  base::log::warn("sinks: deliveries to a sink that is no longer configured are ended", {{"sink", sink}});
  auto running = std::make_unique<Running>();
  running->removed = std::make_unique<sinks::RemovedSink>(sink);
  BOOST_OUTCOME_TRY(deps_.bus.add_stage(sinks::DeliveryWorker::spec(sink), *running->removed, deps_.work));
  BOOST_OUTCOME_TRY(add_digests(sink, *running->removed));
  BOOST_OUTCOME_TRY(add_groups(sink, *running->removed));
  sinks_.emplace(sink, std::move(running));
  return base::ok();
}

base::Task<void> Pipeline::end_sink(std::string name) {
  auto it = sinks_.find(name);
  if (it == sinks_.end()) co_return;
  co_await deps_.bus.remove_stage(sinks::DeliveryWorker::spec(name).name);
  if (it->second->first_look) co_await it->second->first_look->stop();
  co_await deps_.bus.remove_stage(sinks::DigestWorker::spec(name).name);
  co_await deps_.bus.remove_stage(sinks::GroupWorker::spec(name).name);
  if (it->second->worker) co_await it->second->worker->stop();
  sinks_.erase(it);
  health_.remove(name);
}

base::Task<base::Result<std::vector<std::string>>> Pipeline::apply(Config next) {
  std::vector<std::string> waiting;
  if (next.cluster != config_.cluster) {
    waiting.emplace_back("clusterName");
    next.cluster = config_.cluster;
  }
  splitter_.replace(next.split_rules());
  rules_.replace(next.heartbeat_rules());
  worker_.replace(next.playbooks);
  keeper_.expect_commands(!next.inboxes().empty());
  if (roles_.sinks) {
    std::vector<std::string> ended;
    for (const auto& [name, running] : sinks_) {
      auto same = std::find_if(next.sinks.members.begin(), next.sinks.members.end(), [&](const auto& member) {
        return member.name == name && running->worker && member.digest == running->digest;
      });
      if (same == next.sinks.members.end()) ended.push_back(name);
    }
    for (const std::string& name : ended) co_await end_sink(name);
    BOOST_OUTCOME_CO_TRY(start_sinks(next));
    router_.replace(next.sinks.routes);
    for (const std::string& name : ended) {
      if (sinks_.contains(name)) continue;
      BOOST_OUTCOME_CO_TRY(start_removed(name));
    }
  }
  config_ = std::move(next);
  co_return waiting;
}

base::Task<void> Pipeline::stop() {
  co_await worker_.stop();
  for (auto& [name, running] : sinks_) {
    if (running->first_look) co_await running->first_look->stop();
    if (running->worker) co_await running->worker->stop();
  }
}

}  // namespace app
