// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/log.h"
#include "bus/dead_letter.h"
#include "bus/embedded/stage.h"
#include "bus/embedded/stage_unit.h"

namespace bus::embedded {

namespace asio = boost::asio;

namespace {

// Calls of one key that share a commit, so that a hot key does not pay for a sync each.
constexpr int kCallsPerUnit = 64;
// A slow handler's outputs are not held back for the calls after it.
constexpr std::chrono::milliseconds kUnitTime(5);
constexpr std::size_t kUnitBytes = 1U << 20;

// What stands in the place of a topic when a timer was given up.
constexpr const char* kTimersTopic = "timers";

Record as_record(const std::string& key, const std::string& name, const TimerSetting& timer, base::Time now) {
  Record record;
  record.topic = kTimersTopic;
  record.time = now;
  record.key = key;
  nlohmann::json value = {{"name", name}, {"due", base::to_rfc3339(timer.due)}, {"value", timer.value}};
  record.value = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return record;
}

}  // namespace

// Through the executor's queue: started at once, a handler that does not suspend would run inside its predecessor.
void Stage::launch(Slot& slot) {
  auto until_run = hold();
  asio::post(executor_, [this, &slot, until_run] { tasks_.spawn(run(slot)); });
}

base::Task<void> Stage::run(Slot& slot) {
  auto unit = std::make_unique<StageUnit>(shared_from_this(), slot);
  auto end = std::chrono::steady_clock::now() + kUnitTime;
  while (co_await step(slot, *unit) == Outcome::kDone) {
    deps_.failpoint("after_handler");
    if (unit->calls() >= kCallsPerUnit || unit->bytes() >= kUnitBytes || std::chrono::steady_clock::now() > end) break;
  }
  finish(slot, std::move(unit));
}

// Handles what comes next for the key. kCancelled: nothing is left, or the stage closes.
base::Task<Stage::Outcome> Stage::step(Slot& slot, StageUnit& unit) {
  if (closing_) co_return Outcome::kCancelled;
  const auto* timer = slot.state->earliest();
  if (timer != nullptr && timer->second.due <= deps_.clock.now()) co_return co_await handle_timer(slot, unit);
  std::optional<InHand> next;
  {
    std::lock_guard lock(mutex_);
    if (unit.done().size() < slot.waiting.size()) next = slot.waiting[unit.done().size()];
  }
  if (!next) co_return Outcome::kCancelled;
  co_return co_await handle_record(slot, unit, *std::move(next));
}

base::Task<Stage::Outcome> Stage::handle_record(Slot& slot, StageUnit& unit, InHand in_hand) {
  std::optional<Record> again;
  if (slot.record_attempt > 1) {
    again = *in_hand.record;
    again->attempt = slot.record_attempt;
  }
  const Record& record = again ? *again : *in_hand.record;
  Call call(slot.key, deps_.clock.now(), *slot.state);
  base::Result<void> result = co_await guarded(handler_.on_record(record, call));
  if (result) result = call.verdict();
  if (auto outcome = judge(result, slot, slot.record_attempt)) co_return *outcome;
  if (result) {
    Changes changes = call.take();
    slot.state->apply(changes);
    unit.add(std::move(changes));
  } else {
    give_up(record, result.error(), slot, unit, false);
  }
  slot.record_attempt = 1;
  unit.add_done(std::move(in_hand));
  metrics_.handled.Increment();
  co_return Outcome::kDone;
}

base::Task<Stage::Outcome> Stage::handle_timer(Slot& slot, StageUnit& unit) {
  auto [name, setting] = *slot.state->earliest();
  Timer timer{slot.key, name, setting.due, setting.value};
  Call call(slot.key, deps_.clock.now(), *slot.state);
  // Spent, unless the handler sets it again.
  call.cancel_timer(name);
  base::Result<void> result = co_await guarded(handler_.on_timer(timer, call));
  if (result) result = call.verdict();
  if (auto outcome = judge(result, slot, slot.timer_attempt)) co_return *outcome;
  if (result) {
    Changes changes = call.take();
    slot.state->apply(changes);
    unit.add(std::move(changes));
  } else {
    Record record = as_record(slot.key, name, setting, deps_.clock.now());
    record.attempt = slot.timer_attempt;
    Changes spent;
    spent.timers.emplace(name, std::nullopt);
    slot.state->apply(spent);
    unit.add(std::move(spent));
    give_up(record, result.error(), slot, unit, true);
  }
  slot.timer_attempt = 1;
  metrics_.handled.Increment();
  co_return Outcome::kDone;
}

// What a handler throws is a failure like any other: one record must not end the process.
base::Task<base::Result<void>> Stage::guarded(base::Task<base::Result<void>> call) {
  try {
    co_return co_await std::move(call);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      co_return base::passing(base::Reason::kCancelled, "the call was cancelled");
    }
    co_return base::passing(base::Reason::kInternal, std::string("the handler threw: ") + error.what());
  } catch (const std::exception& error) {
    co_return base::passing(base::Reason::kInternal, std::string("the handler threw: ") + error.what());
  }
}

