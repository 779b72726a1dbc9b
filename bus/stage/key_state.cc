// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/key_state.h"

#include <iterator>
#include <utility>

namespace bus::stage {

namespace {

// A node of a map beside the text it holds.
constexpr std::size_t kNodeBytes = 128;

}  // namespace

void Changes::merge(Changes later) {
  for (auto& [name, value] : later.entries) entries.insert_or_assign(name, std::move(value));
  for (auto& [name, timer] : later.timers) timers.insert_or_assign(name, std::move(timer));
  if (records.empty()) {
    records = std::move(later.records);
  } else {
    records.insert(records.end(), std::move_iterator(later.records.begin()), std::move_iterator(later.records.end()));
  }
  counts.insert(counts.end(), std::move_iterator(later.counts.begin()), std::move_iterator(later.counts.end()));
}

std::size_t Changes::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [name, value] : entries) bytes += kNodeBytes + (value ? value->size() : 0);
  for (const auto& [name, timer] : timers) bytes += kNodeBytes + (timer ? timer->value.size() : 0);
  for (const auto& record : records) bytes += kNodeBytes + record->key.size() + record->value.size();
  return bytes + counts.size() * sizeof(Count);
}

void KeyState::apply(const Changes& changes) {
  for (const auto& [name, value] : changes.entries) {
    if (value) {
      entries.insert_or_assign(name, *value);
    } else {
      entries.erase(name);
    }
  }
  for (const auto& [name, timer] : changes.timers) {
    if (timer) {
      timers.insert_or_assign(name, *timer);
    } else {
      timers.erase(name);
    }
  }
}

std::size_t KeyState::bytes() const {
  std::size_t bytes = sizeof(KeyState);
  for (const auto& [name, value] : entries) bytes += kNodeBytes + name.table.size() + name.entry.size() + value.size();
  for (const auto& [name, timer] : timers) bytes += kNodeBytes + name.size() + timer.value.size();
  return bytes;
}

const std::pair<const std::string, TimerSetting>* KeyState::earliest() const {
  const std::pair<const std::string, TimerSetting>* first = nullptr;
  for (const auto& timer : timers) {
    if (first == nullptr || timer.second.due < first->second.due) first = &timer;
  }
  return first;
}

}  // namespace bus::stage
