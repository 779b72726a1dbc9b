// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

#include "bus/bus.h"
#include "bus/embedded/store.h"

namespace bus::embedded {

// The broadcast topics of this process. Values that were superseded or pushed out are deleted with the same commit, so
// that the log never holds more than the tables.
class Board {
 public:
  class Table final : public BroadcastTable {
   public:
    explicit Table(std::string topic) : topic_(std::move(topic)) {}

    std::optional<std::string> find(std::string_view key) const override;
    void for_each(const std::function<void(const std::string&, const std::string&)>& visit) const override;
    std::size_t size() const override;

    // The larger of the bounds asked for holds.
    void bound(std::size_t max_entries);
    // From the writer's thread, inside a transaction: reads the topic and deletes what is over the bound.
    void load(Store& store);
    // What publishing `key` pushes out.
    std::optional<std::string> pushed_out_by(const std::string& key) const;
    void set(const std::string& key, std::int64_t seq, std::string value);

   private:
    struct Entry {
      std::int64_t seq;
      std::string value;
    };

    const std::string topic_;
    mutable std::shared_mutex mutex_;
    std::size_t max_entries_ = 0;
    std::map<std::string, Entry, std::less<>> entries_;
    std::map<std::int64_t, std::string> by_age_;
  };

  // The table of a topic, empty when it is new. Thread-safe.
  std::shared_ptr<Table> table(const std::string& topic, std::size_t max_entries);
  // Before the writer runs, inside a transaction: fills every table joined so far.
  void load(Store& store);
  // From the writer's thread: inside the transaction, and once it is durable.
  void write(Store& store, const std::string& topic, const std::string& key, const std::string& value);
  void written(const std::string& topic, const std::string& key, std::string value);

 private:
  std::shared_ptr<Table> find(const std::string& topic);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Table>> tables_;
  std::int64_t last_seq_ = 0;
};

}  // namespace bus::embedded
