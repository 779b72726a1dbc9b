// SPDX-License-Identifier: Apache-2.0
#include "app/replay.h"

#include <fmt/format.h>

#include <cstdio>
#include <thread>

#include "app/await.h"
#include "app/pipeline.h"
#include "app/threads.h"
#include "bus/embedded/embedded_bus.h"
#include "schemas/ledger.h"

namespace app {

namespace {

// Stands in for a configured sink: takes everything, tells nobody.
class SilentSink final : public sinks::Sink {
 public:
  base::Result<sinks::Rendered> render(const schemas::Delivery&) const override { return sinks::Rendered{}; }
  base::Task<base::Result<sinks::Reply>> send(sinks::Rendered, base::Deadline) override {
    co_return sinks::Reply{"replayed: not sent"};
  }
};

void silence(sinks::SinkSet& set) {
  for (auto& member : set.members) {
    member.configured.sink = std::make_unique<SilentSink>();
    member.configured.common.rate_limit = {};
  }
}

// Moves the pipeline's clock, and waits after each moment until everything that it caused has been done.
class Player {
 public:
  Player(bus::Bus& bus, base::ManualClock& clock, double speed) : bus_(bus), clock_(clock), speed_(speed) {}

  base::Task<void> run_to(base::Time when) {
    for (auto due = bus_.next_timer(); due && *due <= when; due = bus_.next_timer()) {
      if (*due > clock_.now()) move_to(*due);
      co_await bus_.idle();
    }
    move_to(when);
    co_await bus_.idle();
  }

  base::Task<base::Result<void>> play(RecordedInput input) {
    co_await run_to(input.at);
    std::vector<bus::Outgoing> records;
    records.push_back(std::move(input.record));
    std::vector<bus::Count> counts;
    counts.push_back({std::string(schemas::ledger::kReceived), input.events});
    BOOST_OUTCOME_CO_TRY(co_await bus_.append(std::move(records), std::move(counts)));
    co_await bus_.idle();
    co_return base::ok();
  }

 private:
  void move_to(base::Time when) {
    auto step = std::chrono::duration<double>(when - clock_.now());
    if (speed_ > 0 && step.count() > 0) std::this_thread::sleep_for(step / speed_);
    clock_.advance_to(when);
  }

  bus::Bus& bus_;
  base::ManualClock& clock_;
  double speed_;
};

base::Task<base::Result<ReplayCounts>> play_all(Player player, std::vector<RecordedInput> inputs, base::Duration tail) {
  ReplayCounts counts;
  base::Time last;
  for (RecordedInput& input : inputs) {
    last = input.at;
    counts.inputs += 1;
    counts.events += input.events;
    BOOST_OUTCOME_CO_TRY(co_await player.play(std::move(input)));
  }
  co_await player.run_to(last + tail);
  co_return counts;
}

base::Result<Config> load(const std::string& path, const ConfigServices& services) {
  base::yaml::Problems problems;
  auto config = load_config(path, services, problems);
  for (const auto& problem : problems.sorted()) fmt::print(stderr, "{}\n", base::yaml::to_string(problem, path));
  if (!config) return base::permanent(base::Reason::kBadRequest, path + ": has errors, see above");
  return std::move(*config);
}

}  // namespace

base::Result<ReplayCounts> replay(const ReplaySettings& settings, Recording recording) {
  if (recording.inputs.empty()) return base::permanent(base::Reason::kNoData, "the recording has no inputs");
  Threads threads("replay", 2);
  Threads driver("player", 1);
  base::Metrics metrics;
  base::SystemClock wall_clock;
  base::Rng rng(0);
  base::ManualClock clock(recording.inputs.front().at);
  auto http = net::http::make_replaying_client(std::move(recording.exchanges));
  BOOST_OUTCOME_TRY(auto config, load(settings.config, {*http, threads.executor()}));
  silence(config.sinks);

  bus::embedded::EmbeddedOptions options;
  options.data_dir = settings.data_dir;
  options.max_age = config.bus.retention.age;
  options.max_bytes = config.bus.retention.bytes;
  auto bus = bus::embedded::make_embedded_bus(options, clock, metrics);
  BOOST_OUTCOME_TRY(bus->start());
  Pipeline pipeline(std::move(config), Roles{}, {*bus, wall_clock, rng, metrics, threads.executor()});
  BOOST_OUTCOME_TRY(pipeline.start({}));
  auto counts = await(driver.executor(),
                      play_all(Player(*bus, clock, settings.speed), std::move(recording.inputs), settings.tail));
  await(driver.executor(), bus->stop());
  await(driver.executor(), pipeline.stop());
  return counts;
}

}  // namespace app
