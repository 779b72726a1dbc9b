// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "bus/bus.h"
#include "tests/fakes/fake_transaction.h"

namespace fakes {

// Runs a bus::Handler over records as a bus would, on the caller's thread: a transaction a call, kept only when the
// handler succeeds; timers when the clock has passed them.
class FakeStage {
 public:
  FakeStage(bus::Handler& handler, base::ManualClock& clock) : handler_(handler), clock_(clock) {}

  // Gives the handler a record until it succeeds, fails for good or has used `max_attempts`; then it is dead-lettered.
  base::Result<void> handle(std::string topic, std::string key, std::string value) {
    bus::Record record{std::move(topic), 0, next_offset_++, clock_.now(), std::move(key), std::move(value), 1};
    for (;; ++record.attempt) {
      FakeTransaction txn = begin(record.key);
      base::Result<void> result = run(handler_.on_record(record, txn));
      if (result.has_value()) {
        if (crash_next_) {
          crash_next_ = false;
          continue;
        }
        commit(std::move(txn));
        return result;
      }
      if (!result.error().retry.is_never() && record.attempt < max_attempts) continue;
      FakeTransaction given_up = begin(record.key);
      handler_.on_dead_letter(record, result.error(), given_up);
      commit(std::move(given_up));
      return result;
    }
  }

  // Moves the clock, running every timer on the way at its own time.
  void advance(base::Duration by) { advance_to(clock_.now() + by); }
  void advance_to(base::Time when) {
    while (auto timer = earliest(when)) {
      clock_.advance_to(timer->due);
      FakeTransaction txn = begin(timer->key);
      txn.timers.erase(timer->name);
      base::Result<void> result = run(handler_.on_timer(*timer, txn));
      if (result.has_value()) {
        commit(std::move(txn));
      } else {
        timer_failures.push_back(result.error().message);
        keys_.at(timer->key).timers.erase(timer->name);
      }
    }
    clock_.advance_to(when);
  }

  // The state and timers of another process that ran the stage are this one's now.
  void take_over(const FakeStage& other) { keys_ = other.keys_; }
  // How many timers all keys have together.
  std::size_t timer_count() const {
    std::size_t count = 0;
    for (const auto& [key, txn] : keys_) count += txn.timers.size();
    return count;
  }

  // The process dies after the next handler call and before its commit: the record is read again.
  void crash_next() { crash_next_ = true; }
  int max_attempts = 3;
  // Since when the process has run the stage.
  base::Time owned_from = base::Time::min();

  // Everything emitted so far, over all keys, in order.
  std::vector<FakeTransaction::Emitted> emitted;
  std::map<std::string, std::int64_t> counters;
  std::vector<std::string> timer_failures;

  // Runs a handler's coroutine to its end.
  static base::Result<void> run(base::Task<base::Result<void>> task) {
    boost::asio::io_context loop;
    base::Result<void> result = base::ok();
    boost::asio::co_spawn(loop, keep(std::move(task), &result), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    loop.run();
    return result;
  }

  // How many state entries all keys have together.
  std::size_t state_size() const {
    std::size_t size = 0;
    for (const auto& [key, txn] : keys_) size += txn.state.size();
    return size;
  }
  const FakeTransaction* key(const std::string& name) const {
    auto found = keys_.find(name);
    return found == keys_.end() ? nullptr : &found->second;
  }

 private:
  static base::Task<void> keep(base::Task<base::Result<void>> task, base::Result<void>* result) {
    *result = co_await std::move(task);
  }
  FakeTransaction begin(const std::string& key) {
    FakeTransaction txn = keys_.try_emplace(key, key).first->second;
    txn.time = clock_.now();
    txn.owned_from = owned_from;
    return txn;
  }
  void commit(FakeTransaction txn) {
    for (auto& record : txn.emitted) emitted.push_back(std::move(record));
    for (const auto& [name, by] : txn.counters) counters[name] += by;
    txn.emitted.clear();
    txn.counters.clear();
    std::string key = txn.key();
    keys_.insert_or_assign(std::move(key), std::move(txn));
  }
  std::optional<bus::Timer> earliest(base::Time until) const {
    std::optional<bus::Timer> found;
    for (const auto& [key, txn] : keys_) {
      for (const auto& [name, timer] : txn.timers) {
        if (timer.due <= until && (!found || timer.due < found->due)) found = timer;
      }
    }
    return found;
  }
  bus::Handler& handler_;
  base::ManualClock& clock_;
  std::map<std::string, FakeTransaction> keys_;
  std::int64_t next_offset_ = 0;
  bool crash_next_ = false;
};

}  // namespace fakes
