// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/embedded_bus.h"

#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "bus/embedded/board.h"
#include "bus/embedded/bus_metrics.h"
#include "bus/embedded/bus_units.h"
#include "bus/embedded/layout.h"
#include "bus/embedded/lock_file.h"
#include "bus/embedded/reader.h"
#include "bus/embedded/retention.h"
#include "bus/embedded/router.h"
#include "bus/embedded/stage.h"
#include "bus/embedded/writer.h"
#include "bus/stage/call.h"

namespace bus::embedded {

namespace {

class EmbeddedBus final : public Bus {
 public:
  EmbeddedBus(EmbeddedOptions options, base::Clock& clock, base::Metrics& metrics);
  ~EmbeddedBus() override;

  base::Result<void> start() override;
  base::Task<void> stop() override;
  base::Task<base::Result<void>> append(std::vector<Outgoing> records, std::vector<Count> counts) override;
  base::Result<void> add_stage(StageSpec spec, Handler& handler, base::Executor executor) override;
  base::Task<void> remove_stage(std::string_view name) override;
  base::Result<std::shared_ptr<BroadcastTable>> join_broadcast(std::string topic, std::size_t max_entries) override;
  base::Task<base::Result<void>> publish(std::string topic, std::string key, std::string value) override;
  base::Task<void> idle() override { return work_.wait(); }
  std::optional<base::Time> next_timer() const override;
  Health health() const override { return writer_.health(); }

 private:
  Writer::Deps writer_deps();
  base::Error explain(const sqlite::SqliteError& error) const;
  base::Result<void> open();
  std::vector<std::shared_ptr<Stage>> stages() const;

  EmbeddedOptions options_;
  base::Clock& clock_;
  base::Rng rng_;
  BusMetrics metrics_;
  stage::Work work_;
  Board board_;
  Router router_;
  Retention retention_;
  std::optional<LockFile> lock_;

  mutable std::mutex mutex_;
  bool started_ = false;
  bool stopped_ = false;
  std::map<std::string, std::shared_ptr<Stage>, std::less<>> stages_;

