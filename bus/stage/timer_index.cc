// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/timer_index.h"

#include <algorithm>
#include <iterator>

namespace bus::stage {

std::optional<TimerIndex::Question> TimerIndex::ask() {
  if (asked_ || horizon_ == base::Time::max() || by_key_.size() >= most_ / 4) return std::nullopt;
  return asked_ = Question{horizon_, most_ - by_key_.size()};
}

void TimerIndex::answer(const std::vector<DueKey>& rows) {
  Question asked = *std::exchange(asked_, std::nullopt);
  auto newer = std::exchange(set_since_, {});
  if (horizon_ < asked.from) return;  // Some were dropped meanwhile, and come first.
  horizon_ = rows.size() < asked.most ? base::Time::max() : rows.back().due;
  for (const auto& row : rows) {
    if (!newer.contains(row.key) && !by_key_.contains(row.key)) hold(row.key, row.due);
  }
  for (const auto& [key, due] : newer) set(key, due);
}

void TimerIndex::set(const std::string& key, std::optional<base::Time> due) {
  if (asked_) set_since_.insert_or_assign(key, due);
  if (due && *due >= horizon_) due.reset();
  hold(key, due);
  if (by_key_.size() > most_) drop_latest();
}

void TimerIndex::hold(const std::string& key, std::optional<base::Time> due) {
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

void TimerIndex::drop_latest() {
  while (by_key_.size() > most_ / 4 * 3) {
    auto latest = std::prev(by_due_.end());
    horizon_ = latest->first;
    auto key = by_key_.find(latest->second);
    by_due_.erase(latest);
    by_key_.erase(key);
  }
}

std::optional<base::Time> TimerIndex::earliest() const {
  if (!by_due_.empty()) return std::min(by_due_.begin()->first, horizon_);
  if (horizon_ != base::Time::max()) return horizon_;
  return std::nullopt;
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
