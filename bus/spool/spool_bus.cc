// SPDX-License-Identifier: Apache-2.0
#include "bus/spool/spool_bus.h"

#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <limits>
#include <string>
#include <utility>

#include "base/log.h"
#include "bus/embedded/embedded_bus.h"
#include "bus/spool/backlog.h"
#include "bus/spool/spooled_append.h"

namespace bus::spool {

namespace {

constexpr const char* kTopic = "spool";
constexpr const char* kStage = "drain";

// An embedded log refuses appends an eighth over its size: so that this happens at the bound.
constexpr std::int64_t log_bytes(std::int64_t max_bytes) { return max_bytes / 9 * 8; }

// What waits is never too old, and the log's stage is never given up: drained records go by size.
constexpr base::Duration kNoAge = std::chrono::hours(24 * 365 * 20);

// Whether trying again later can help, so that the spool should take the append meanwhile.
bool is_away(const base::Error& error) { return !error.retry.is_never(); }

// Appends to the bus behind what the spool holds.
class Drain final : public Handler {
 public:
  Drain(Bus& inner, Backlog& backlog) : inner_(inner), backlog_(backlog) {}

  base::Task<base::Result<void>> on_record(const Record& record, Transaction&) override {
    backlog_.trying(record.offset, record.time);
    BOOST_OUTCOME_CO_TRY(auto append, decode_spooled_append(record.value));
    auto appended = co_await inner_.append(std::move(append.records), std::move(append.counts));
    if (!appended) {
      note(appended.error());
      co_return base::passing(appended.error().reason, appended.error().message);
    }
    backlog_.drained(record.offset, record.value.size());
    co_return base::ok();
  }

  // Only what this spool did not write comes here; it stays in the spool's own log as a dead letter.
  void on_dead_letter(const Record& record, const base::Error& error, Transaction&) override {
    base::log::error("spool: a record can't be read", {{"offset", record.offset}, {"error", error.message}});
    backlog_.drained(record.offset, record.value.size());
  }

 private:
  // What would be refused for ever is tried for ever, but somebody has to know.
  void note(const base::Error& error) {
    if (error.retry.is_never()) base::log::error("spool: an append is refused", {{"error", error.message}});
  }

  Bus& inner_;
  Backlog& backlog_;
};

class SpoolBus final : public Bus {
 public:
  SpoolBus(SpoolOptions options, std::unique_ptr<Bus> inner, base::Clock& clock, base::Metrics& metrics,
           base::Executor drain)
      : options_(std::move(options)),
        inner_(std::move(inner)),
        clock_(clock),
        executor_(std::move(drain)),
        spooled_(metrics.counter("tocsin_spool_appends_total", "Appends that the spool has taken.")),
        refused_(metrics.counter("tocsin_spool_refused_total", "Appends that the spool could not take either.")),
        backlog_(metrics),
        drain_(*inner_, backlog_) {}

  base::Result<void> start() override;
  base::Task<void> stop() override;
  base::Task<base::Result<void>> append(std::vector<Outgoing> records, std::vector<Count> counts) override;
  Health health() const override;

  base::Result<void> add_stage(StageSpec spec, Handler& handler, base::Executor executor) override {
    return inner_->add_stage(std::move(spec), handler, std::move(executor));
  }
  base::Task<void> remove_stage(std::string_view name) override { return inner_->remove_stage(name); }
  base::Result<std::shared_ptr<BroadcastTable>> join_broadcast(std::string topic, std::size_t max_entries) override {
    return inner_->join_broadcast(std::move(topic), max_entries);
  }
  base::Task<base::Result<void>> publish(std::string topic, std::string key, std::string value) override {
    return inner_->publish(std::move(topic), std::move(key), std::move(value));
  }
  base::Task<void> idle() override {
    co_await log_->idle();
    co_await inner_->idle();
  }
  std::optional<base::Time> next_timer() const override { return inner_->next_timer(); }

 private:
  base::Result<void> count_backlog();
  base::Task<base::Result<void>> spool(SpooledAppend append);