// What a failure means for the key: to be tried again, or nothing because the stage closes. nullopt: done, well or not.
std::optional<Stage::Outcome> Stage::judge(const base::Result<void>& result, Slot& slot, int& attempt) {
  if (result) return std::nullopt;
  if (closing_) return Outcome::kCancelled;
  if (result.error().retry.is_never() || attempt >= spec_.max_attempts) return std::nullopt;
  slot.retry_in =
      result.error().retry.names_wait() ? result.error().retry.wait() : deps_.backoff.wait(attempt, deps_.rng);
  ++attempt;
  metrics_.retries.Increment();
  return Outcome::kFailed;
}

void Stage::give_up(const Record& record, const base::Error& error, Slot& slot, StageUnit& unit, bool is_timer) {
  Call call(slot.key, deps_.clock.now(), *slot.state);
  DeadLetter letter;
  letter.id = dead_letter_id(spec_.name, record.topic, record.key, record.value);
  letter.stage = spec_.name;
  letter.topic = record.topic;
  letter.key = record.key;
  letter.value = record.value;
  letter.reason = base::to_string(error.reason);
  letter.message = error.message;
  letter.attempts = is_timer ? slot.timer_attempt : slot.record_attempt;
  letter.at = call.now();
  call.emit(kDeadLetters, record.key, encode(letter));
  handler_.on_dead_letter(record, error, call);
  Changes changes = call.take();
  slot.state->apply(changes);
  unit.add(std::move(changes));
  metrics_.dead_letters.Increment();
  base::log::warn("bus: record given up", {{"stage", spec_.name},
                                           {"topic", record.topic},
                                           {"offset", record.offset},
                                           {"reason", base::to_string(error.reason)},
                                           {"error", error.message}});
}

void Stage::finish(Slot& slot, std::unique_ptr<StageUnit> unit) {
  Started started;
  bool has_changes = unit->calls() > 0;
  if (has_changes) {
    deps_.failpoint("before_submit");
    deps_.writer.submit(std::move(unit));
  }
  {
    std::lock_guard lock(mutex_);
    --running_;
    started = next_steps();
  }
  start(std::move(started));
  if (!has_changes) settle(slot, 0);
}

// On the writer's thread: the unit is durable.
void Stage::committed(Slot& slot, const StageUnit& unit) {
  auto done = static_cast<std::ptrdiff_t>(unit.done().size());
  {
    std::lock_guard lock(mutex_);
    for (const auto& in_hand : unit.done()) {
      held_bytes_ -= in_hand.record->key.size() + in_hand.record->value.size();
    }
    held_records_ -= unit.done().size();
    slot.waiting.erase(slot.waiting.begin(), slot.waiting.begin() + done);
  }
  settle(slot, done);
}

// Keeps the index of timers in step with the key's. Returns what that takes off the work: 1, 0 or -1.
std::int64_t Stage::notice_due(Slot& slot, base::Time now) {
  const auto* timer = slot.state->earliest();
  timers_.set(slot.key, timer != nullptr ? std::optional(timer->second.due) : std::nullopt);
  metrics_.timers.Set(static_cast<double>(timers_.size()));
  bool is_due = timer != nullptr && timer->second.due <= now;
  bool was_due = std::exchange(slot.timers_due, is_due);
  return static_cast<std::int64_t>(was_due) - static_cast<std::int64_t>(is_due);
}

// Decides what becomes of a key whose unit is out of the way. The unit still counts as work, so that the count does not
// touch zero in here.
void Stage::settle(Slot& slot, std::int64_t done) {
  Started started;
  std::optional<std::chrono::milliseconds> wait;
  {
    std::lock_guard lock(mutex_);
    done += notice_due(slot, deps_.clock.now());
    outstanding_ -= done;
    metrics_.lag.Set(static_cast<double>(outstanding_));
    wait = std::exchange(slot.retry_in, std::nullopt);
    if (!wait) {
      slot.busy = false;
      if (!slot.waiting.empty() || slot.timers_due) {
        make_ready(slot);
      } else {
        cache_.put(slot.key, std::move(slot.state));
        slots_.erase(std::string(slot.key));
      }
    }
    started = next_steps();
  }
  if (done < 0) deps_.work.add(-done);
  start(std::move(started));
  if (wait) tasks_.spawn(retry(slot, *wait));
  if (done > 0) deps_.work.done(done);
}

base::Task<void> Stage::retry(Slot& slot, std::chrono::milliseconds wait) {
  asio::steady_timer timer(co_await asio::this_coro::executor, wait);
  boost::system::error_code ended_early;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended_early));
  if (closing_) co_return;
  Started started;
  {
    std::lock_guard lock(mutex_);
    slot.busy = false;
    make_ready(slot);
    started = next_steps();
  }
  start(std::move(started));
}

base::Task<void> Stage::wake_at(base::Time when) {
  co_await deps_.clock.sleep_until(when);
  if (closing_) co_return;
  {
    std::lock_guard lock(mutex_);
    alarms_.erase(alarms_.find(when));
  }
  start_due_timers();
}

}  // namespace bus::embedded
