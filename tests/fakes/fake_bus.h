// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bus/bus.h"

namespace fakes {

// What a FakeBus has seen and what it shall do; outlives the bus, which its owner may give away.
struct BusLevers {
  struct Append {
    std::vector<bus::Outgoing> records;
    std::vector<bus::Count> counts;
  };

  // From now on appends fail like this; nullopt: they succeed.
  void fail_with(std::optional<base::Error> error) {
    std::lock_guard lock(mutex);
    failure = std::move(error);
  }
  // Blocks until so many appends were taken; false after a generous while.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(60), [&] { return taken.size() >= count; });
  }
  bool wait_for_refusals(int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(60), [&] { return refused >= count; });
  }
  std::vector<Append> appends() {
    std::lock_guard lock(mutex);
    return taken;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<base::Error> failure;
  std::vector<Append> taken;
  int refused = 0;
  bus::Health health;
};

// A bus that takes appends, or not, and has no stages.
class FakeBus final : public bus::Bus {
 public:
  explicit FakeBus(std::shared_ptr<BusLevers> levers) : levers_(std::move(levers)) {}

  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }
  base::Task<base::Result<void>> append(std::vector<bus::Outgoing> records, std::vector<bus::Count> counts) override {
    std::lock_guard lock(levers_->mutex);
    levers_->changed.notify_all();
    if (levers_->failure) {
      ++levers_->refused;
      co_return *levers_->failure;
    }
    levers_->taken.push_back({std::move(records), std::move(counts)});
    co_return base::ok();
  }
  base::Result<void> add_stage(bus::StageSpec, bus::Handler&, base::Executor) override { return base::ok(); }
  base::Task<void> remove_stage(std::string_view) override { co_return; }
  base::Result<std::shared_ptr<bus::BroadcastTable>> join_broadcast(std::string, std::size_t) override {
    return base::permanent(base::Reason::kInternal, "not here");
  }
  base::Task<base::Result<void>> publish(std::string, std::string, std::string) override { co_return base::ok(); }
  base::Task<void> idle() override { co_return; }
  std::optional<base::Time> next_timer() const override { return std::nullopt; }
  bus::Health health() const override {
    std::lock_guard lock(levers_->mutex);
    return levers_->health;
  }

 private:
  const std::shared_ptr<BusLevers> levers_;
};

}  // namespace fakes
