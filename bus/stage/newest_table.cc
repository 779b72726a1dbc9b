// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/newest_table.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace bus::stage {

std::optional<std::string> NewestTable::find(std::string_view key) const {
  std::shared_lock lock(mutex_);
  auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second.value;
}

void NewestTable::for_each(const std::function<void(const std::string&, const std::string&)>& visit) const {
  std::shared_lock lock(mutex_);
  for (const auto& [key, entry] : entries_) visit(key, entry.value);
}

std::size_t NewestTable::size() const {
  std::shared_lock lock(mutex_);
  return entries_.size();
}

void NewestTable::bound(std::size_t max_entries) {
  std::unique_lock lock(mutex_);
  max_entries_ = std::max(max_entries_, max_entries);
}

std::optional<std::string> NewestTable::set(const std::string& key, std::int64_t age, std::string value) {
  std::unique_lock lock(mutex_);
  if (!forget_older(key, age)) return std::nullopt;
  if (value.empty()) {
    remember_removal(key, age);
    return std::nullopt;
  }
  by_age_.emplace(age, key);
  entries_.emplace(key, Entry{age, std::move(value)});
  return push_out();
}

bool NewestTable::forget_older(const std::string& key, std::int64_t age) {
  if (auto found = entries_.find(key); found != entries_.end()) {
    if (found->second.age >= age) return false;
    by_age_.erase(found->second.age);
    entries_.erase(found);
  }
  if (auto found = removed_.find(key); found != removed_.end()) {
    if (found->second >= age) return false;
    removed_by_age_.erase(found->second);
    removed_.erase(found);
  }
  return true;
}

void NewestTable::remember_removal(const std::string& key, std::int64_t age) {
  removed_.emplace(key, age);
  removed_by_age_.emplace(age, key);
  if (removed_.size() <= kMostRemoved) return;
  removed_.erase(removed_by_age_.begin()->second);
  removed_by_age_.erase(removed_by_age_.begin());
}

std::optional<std::string> NewestTable::push_out() {
  if (entries_.size() <= max_entries_) return std::nullopt;
  auto oldest = by_age_.begin();
  std::string key = std::move(oldest->second);
  by_age_.erase(oldest);
  entries_.erase(key);
  return key;
}

void NewestTable::clear() {
  std::unique_lock lock(mutex_);
  entries_.clear();
  by_age_.clear();
  removed_.clear();
  removed_by_age_.clear();
}

}  // namespace bus::stage
