// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/board.h"

#include <algorithm>
#include <utility>

namespace bus::embedded {

std::optional<std::string> Board::Table::find(std::string_view key) const {
  std::shared_lock lock(mutex_);
  auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second.value;
}

void Board::Table::for_each(const std::function<void(const std::string&, const std::string&)>& visit) const {
  std::shared_lock lock(mutex_);
  for (const auto& [key, entry] : entries_) visit(key, entry.value);
}

std::size_t Board::Table::size() const {
  std::shared_lock lock(mutex_);
  return entries_.size();
}

void Board::Table::bound(std::size_t max_entries) {
  std::unique_lock lock(mutex_);
  max_entries_ = std::max(max_entries_, max_entries);
}

void Board::Table::load(Store& store) {
  std::unique_lock lock(mutex_);
  entries_.clear();
  by_age_.clear();
  store.broadcast_entries(topic_, [this](std::string key, std::int64_t seq, std::string value) {
    by_age_.emplace(seq, key);
    entries_.insert_or_assign(std::move(key), Entry{seq, std::move(value)});
  });
  while (entries_.size() > max_entries_) {
    auto oldest = by_age_.begin();
    store.publish(topic_, oldest->second, 0, "");
    entries_.erase(oldest->second);
    by_age_.erase(oldest);
  }
}

std::optional<std::string> Board::Table::pushed_out_by(const std::string& key) const {
  std::shared_lock lock(mutex_);
  if (entries_.size() < max_entries_ || entries_.empty() || entries_.contains(key)) return std::nullopt;
  return by_age_.begin()->second;
}

void Board::Table::set(const std::string& key, std::int64_t seq, std::string value) {
  std::unique_lock lock(mutex_);
  if (auto found = entries_.find(key); found != entries_.end()) {
    by_age_.erase(found->second.seq);
    entries_.erase(found);
  }
  if (value.empty()) return;
  if (entries_.size() >= max_entries_ && !entries_.empty()) {
    entries_.erase(by_age_.begin()->second);
    by_age_.erase(by_age_.begin());
  }
  by_age_.emplace(seq, key);
  entries_.emplace(key, Entry{seq, std::move(value)});
}

std::shared_ptr<Board::Table> Board::table(const std::string& topic, std::size_t max_entries) {
  std::lock_guard lock(mutex_);
  auto& table = tables_[topic];
  if (!table) table = std::make_shared<Table>(topic);
  table->bound(max_entries);
  return table;
}

std::shared_ptr<Board::Table> Board::find(const std::string& topic) {
  std::lock_guard lock(mutex_);
  auto found = tables_.find(topic);
  return found != tables_.end() ? found->second : nullptr;
}

void Board::load(Store& store) {
  last_seq_ = store.last_broadcast();
  std::lock_guard lock(mutex_);
  for (auto& [topic, table] : tables_) table->load(store);
}

void Board::write(Store& store, const std::string& topic, const std::string& key, const std::string& value) {
  store.publish(topic, key, ++last_seq_, value);
  auto table = find(topic);
  if (!table || value.empty()) return;
  if (auto oldest = table->pushed_out_by(key)) store.publish(topic, *oldest, 0, "");
}

void Board::written(const std::string& topic, const std::string& key, std::string value) {
  if (auto table = find(topic)) table->set(key, last_seq_, std::move(value));
}

}  // namespace bus::embedded
