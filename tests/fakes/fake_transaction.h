// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/transaction.h"

namespace fakes {

// One key's state, timers and outputs in memory. What a handler does is in the fields at once; a copy made before the
// call is what a crash goes back to.
class FakeTransaction : public bus::Transaction {
 public:
  struct Emitted {
    std::string topic;
    std::string key;
    std::string value;
  };

  explicit FakeTransaction(std::string key = "key", base::Time now = {}) : time(now), key_(std::move(key)) {}

  const std::string& key() const override { return key_; }
  base::Time now() const override { return time; }
  base::Time owned_since() const override { return owned_from; }

  const std::string* get(std::string_view table, std::string_view entry) const override {
    auto found = state.find({std::string(table), std::string(entry)});
    return found == state.end() ? nullptr : &found->second;
  }
  std::vector<std::pair<std::string, std::string>> entries(std::string_view table) const override {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [place, value] : state) {
      if (place.first == table) found.emplace_back(place.second, value);
    }
    return found;
  }
  void put(std::string_view table, std::string_view entry, std::string value) override {
    state[{std::string(table), std::string(entry)}] = std::move(value);
  }
  void erase(std::string_view table, std::string_view entry) override {
    state.erase({std::string(table), std::string(entry)});
  }
  void set_timer(std::string_view name, base::Time due, std::string value) override {
    timers[std::string(name)] = bus::Timer{key_, std::string(name), due, std::move(value)};
  }
  void cancel_timer(std::string_view name) override { timers.erase(std::string(name)); }
  void emit(std::string_view topic, std::string key, std::string value) override {
    emitted.push_back({std::string(topic), std::move(key), std::move(value)});
  }
  void count(std::string_view counter, std::int64_t by) override { counters[std::string(counter)] += by; }

  // Levers and what to look at.
  base::Time time;
  base::Time owned_from = base::Time::min();
  std::map<std::pair<std::string, std::string>, std::string> state;  // By table and entry.
  std::map<std::string, bus::Timer> timers;
  std::vector<Emitted> emitted;
  std::map<std::string, std::int64_t> counters;

 private:
  std::string key_;
};

}  // namespace fakes
