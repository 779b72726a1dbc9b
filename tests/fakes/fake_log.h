// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "bus/bus.h"
#include "bus/dead_letter.h"
#include "tests/fakes/fake_transaction.h"

namespace fakes {

// A log in memory that runs stages on the caller's thread and a manual clock: everything that can happen at one moment
// happens before the clock moves on, so that a story of hours has the same end at every run. Like a bus it handles keys
// at the same time and each in order, and holds so many records of a stage in memory.
class FakeLog {
 public:
  explicit FakeLog(base::ManualClock& clock) : clock_(clock) {}

  void add(bus::StageSpec spec, bus::Handler& handler) {
    stages_.push_back(std::make_unique<Stage>(std::move(spec), &handler));
  }
  base::Executor executor() { return loop_.get_executor(); }

  void append(const std::string& topic, std::string key, std::string value) {
    bus::Record record{topic, 0, ++offsets_[topic], clock_.now(), std::move(key), std::move(value), 1};
    if (on_append) on_append(record);
    for (auto& stage : stages_) {
      const auto& inputs = stage->spec.inputs;
      if (std::find(inputs.begin(), inputs.end(), topic) != inputs.end()) stage->log.push_back(record);
    }
  }

  // Everything that can happen without the clock moving.
  void run() {
    do {
      loop_.restart();
      loop_.poll();
    } while (start_what_can_start());
  }
  // Moves the clock by steps, which is how exactly those who sleep on it are woken.
  void advance(base::Duration by, base::Duration step = std::chrono::milliseconds(100)) {
    base::Time end = clock_.now() + by;
    run();
    while (clock_.now() < end) {
      clock_.advance_to(std::min(clock_.now() + step, end));
      run();
    }
  }

  // Whatever is appended, by stages too.
  std::function<void(const bus::Record&)> on_append;
  std::map<std::string, std::int64_t> counters;

  std::int64_t counted(std::string_view prefix) const {
    std::int64_t sum = 0;
    for (const auto& [name, by] : counters) sum += name.starts_with(prefix) ? by : 0;
    return sum;
  }
  // Records that a stage is not done with, and entries of a table over all its keys.
  std::size_t behind(std::string_view stage) const { return of(stage).log.size() + of(stage).held.size(); }
  std::size_t entries(std::string_view stage, std::string_view table) const {
    std::size_t count = 0;
    for (const auto& [key, txn] : of(stage).keys) count += txn.entries(table).size();
    return count;
  }
  // Lever: every entry of a stage's table holds this text now.
  void spoil(std::string_view stage, std::string_view table, const std::string& text) {
    for (auto& running : stages_) {
      if (running->spec.name != stage) continue;
      for (auto& [key, txn] : running->keys) {
        for (const auto& [entry, value] : txn.entries(table)) txn.put(table, entry, text);
      }
    }
  }

 private:
  // What embedded stages hold in memory.
  static constexpr std::size_t kHeld = 1024;
  using Due = std::tuple<base::Time, std::string, std::string>;

  struct Stage {
    Stage(bus::StageSpec of, bus::Handler* by) : spec(std::move(of)), handler(by) {}
    bus::StageSpec spec;
    bus::Handler* handler;
    std::deque<bus::Record> log;
    std::list<bus::Record> held;
    std::set<std::string> busy;
    std::map<std::string, FakeTransaction> keys;
    std::set<Due> timers;
  };

  const Stage& of(std::string_view name) const {
    auto found =
        std::find_if(stages_.begin(), stages_.end(), [&](const auto& stage) { return stage->spec.name == name; });
    return **found;
  }

  bool start_what_can_start() {
    bool started = false;
    for (auto& stage : stages_) {
      started |= start_timers(*stage);
      started |= start_records(*stage);
    }
    return started;
  }
  bool start_timers(Stage& stage) {
    bool started = false;
    std::vector<bus::Timer> due;
    for (const auto& [when, key, name] : stage.timers) {
      if (when > clock_.now()) break;
      if (!stage.busy.contains(key)) due.push_back(stage.keys.at(key).timers.at(name));
    }
    for (const auto& timer : due) {
      if (stage.busy.size() >= stage.spec.concurrency) break;
      if (!stage.busy.insert(timer.key).second) continue;
      boost::asio::co_spawn(loop_, fire(stage, timer), rethrow);
      started = true;
    }
    return started;
  }
  bool start_records(Stage& stage) {
    for (; !stage.log.empty() && stage.held.size() < kHeld; stage.log.pop_front()) {
      stage.held.push_back(std::move(stage.log.front()));
    }
    bool started = false;
    std::set<std::string> passed;  // A key's later records stay behind its first.
    for (auto it = stage.held.begin(); it != stage.held.end() && stage.busy.size() < stage.spec.concurrency;) {
      auto at = it++;
      if (stage.busy.contains(at->key) || !passed.insert(at->key).second) continue;
      stage.busy.insert(at->key);
      boost::asio::co_spawn(loop_, handle(stage, std::move(*at)), rethrow);
      stage.held.erase(at);
      started = true;
    }
    return started;
  }

  base::Task<void> handle(Stage& stage, bus::Record record) {
    while (true) {
      FakeTransaction txn = begin(stage, record.key);
      auto result = co_await stage.handler->on_record(record, txn);
      if (!result && !result.error().retry.is_never() && record.attempt++ < stage.spec.max_attempts) continue;
      if (!result) {
        txn = begin(stage, record.key);
        bus::DeadLetter letter{.id = bus::dead_letter_id(stage.spec.name, record.topic, record.key, record.value),
                               .stage = stage.spec.name,
                               .topic = record.topic,
                               .key = record.key,
                               .value = record.value,
                               .reason = std::string(to_string(result.error().reason)),
                               .message = result.error().message,
                               .attempts = record.attempt,
                               .at = clock_.now()};
        txn.emit(bus::kDeadLetters, record.key, bus::encode(letter));
        stage.handler->on_dead_letter(record, result.error(), txn);
      }
      commit(stage, std::move(txn));
      break;
    }
    stage.busy.erase(record.key);
  }
  base::Task<void> fire(Stage& stage, bus::Timer timer) {
    FakeTransaction txn = begin(stage, timer.key);
    txn.timers.erase(timer.name);
    auto result = co_await stage.handler->on_timer(timer, txn);
    if (!result) throw std::runtime_error("a timer failed: " + result.error().message);
    commit(stage, std::move(txn));
    stage.busy.erase(timer.key);
  }

  FakeTransaction begin(Stage& stage, const std::string& key) {
    FakeTransaction txn = stage.keys.try_emplace(key, key).first->second;
    txn.time = clock_.now();
    return txn;
  }
  void commit(Stage& stage, FakeTransaction txn) {
    auto emitted = std::exchange(txn.emitted, {});
    for (const auto& [name, by] : std::exchange(txn.counters, {})) counters[name] += by;
    FakeTransaction& kept = stage.keys.at(txn.key());
    for (const auto& [name, timer] : kept.timers) stage.timers.erase({timer.due, timer.key, name});
    for (const auto& [name, timer] : txn.timers) stage.timers.insert({timer.due, timer.key, name});
    if (txn.state.empty() && txn.timers.empty()) {
      stage.keys.erase(txn.key());
    } else {
      kept = std::move(txn);
    }
    for (auto& record : emitted) append(record.topic, std::move(record.key), std::move(record.value));
  }

  static void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  }

  base::ManualClock& clock_;
  std::map<std::string, std::int64_t> offsets_;
  std::vector<std::unique_ptr<Stage>> stages_;
  boost::asio::io_context loop_;  // Last: its coroutines use the fields above.
};

}  // namespace fakes
