// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "bus/bus.h"
#include "tests/contract/bus/bus_under_test.h"

namespace contract {

using Outcome = base::Result<void>;

// A handler made of functions.
struct ScriptedHandler final : bus::Handler {
  std::function<base::Task<Outcome>(const bus::Record&, bus::Transaction&)> record;
  std::function<base::Task<Outcome>(const bus::Timer&, bus::Transaction&)> timer;
  std::function<void(const bus::Record&, const base::Error&, bus::Transaction&)> dead;

  base::Task<Outcome> on_record(const bus::Record& given, bus::Transaction& txn) override { return record(given, txn); }
  base::Task<Outcome> on_timer(const bus::Timer& given, bus::Transaction& txn) override {
    if (timer) return timer(given, txn);
    return Handler::on_timer(given, txn);
  }
  void on_dead_letter(const bus::Record& given, const base::Error& error, bus::Transaction& txn) override {
    if (dead) dead(given, error, txn);
  }
};

// What happened, in order, from any thread.
class Journal {
 public:
  void add(std::string line) {
    std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// A bus of some kind, running, on a clock that the test moves.
class BusContract : public ::testing::TestWithParam<BusKind> {
 protected:
  static constexpr std::chrono::seconds kPatience{60};

  void SetUp() override {
    installation_ = GetParam().make();
    open();
  }
  void TearDown() override {
    if (bus_) close();
    pool_.join();
  }

  void open() {
    bus_ = installation_->open(clock_, metrics_);
    auto started = bus_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void close() {
    wait(bus_->stop());
    bus_.reset();
  }
  void reopen() {
    close();
    open();
  }

  // Runs a coroutine to its end.
  void wait(base::Task<void> task) {
    auto future = boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future);
    if (future.wait_for(kPatience) != std::future_status::ready) {
      ADD_FAILURE() << "not done after " << kPatience.count() << " s";
      std::abort();
    }
    future.get();
  }
  Outcome wait(base::Task<Outcome> task) {
    std::optional<Outcome> outcome;
    wait(keep(std::move(task), outcome));
    return *outcome;
  }
  static base::Task<void> keep(base::Task<Outcome> task, std::optional<Outcome>& outcome) {
    outcome.emplace(co_await std::move(task));
  }

  void append(const std::string& topic, const std::string& key, const std::string& value) {
    auto appended = wait(bus_->append({{topic, key, value}}));
    ASSERT_TRUE(appended) << appended.error().message;
  }
  void idle() { wait(bus_->idle()); }

  void add_stage(bus::StageSpec spec, bus::Handler& handler) {
    auto added = bus_->add_stage(std::move(spec), handler, pool_.get_executor());
    ASSERT_TRUE(added) << added.error().message;
  }
  void remove_stage(const std::string& name) { wait(bus_->remove_stage(name)); }

  // A stage that writes each record's value into the journal.
  void listen(const std::string& topic, Journal& journal) {
    listeners_.push_back(std::make_unique<ScriptedHandler>());
    listeners_.back()->record = [&journal](const bus::Record& record, bus::Transaction&) -> base::Task<Outcome> {
      journal.add(record.value);
      co_return base::ok();
    };
    add_stage({.name = "listener." + topic, .inputs = {topic}}, *listeners_.back());
  }

  base::ManualClock clock_{base::Time(std::chrono::hours(24 * 365 * 50))};
  base::Metrics metrics_;
  boost::asio::thread_pool pool_{4};
  std::vector<std::unique_ptr<ScriptedHandler>> listeners_;
  std::unique_ptr<BusUnderTest> installation_;
  std::unique_ptr<bus::Bus> bus_;
};

}  // namespace contract
