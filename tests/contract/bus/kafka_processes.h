// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "bus/kafka/kafka_archive.h"
#include "bus/kafka/kafka_bus.h"
#include "tests/contract/bus/temporary_directory.h"
#include "tests/fakes/mock_kafka.h"

namespace contract {

// Processes of an installation on the mock cluster, and stages that notice what is lost or doubled.

using namespace std::chrono_literals;
using Outcome = base::Result<void>;

// Counts its records in the state and passes them on with the count; a wrong count is a unit lost or doubled.
class Counter final : public bus::Handler {
 public:
  explicit Counter(std::string name = "counter") : name_(std::move(name)) {}
  const std::string& name() const { return name_; }

  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* count = txn.get("t", "count");
    std::string next = std::to_string((count != nullptr ? std::stoll(*count) : 0) + 1);
    txn.put("t", "count", next);
    txn.emit("out", record.key + "." + name_, record.value + ":" + next);
    co_return base::ok();
  }

 private:
  std::string name_;
};

// What came out, by key. Its place is in the state: a unit that was not done before the partition was lost is done
// again.
class Collector final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* before = txn.get("t", "seen");
    std::size_t place = before != nullptr ? std::stoul(*before) : 0;
    txn.put("t", "seen", std::to_string(place + 1));
    std::lock_guard lock(mutex_);
    auto& values = seen_[record.key];
    if (place >= values.size()) {
      count_ += place + 1 - values.size();
      values.resize(place + 1);
    }
    values[place] = record.value;
    changed_.notify_all();
    co_return base::ok();
  }
  bool wait_for(std::size_t count, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return count_ >= count; });
  }
  std::map<std::string, std::vector<std::string>> seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  std::size_t count() const {
    std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::vector<std::string>> seen_;
  std::size_t count_ = 0;
};

// A process of the installation: a bus with a data directory of its own.
class Process {
 public:
  // The mock cluster gives the first member of a group 3 s to come.
  static constexpr std::chrono::milliseconds kSession{3200};

  // A large state waits for longer than a record takes on a busy machine.
  static constexpr std::size_t kStatePace = 500;

  Process(const std::string& servers, boost::asio::thread_pool& pool, std::size_t state_pace = kStatePace)
      : pool_(pool) {
    bus::kafka::KafkaOptions& options = options_;
    options.bootstrap_servers = servers;
    options.topic_prefix = "faults.";
    options.partitions = 4;
    options.data_dir = directory_.path();
    options.session_timeout = kSession;
    options.state_bytes_per_ms = state_pace;
    options.position_interval = 50ms;
    options.append_timeout = 20s;
    options.properties["fetch.wait.max.ms"] = "5";
    options.failpoint = [this](std::string_view at) {
      if (at == "before_state" && ++states_written_ == stands_still_at_) stand_still();
    };
    bus_ = bus::kafka::make_kafka_bus(options, clock_, metrics_);
    auto started = bus_->start();
    EXPECT_TRUE(started) << started.error().message;
  }
  ~Process() { wait(bus_->stop()); }

  void add(const std::string& name, std::vector<std::string> inputs, bus::Handler& handler) {
    ASSERT_TRUE(bus_->add_stage({.name = name, .inputs = std::move(inputs)}, handler, pool_.get_executor()));
  }
  Outcome append(const std::string& key, const std::string& value, const std::string& topic = "in") {
    return append({{topic, key, value}});
  }
  Outcome append(std::vector<bus::Outgoing> records) {
    std::optional<Outcome> outcome;
    wait(keep(bus_->append(std::move(records)), outcome));
    return *outcome;
  }
  void wait(base::Task<void> task) { boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future).get(); }
  bus::Bus& bus() { return *bus_; }
  // As whoever looks from outside adds it up.
  std::int64_t counter(const std::string& name) const {
    auto archive = bus::kafka::open_kafka_archive(options_);
    EXPECT_TRUE(archive) << archive.error().message;
    auto counters = archive.value()->counters();
    EXPECT_TRUE(counters) << counters.error().message;
    return counters.value()[name];
  }
  // Lever: stands still for longer than its session before it writes the state of a key for the nth time from now on.
  void stand_still_at(int nth) { stands_still_at_ = states_written_ + nth; }
  // How often a key's state was.
  int states_written() const { return states_written_; }
  double producers_replaced(const std::string& client) {
    return metrics_.counter("tocsin_kafka_producers_replaced_total", "", {{"client", client}}).Value();
  }

 private:
  static void stand_still() { ::poll(nullptr, 0, static_cast<int>(kSession.count()) + 800); }
  static base::Task<void> keep(base::Task<Outcome> task, std::optional<Outcome>& outcome) {
    outcome.emplace(co_await std::move(task));
  }

  boost::asio::thread_pool& pool_;
  TemporaryDirectory directory_;
  bus::kafka::KafkaOptions options_;
  base::SystemClock clock_;
  base::Metrics metrics_;
  std::atomic<int> states_written_ = 0;
  std::atomic<int> stands_still_at_ = 0;
  std::unique_ptr<bus::Bus> bus_;
};

}  // namespace contract
