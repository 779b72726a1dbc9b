// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>

#include "bus/bus.h"

namespace bus::stage {

// The local copy of a broadcast topic: what was published last under each key, the newest `max_entries` of them. The
// age of a value is a number that its log gives. Thread-safe.
class NewestTable final : public BroadcastTable {
 public:
  std::optional<std::string> find(std::string_view key) const override;
  void for_each(const std::function<void(const std::string&, const std::string&)>& visit) const override;
  std::size_t size() const override;

  // The larger of the bounds asked for holds.
  void bound(std::size_t max_entries);
  // Sets a value, or removes it when it is empty; one that is older than what the key has, or than its removal, changes
  // nothing. Returns the key that it pushed out.
  std::optional<std::string> set(const std::string& key, std::int64_t age, std::string value);
  void clear();

 private:
  struct Entry {
    std::int64_t age;
    std::string value;
  };

  // Removals that are remembered: a reader of the log that is further behind than so many may show a value again until
  // it comes to its removal.
  static constexpr std::size_t kMostRemoved = 1000;

  // False: something newer is known of the key.
  bool forget_older(const std::string& key, std::int64_t age);
  void remember_removal(const std::string& key, std::int64_t age);
  std::optional<std::string> push_out();

  mutable std::shared_mutex mutex_;
  std::size_t max_entries_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::int64_t, std::string> by_age_;
  std::map<std::string, std::int64_t, std::less<>> removed_;
  std::map<std::int64_t, std::string> removed_by_age_;
};

}  // namespace bus::stage