  const SpoolOptions options_;
  const std::unique_ptr<Bus> inner_;
  base::Clock& clock_;
  const base::Executor executor_;
  prometheus::Counter& spooled_;
  prometheus::Counter& refused_;
  Backlog backlog_;
  Drain drain_;
  base::Metrics log_metrics_;  // The log's own are not shown: they would mix with the other bus's.
  std::unique_ptr<Bus> log_;
};

base::Result<void> SpoolBus::start() {
  embedded::EmbeddedOptions log;
  log.data_dir = options_.dir;
  log.max_age = kNoAge;
  log.max_bytes = log_bytes(options_.max_bytes);
  log.backoff = options_.backoff;
  log_ = embedded::make_embedded_bus(std::move(log), clock_, log_metrics_);
  auto opened = log_->start();
  if (opened) opened = count_backlog();
  if (!opened) return opened.error().in("bus.kafka.spool");
  BOOST_OUTCOME_TRY(inner_->start());
  StageSpec spec{.name = kStage, .inputs = {kTopic}, .max_attempts = std::numeric_limits<int>::max()};
  return log_->add_stage(std::move(spec), drain_, executor_);
}

// What an earlier process left.
base::Result<void> SpoolBus::count_backlog() {
  BOOST_OUTCOME_TRY(auto archive, embedded::open_embedded_archive(options_.dir));
  BOOST_OUTCOME_TRY(archive->scan_pending(kStage, kTopic, [this](const Record& record) {
    backlog_.add(record.value.size());
    return true;
  }));
  if (auto left = backlog_.size(); left.appends > 0) {
    base::log::info("spool: appends of an earlier run are left", {{"appends", left.appends}, {"bytes", left.bytes}});
  }
  return base::ok();
}

base::Task<void> SpoolBus::stop() {
  if (log_) co_await log_->stop();
  co_await inner_->stop();
}

base::Task<base::Result<void>> SpoolBus::append(std::vector<Outgoing> records, std::vector<Count> counts) {
  if (backlog_.is_empty()) {
    auto appended = co_await inner_->append(records, counts);
    if (appended || !is_away(appended.error())) co_return appended;
  }
  co_return co_await spool({std::move(records), std::move(counts)});
}

base::Task<base::Result<void>> SpoolBus::spool(SpooledAppend append) {
  std::string key = append.records.empty() ? std::string() : append.records.front().key;
  std::string value = encode(append);
  auto size = value.size();
  backlog_.add(size);
  std::vector<Outgoing> record;
  record.push_back({kTopic, std::move(key), std::move(value)});
  auto kept = co_await log_->append(std::move(record));
  if (!kept) {
    backlog_.take_back(size);
    refused_.Increment();
    co_return kept.error().in("the spool can't take it");
  }
  spooled_.Increment();
  co_return base::ok();
}

Health SpoolBus::health() const {
  Health health = inner_->health();
  auto waiting = backlog_.size();
  double age = waiting.oldest ? std::chrono::duration<double>(clock_.now() - *waiting.oldest).count() : 0;
  auto own = log_ ? log_->health() : Health{false, "the spool is not open", {}};
  std::string detail;
  if (!own.writable) {
    detail = "the spool can't take appends: " + own.detail;
  } else if (waiting.appends > 0 || !health.writable) {
    detail = fmt::format("intake goes to the spool: {} appends wait, {:.1f} of {:.0f} MB, the oldest for {:.0f} s",
                         waiting.appends, static_cast<double>(waiting.bytes) / (1 << 20),
                         static_cast<double>(options_.max_bytes) / (1 << 20), age);
  }
  if (!detail.empty()) health.detail += (health.detail.empty() ? "" : "; ") + detail;
  return health;
}

}  // namespace

std::unique_ptr<Bus> make_spool_bus(SpoolOptions options, std::unique_ptr<Bus> inner, base::Clock& clock,
                                    base::Metrics& metrics, base::Executor drain) {
  return std::make_unique<SpoolBus>(std::move(options), std::move(inner), clock, metrics, std::move(drain));
}

}  // namespace bus::spool
