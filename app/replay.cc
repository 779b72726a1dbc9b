// SPDX-License-Identifier: Apache-2.0
#include "app/replay.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <thread>

#include "app/await.h"
#include "app/pipeline.h"
#include "base/threads.h"
#include "bus/embedded/embedded_bus.h"
#include "ingest/intake_record.h"

namespace app {

namespace {

// Stands in for a configured sink: takes everything, tells nobody.
class SilentSink final : public sinks::Sink {
 public:
  base::Result<sinks::Rendered> render(const schemas::Delivery&) const override { return sinks::Rendered{}; }
  base::Task<base::Result<sinks::Reply>> send(sinks::Sending&) override {
    co_return sinks::Reply{"replayed: not sent"};
  }
};

void silence(Config& config) {
  config.heartbeat.reset();
  // A recording ends, and with it the watchdog: that is no absence.
  if (config.watchdog) config.watchdog->lease = base::Duration::max() / 4;
  for (auto& member : config.sinks.members) {
    member.configured.sink = std::make_unique<SilentSink>();
    member.configured.common.rate_limit = {};
  }
}

// Inputs that came this close together are handled together, as they would be live: an alert takes longer than that
// from intake to its sink. Waiting for each alone would make a recorded storm fifty times slower.
constexpr std::chrono::milliseconds kMoment(100);
// Bodies are up to 8 MB.
constexpr std::size_t kMomentBytes = 16U << 20;

// Moves the pipeline's clock from moment to moment and from timer to timer, and waits each time until everything that
// was caused has been done.
class Player {
 public:
  Player(bus::Bus& bus, base::ManualClock& clock, double speed) : bus_(bus), clock_(clock), speed_(speed) {}

  base::Task<base::Result<ReplayCounts>> play(std::vector<RecordedInput> inputs) {
    ReplayCounts counts;
    for (auto next = inputs.begin(); next != inputs.end();) {
      co_await run_to(next->at);
      auto end = end_of_moment(next, inputs.end());
      counts.inputs += end - next;
      BOOST_OUTCOME_CO_TRY(auto events, co_await append(next, end));
      counts.events += events;
      next = end;
    }
    co_return counts;
  }

  base::Task<void> run_to(base::Time when) {
    for (auto due = bus_.next_timer(); due && *due <= when; due = bus_.next_timer()) {
      if (*due > clock_.now()) move_to(*due);
      co_await bus_.idle();
    }
    move_to(when);
    co_await bus_.idle();
  }

 private:
  using Position = std::vector<RecordedInput>::iterator;

  Position end_of_moment(Position first, Position end) const {
    base::Time until = first->at + kMoment;
    if (auto due = bus_.next_timer()) until = std::min(until, *due);
    std::size_t bytes = 0;
    auto position = first;
    do {
      bytes += position->record.value.size();
      ++position;
    } while (position != end && position->at < until && bytes < kMomentBytes);
    return position;
  }

  base::Task<base::Result<std::int64_t>> append(Position first, Position end) {
    move_to(std::prev(end)->at);
    std::vector<bus::Outgoing> records;
    std::vector<bus::Count> counts;
    std::int64_t events = 0;
    for (auto position = first; position != end; ++position) {
      records.push_back(std::move(position->record));
      events += position->events;
      for (auto& count : ingest::counts_of_received(position->source, position->events)) {
        counts.push_back(std::move(count));
      }
    }
    BOOST_OUTCOME_CO_TRY(co_await bus_.append(std::move(records), std::move(counts)));
    co_await bus_.idle();
    co_return events;
  }

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
  base::Time last = inputs.back().at;
  BOOST_OUTCOME_CO_TRY(auto counts, co_await player.play(std::move(inputs)));
  co_await player.run_to(last + tail);
  co_return counts;
}

base::Result<void> refuse_used(const std::string& data_dir) {
  std::error_code failed;
  std::filesystem::directory_iterator first(data_dir, failed);
  if (failed == std::errc::no_such_file_or_directory) return base::ok();
  if (failed) return base::permanent(base::Reason::kBadRequest, data_dir + ": " + failed.message());
  if (first == std::filesystem::directory_iterator()) return base::ok();
  return base::permanent(base::Reason::kBadRequest,
                         data_dir + ": is not empty: a replay would mix with the log there; name a new directory");
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
  BOOST_OUTCOME_TRY(refuse_used(settings.data_dir));
  base::Threads threads("replay", 2);
  base::Threads driver("player", 1);
  base::Metrics metrics;
  base::SystemClock wall_clock;
  base::Rng rng(0);
  base::ManualClock clock(recording.inputs.front().at);
  auto http = net::http::make_replaying_client(std::move(recording.exchanges));
  BOOST_OUTCOME_TRY(auto config, load(settings.config, {*http, threads.executor()}));
  silence(config);

  bus::embedded::EmbeddedOptions options;
  options.data_dir = settings.data_dir;
  options.durable = false;  // What a crash would cost is in the recording still.
  options.max_age = config.bus.retention.age;
  options.max_bytes = config.bus.retention.bytes;
  auto bus = bus::embedded::make_embedded_bus(options, clock, metrics);
  BOOST_OUTCOME_TRY(bus->start());
  Pipeline pipeline(std::move(config), Roles{}, {*bus, wall_clock, rng, metrics, threads.executor(), *http});
  BOOST_OUTCOME_TRY(pipeline.start({}));
  auto counts = await(driver.executor(),
                      play_all(Player(*bus, clock, settings.speed), std::move(recording.inputs), settings.tail));
  await(driver.executor(), bus->stop());
  await(driver.executor(), pipeline.stop());
  return counts;
}

}  // namespace app