  Reader reader_;
  Writer writer_;
};

EmbeddedBus::EmbeddedBus(EmbeddedOptions options, base::Clock& clock, base::Metrics& metrics)
    : options_(std::move(options)),
      clock_(clock),
      rng_(std::random_device()()),
      metrics_(metrics),
      work_([this] {
        for (const auto& stage : stages()) stage->lane().look();
      }),
      router_(metrics_),
      retention_({options_.max_age, options_.max_bytes, options_.dead_letter_age}, clock, metrics_, options_.failpoint,
                 [this](std::optional<std::string> why) { writer_.hold_appends(std::move(why)); }),
      reader_(rng_),
      writer_({options_.queue_units, options_.queue_bytes, options_.durable}, writer_deps()) {}

EmbeddedBus::~EmbeddedBus() {
  for (const auto& stage : stages()) stage->lane().begin_close();
  reader_.stop();
  writer_.stop();
}

Writer::Deps EmbeddedBus::writer_deps() {
  return {clock_,
          metrics_,
          work_,
          rng_,
          options_.failpoint,
          [this](std::vector<Fresh> fresh) { return router_.dispatch(std::move(fresh)); },
          [this](const std::vector<Fresh>& fresh) { router_.dispatch_synced(fresh); },
          [this](Store& store) { return retention_.step(store); },
          [this](const sqlite::SqliteError& error) { return explain(error); }};
}

base::Error EmbeddedBus::explain(const sqlite::SqliteError& error) const {
  if (error.is_damage()) return damaged(options_.data_dir, error.what());
  return error.to_error().in(database_file(options_.data_dir).string());
}

base::Result<void> EmbeddedBus::start() {
  BOOST_OUTCOME_TRY(open());
  std::lock_guard lock(mutex_);
  started_ = true;
  return base::ok();
}

base::Result<void> EmbeddedBus::open() {
  std::error_code failed;
  std::filesystem::create_directories(options_.data_dir, failed);
  if (failed) {
    return base::passing(base::Reason::kUnavailable,
                         "can't make the data directory " + options_.data_dir.string() + ": " + failed.message());
  }
  BOOST_OUTCOME_TRY(auto lock, LockFile::acquire(options_.data_dir));
  BOOST_OUTCOME_TRY(auto for_writing, open_for_writing(options_.data_dir, options_.durable));
  BOOST_OUTCOME_TRY(auto for_reading, open_for_reading(options_.data_dir));
  try {
    auto store = std::make_unique<Store>(std::move(for_writing));
    board_.load(*store);
    auto view = std::make_unique<LogView>(std::move(for_reading));
    reader_.start(std::move(view));
    writer_.start(std::move(store));
  } catch (const sqlite::SqliteError& error) {
    return explain(error);
  }
  lock_ = std::move(lock);
  return base::ok();
}

base::Task<void> EmbeddedBus::stop() {
  bool was_started = false;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    was_started = started_;
  }
  auto all = stages();
  for (const auto& stage : all) stage->lane().begin_close();
  if (!was_started) writer_.stop();
  writer_.sweep();
  for (const auto& stage : all) co_await stage->lane().closed();
  {
    std::lock_guard lock(mutex_);
    stages_.clear();
  }
  // The writer's connection is the last to close: SQLite then folds the write-ahead log into the file.
  reader_.stop();
  writer_.stop();
  work_.release();
  lock_.reset();
}

base::Task<base::Result<void>> EmbeddedBus::append(std::vector<Outgoing> records, std::vector<Count> counts) {
  for (const auto& record : records) {
    if (record.key.size() + record.value.size() <= stage::kMaxRecordBytes) continue;
    co_return base::permanent(base::Reason::kTooLarge, "a record of " + std::to_string(record.value.size()) +
                                                           " bytes; at most " + std::to_string(stage::kMaxRecordBytes));
  }
  co_return co_await stage::suspend<Outcome>([&](stage::Completion<Outcome> done) {
    writer_.offer(std::make_unique<AppendUnit>(std::move(records), std::move(counts), std::move(done)));
  });
}

base::Result<void> EmbeddedBus::add_stage(StageSpec spec, Handler& handler, base::Executor executor) {
  std::lock_guard lock(mutex_);
  if (stopped_) return base::passing(base::Reason::kUnavailable, "the bus is stopped");
  if (stages_.contains(spec.name)) {
    return base::permanent(base::Reason::kBadRequest, "stage " + spec.name + " is there already");
  }
  Stage::Deps deps{clock_,
                   writer_,
                   reader_,
                   work_,
                   rng_,
                   options_.backoff,
                   options_.failpoint,
                   options_.key_cache_bytes,
                   options_.timer_keys};
  auto name = spec.name;
  auto stage =
      std::make_shared<Stage>(std::move(spec), handler, std::move(executor), std::move(deps), metrics_.metrics);
  stages_.emplace(std::move(name), stage);
  writer_.submit(std::make_unique<EnterUnit>(stage, router_));
  return base::ok();
}

base::Task<void> EmbeddedBus::remove_stage(std::string_view name) {
  std::shared_ptr<Stage> stage;
  {
    std::lock_guard lock(mutex_);
    auto found = stages_.find(name);
    if (found == stages_.end()) co_return;
    stage = found->second;
  }
  stage->lane().begin_close();
  writer_.sweep();
  co_await stage->lane().closed();
  writer_.submit(std::make_unique<LeaveUnit>(stage, router_));
  std::lock_guard lock(mutex_);
  if (auto found = stages_.find(stage->spec().name); found != stages_.end() && found->second == stage) {
    stages_.erase(found);
  }
}

base::Result<std::shared_ptr<BroadcastTable>> EmbeddedBus::join_broadcast(std::string topic, std::size_t max_entries) {
  auto table = board_.table(topic, max_entries);
  {
    std::lock_guard lock(mutex_);
    if (!started_ || stopped_) return std::shared_ptr<BroadcastTable>(table);
  }
  std::promise<Outcome> joined;
  writer_.offer(std::make_unique<JoinUnit>(table, [&](Outcome outcome) { joined.set_value(std::move(outcome)); }));
  BOOST_OUTCOME_TRY(joined.get_future().get());
  return std::shared_ptr<BroadcastTable>(std::move(table));
}

base::Task<base::Result<void>> EmbeddedBus::publish(std::string topic, std::string key, std::string value) {
  co_return co_await stage::suspend<Outcome>([&](stage::Completion<Outcome> done) {
    writer_.offer(
        std::make_unique<PublishUnit>(board_, std::move(topic), std::move(key), std::move(value), std::move(done)));
  });
}

std::optional<base::Time> EmbeddedBus::next_timer() const {
  std::optional<base::Time> earliest;
  for (const auto& stage : stages()) {
    auto due = stage->lane().next_timer();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

std::vector<std::shared_ptr<Stage>> EmbeddedBus::stages() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Stage>> all;
  for (const auto& [name, stage] : stages_) all.push_back(stage);
  return all;
}

}  // namespace

std::unique_ptr<Bus> make_embedded_bus(EmbeddedOptions options, base::Clock& clock, base::Metrics& metrics) {
  if (!options.failpoint) options.failpoint = [](std::string_view) {};
  return std::make_unique<EmbeddedBus>(std::move(options), clock, metrics);
}

}  // namespace bus::embedded
