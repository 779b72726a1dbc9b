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
#include "bus/stage/call.h"
#include "bus/stage/lane.h"

namespace bus::stage {

namespace asio = boost::asio;

namespace {

// Calls of one key that share a commit, so that a hot key does not pay for a sync each.
constexpr std::size_t kCallsPerUnit = 64;
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
void Lane::launch(Slot& slot) {
  auto until_run = hold();
  asio::post(executor_, [this, &slot, until_run] { tasks_.spawn(run(slot)); });
}

base::Task<void> Lane::run(Slot& slot) {
  auto unit = std::make_unique<KeyUnit>(slot, hold());
  auto end = std::chrono::steady_clock::now() + kUnitTime;
  // What is done by the time of a close is kept: another co_await would throw it away with the cancellation.
  while (!closing_ && co_await step(slot, *unit) == Outcome::kDone) {
    deps_.failpoint("after_handler");
    if (unit->calls().size() >= kCallsPerUnit || unit->bytes() >= kUnitBytes || std::chrono::steady_clock::now() > end)
      break;
  }
  finish(slot, std::move(unit));
}

// Handles what comes next for the key. kCancelled: nothing is left, or the stage closes.
base::Task<Lane::Outcome> Lane::step(Slot& slot, KeyUnit& unit) {
  if (closing_) co_return Outcome::kCancelled;
  const auto* timer = slot.state->earliest();
  if (timer != nullptr && timer->second.due <= deps_.clock.now()) co_return co_await handle_timer(slot, unit);
  std::shared_ptr<const Record> next;
  {
    std::lock_guard lock(mutex_);
    if (unit.records() < slot.waiting.size()) next = slot.waiting[unit.records()];
  }
  if (!next) co_return Outcome::kCancelled;
  co_return co_await handle_record(slot, unit, std::move(next));
}

base::Task<Lane::Outcome> Lane::handle_record(Slot& slot, KeyUnit& unit, std::shared_ptr<const Record> next) {
  std::optional<Record> again;
  if (slot.record_attempt > 1) {
    again = *next;
    again->attempt = slot.record_attempt;
  }
  const Record& record = again ? *again : *next;
  Call call(slot.key, deps_.clock.now(), begun_, *slot.state);
  base::Result<void> result = co_await guarded(handler_.on_record(record, call));
  if (result) result = verdict(call, *slot.state);
  if (auto outcome = judge(result, slot, slot.record_attempt)) co_return *outcome;
  Changes changes = result ? call.take() : give_up(record, result.error(), slot);
  slot.state->apply(changes);
  unit.add({.record = std::move(next)}, std::move(changes));
  slot.record_attempt = 1;
  metrics_.handled.Increment();
  co_return Outcome::kDone;
}

base::Task<Lane::Outcome> Lane::handle_timer(Slot& slot, KeyUnit& unit) {
  auto [name, setting] = *slot.state->earliest();
  Timer timer{slot.key, name, setting.due, setting.value};
  Call call(slot.key, deps_.clock.now(), begun_, *slot.state);
  // Spent, unless the handler sets it again.
  call.cancel_timer(name);
  base::Result<void> result = co_await guarded(handler_.on_timer(timer, call));
  if (result) result = verdict(call, *slot.state);
  if (auto outcome = judge(result, slot, slot.timer_attempt)) co_return *outcome;
  Changes changes;
  if (result) {
    changes = call.take();
  } else {
    Record record = as_record(slot.key, name, setting, deps_.clock.now());
    record.attempt = slot.timer_attempt;
    changes.timers.emplace(name, std::nullopt);
    slot.state->apply(changes);
    changes.merge(give_up(record, result.error(), slot));
  }
  slot.state->apply(changes);
  unit.add({.timer = name, .due = setting.due}, std::move(changes));
  slot.timer_attempt = 1;
  metrics_.handled.Increment();
  co_return Outcome::kDone;
}

// What a handler throws is a failure like any other: one record must not end the process.
base::Task<base::Result<void>> Lane::guarded(base::Task<base::Result<void>> call) {
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

// Whether what the handler did can be kept.
base::Result<void> Lane::verdict(const Call& call, const KeyState& state) const {
  BOOST_OUTCOME_TRY(call.verdict());
  std::size_t most = deps_.limits.state_bytes;
  if (most == std::numeric_limits<std::size_t>::max() || state.bytes() + call.state_bytes() <= most) return base::ok();
  return base::permanent(base::Reason::kTooLarge,
                         "the state of a key would be larger than " + std::to_string(most) + " bytes");
}

// What a failure means for the key: to be tried again, or nothing because the stage closes. nullopt: done, well or not.
std::optional<Lane::Outcome> Lane::judge(const base::Result<void>& result, Slot& slot, int& attempt) {
  if (result) return std::nullopt;
  if (closing_) return Outcome::kCancelled;
  if (result.error().retry.is_never() || attempt >= spec_.max_attempts) return std::nullopt;
  slot.retry_in =
      result.error().retry.names_wait() ? result.error().retry.wait() : deps_.backoff.wait(attempt, deps_.rng);
  ++attempt;
  metrics_.retries.Increment();
  return Outcome::kFailed;
}

// What remains of a record that was given up: a letter, and the handler's accounting.
Changes Lane::give_up(const Record& record, const base::Error& error, const Slot& slot) {
  Call call(slot.key, deps_.clock.now(), begun_, *slot.state);
  DeadLetter letter;
  letter.id = dead_letter_id(spec_.name, record.topic, record.key, record.value);
  letter.stage = spec_.name;
  letter.topic = record.topic;
  letter.key = record.key;
  letter.value = record.value;
  letter.reason = base::to_string(error.reason);
  letter.message = error.message;
  letter.attempts = record.attempt;
  letter.at = call.now();
  call.emit(kDeadLetters, record.key, encode(letter));
  handler_.on_dead_letter(record, error, call);
  metrics_.dead_letters.Increment();
  base::log::warn("bus: record given up", {{"stage", spec_.name},
                                           {"topic", record.topic},
                                           {"offset", record.offset},
                                           {"reason", base::to_string(error.reason)},
                                           {"error", error.message}});
  return call.take();
}

void Lane::finish(Slot& slot, std::unique_ptr<KeyUnit> unit) {
  bool has_changes = !unit->calls().empty();
  if (has_changes) {
    deps_.failpoint("before_submit");
    log_.submit(std::move(unit));
  }
  Started started;
  std::shared_ptr<Lane> other;
  {
    std::lock_guard lock(mutex_);
    --running_;
    metrics_.running.Decrement();
    deps_.turns.give_back();
    other = deps_.turns.next();
    if (other.get() == this) other = nullptr;
    if (!other) started = next_steps();
  }
  if (other) {
    other->look();
    look();
  } else {
    start(std::move(started));
  }
  if (!has_changes) settle(slot, 0);
}

void Lane::committed(const KeyUnit& unit) {
  Slot& slot = unit.slot();
  {
    std::lock_guard lock(mutex_);
    for (const auto& call : unit.calls()) {
      if (call.record) held_bytes_ -= size_of(*call.record);
    }
    held_records_ -= unit.records();
    slot.waiting.erase(slot.waiting.begin(), slot.waiting.begin() + static_cast<std::ptrdiff_t>(unit.records()));
  }
  settle(slot, static_cast<std::int64_t>(unit.records()));
}

// Keeps the index of timers in step with the key's. Returns what that takes off the work: 1, 0 or -1.
std::int64_t Lane::notice_due(Slot& slot, base::Time now) {
  const auto* timer = slot.state->earliest();
  auto held = timers_.size();
  timers_.set(slot.key, timer != nullptr ? std::optional(timer->second.due) : std::nullopt);
  show_timers(held);
  bool is_due = timer != nullptr && timer->second.due <= now;
  bool was_due = std::exchange(slot.timers_due, is_due);
  return static_cast<std::int64_t>(was_due) - static_cast<std::int64_t>(is_due);
}

// Decides what becomes of a key whose unit is out of the way. The unit still counts as work, so that the count does not
// touch zero in here.
void Lane::settle(Slot& slot, std::int64_t done) {
  Started started;
  std::optional<std::chrono::milliseconds> wait;
  {
    std::lock_guard lock(mutex_);
    done += notice_due(slot, deps_.clock.now());
    outstanding_ -= done;
    metrics_.lag.Decrement(static_cast<double>(done));
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

base::Task<void> Lane::retry(Slot& slot, std::chrono::milliseconds wait) {
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

base::Task<void> Lane::wake_at(base::Time when) {
  co_await deps_.clock.sleep_until(when);
  if (closing_) co_return;
  {
    std::lock_guard lock(mutex_);
    alarms_.erase(alarms_.find(when));
  }
  look();
}

}  // namespace bus::stage
