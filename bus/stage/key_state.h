// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "bus/bus.h"

namespace bus::stage {

// The name of a state entry, and the order that finds it without a copy.
struct EntryName {
  std::string table;
  std::string entry;
};
struct EntryView {
  std::string_view table;
  std::string_view entry;
};
struct EntryOrder {
  using is_transparent = void;
  static EntryView view(const EntryName& name) { return {name.table, name.entry}; }
  static EntryView view(EntryView name) { return name; }
  template <class Left, class Right>
  bool operator()(const Left& left, const Right& right) const {
    EntryView a = view(left);
    EntryView b = view(right);
    return a.table != b.table ? a.table < b.table : a.entry < b.entry;
  }
};

// When a timer of a key is due, and what it carries.
struct TimerSetting {
  base::Time due;
  std::string value;
};

// What one handler call wants changed. An absent value erases.
struct Changes {
  std::map<EntryName, std::optional<std::string>, EntryOrder> entries;
  std::map<std::string, std::optional<TimerSetting>, std::less<>> timers;
  std::vector<std::shared_ptr<Record>> records;
  std::vector<Count> counts;

  // Adds what a later call of the same key changed.
  void merge(Changes later);
  std::size_t bytes() const;
};

// The state entries and timers of one key of one stage, whole.
struct KeyState {
  std::map<EntryName, std::string, EntryOrder> entries;
  std::map<std::string, TimerSetting, std::less<>> timers;

  bool is_empty() const { return entries.empty() && timers.empty(); }
  void apply(const Changes& changes);
  std::size_t bytes() const;
  // The timer that is due first, or nullptr.
  const std::pair<const std::string, TimerSetting>* earliest() const;
};

}  // namespace bus::stage
