// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/heart.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "base/log.h"
#include "ingest/intake_record.h"
#include "schemas/topics.h"

namespace app::heartbeat {

namespace {

constexpr const char* kTopic = "heartbeats";
// The stages of one pipeline, and those of sinks that were the target once.
constexpr std::size_t kMostStages = 64;
// Of the stage before the others: the append that a webhook makes too.
constexpr const char* kIntake = "ingest";
// Passes are told this often a period, so that half a period old news still names the stage in time.
constexpr int kTellsPerPeriod = 4;
constexpr base::Duration kTellAtMostEvery = std::chrono::seconds(1);
constexpr base::Duration kArmAgain = std::chrono::seconds(10);

std::string ago(base::Time now, base::Time then) {
  return base::to_string(
             std::max(base::Duration(std::chrono::floor<std::chrono::seconds>(now - then)), base::Duration::zero())) +
         " ago";
}

base::Task<bool> is_cancelled() {
  co_return (co_await boost::asio::this_coro::cancellation_state).cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace

Heart::Heart(bus::Bus& bus, base::Clock& clock, base::Metrics& metrics, Passes& passes, base::Executor executor)
    : bus_(bus),
      clock_(clock),
      sent_(metrics.counter("tocsin_heartbeat_sent_total", "Heartbeats put into the log by this process.")),
      failed_(metrics.counter("tocsin_heartbeat_failures_total", "Heartbeats that the log did not take.")),
      passes_(passes),
      executor_(std::move(executor)) {}

void Heart::start(HeartOptions options) {
  std::shared_ptr<bus::BroadcastTable> others;
  if (options.section && options.is_shared) {
    if (auto joined = bus_.join_broadcast(kTopic, kMostStages)) others = std::move(joined.value());
  }
  std::lock_guard lock(mutex_);
  options_ = std::move(options);
  others_ = std::move(others);
  since_ = clock_.now();
  tasks_ = std::make_unique<base::TaskGroup>(executor_);
  if (options_.watchdog && options_.beats) tasks_->spawn(arm());
  if (!options_.section) return;
  if (options_.beats) tasks_->spawn(beat(options_.section->interval));
  if (others_) tasks_->spawn(publish(options_.section->interval));
}

base::Task<void> Heart::use(HeartOptions options) {
  co_await stop();
  start(std::move(options));
}

base::Task<void> Heart::stop() {
  if (!tasks_) co_return;
  tasks_->cancel();
  co_await tasks_->wait();
}

base::Task<void> Heart::beat(base::Duration every) {
  while (!co_await is_cancelled()) {
    co_await clock_.sleep_until(Beat::at(clock_.now(), every).due + every);
    if (co_await is_cancelled()) co_return;
    Beat beat = Beat::at(clock_.now(), every);
    auto kept = co_await append(beat.key(), to_body(beat));
    if (kept) {
      sent_.Increment();
      passes_.note(kIntake, {clock_.now()});
    } else {
      failed_.Increment();
      base::log::warn("heartbeat: the log does not take it", {{"why", kept.error().message}});
    }
  }
}

base::Task<base::Result<void>> Heart::append(std::string key, std::string body) {
  std::vector<bus::Outgoing> records;
  records.push_back(
      {std::string(schemas::topics::kIntake), std::move(key), ingest::encode(kSource, clock_.now(), body)});
  co_return co_await bus_.append(std::move(records), ingest::counts_of_received(kSource, 1));
}

// The lease runs from the start on, also where the watchdog has never come.
base::Task<void> Heart::arm() {
  while (!co_await is_cancelled()) {
    if (co_await append(std::string(ingest::kWatchdogKey), std::string(kArm))) co_return;
    co_await clock_.sleep_until(clock_.now() + kArmAgain);
  }
}

base::Task<void> Heart::publish(base::Duration every) {
  std::map<std::string, Pass> told;
  while (!co_await is_cancelled()) {
    for (const auto& [stage, pass] : passes_.all()) {
      if (auto before = told.find(stage); before != told.end() && before->second == pass) continue;
      // What is not told now is told at the next look.
      if (co_await bus_.publish(kTopic, stage, encode(pass))) told.insert_or_assign(stage, pass);
    }
    co_await clock_.sleep_until(clock_.now() + std::max(every / kTellsPerPeriod, kTellAtMostEvery));
  }
}

// The newest of this process and of the others.
std::map<std::string, Pass> Heart::passes() const {
  auto all = passes_.all();
  if (!others_) return all;
  others_->for_each([&](const std::string& stage, const std::string& value) {
    auto pass = decode_pass(value);
    if (!pass) return;
    auto& newest = all.try_emplace(stage, pass.value()).first->second;
    if (newest.at < pass.value().at) newest = pass.value();
  });
  return all;
}

std::optional<Check> Heart::check() const {
  std::lock_guard lock(mutex_);
  if (!options_.section) return std::nullopt;
  auto all = passes();
  base::Time now = clock_.now();
  base::Duration late = 2 * options_.section->interval;
  std::string last = "no beat yet";
  for (const std::string& stage :
       {std::string(kIntake), std::string("split"), std::string("playbooks"), std::string("incidents"),
        std::string("routing"), "sink." + options_.section->target()}) {
    auto found = all.find(stage);
    // What was before this process began says nothing of it: the others had no beat to pass meanwhile.
    base::Time heard = found == all.end() ? since_ : std::max(found->second.at, since_);
    if (now - heard > late) {
      std::string when = found == all.end() ? "none passed it yet" : "the last passed it " + ago(now, found->second.at);
      return Check{"heartbeat", false, "stopped at " + stage + ": " + when, false};
    }
    if (found != all.end()) last = "the last passed every stage " + ago(now, found->second.at);
  }
  return Check{"heartbeat", true, last, false};
}

}  // namespace app::heartbeat
