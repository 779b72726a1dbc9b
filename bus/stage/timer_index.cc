// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/timer_index.h"

namespace bus::stage {

void TimerIndex::set(const std::string& key, std::optional<base::Time> due) {
  auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    if (due == found->second) return;
    by_due_.erase({found->second, found->first});
    if (!due) {
      by_key_.erase(found);
      return;
    }
    found->second = *due;
  } else {
    if (!due) return;
    found = by_key_.emplace(key, *due).first;
  }
  by_due_.emplace(*due, found->first);
}

std::optional<base::Time> TimerIndex::earliest() const {
  if (by_due_.empty()) return std::nullopt;
  return by_due_.begin()->first;
}

std::optional<base::Time> TimerIndex::earliest_after(base::Time now) const {
  auto next = by_due_.lower_bound({now + base::Duration(1), std::string_view()});
  if (next == by_due_.end()) return std::nullopt;
  return next->first;
}

std::vector<std::string> TimerIndex::due(base::Time after, base::Time until) const {
  std::vector<std::string> keys;
  auto begin = by_due_.lower_bound({after + base::Duration(1), std::string_view()});
  for (auto it = begin; it != by_due_.end() && it->first <= until; ++it) keys.emplace_back(it->second);
  return keys;
}

}  // namespace bus::stage
