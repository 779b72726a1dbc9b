// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/call.h"

#include <algorithm>

namespace bus::stage {

namespace {

// The lengths and times beside the bytes of an entry, at most.
constexpr std::size_t kNumberBytes = 32;

}  // namespace

const std::string* Call::get(std::string_view table, std::string_view entry) const {
  EntryView name{table, entry};
  if (auto changed = changes_.entries.find(name); changed != changes_.entries.end()) {
    return changed->second ? &*changed->second : nullptr;
  }
  auto kept = state_.entries.find(name);
  return kept != state_.entries.end() ? &kept->second : nullptr;
}

std::vector<std::pair<std::string, std::string>> Call::entries(std::string_view table) const {
  std::map<std::string, std::string> merged;
  EntryView first{table, ""};
  for (auto it = state_.entries.lower_bound(first); it != state_.entries.end() && it->first.table == table; ++it) {
    merged.emplace(it->first.entry, it->second);
  }
  for (auto it = changes_.entries.lower_bound(first); it != changes_.entries.end() && it->first.table == table; ++it) {
    if (it->second) {
      merged.insert_or_assign(it->first.entry, *it->second);
    } else {
      merged.erase(it->first.entry);
    }
  }
  return {merged.begin(), merged.end()};
}

void Call::put(std::string_view table, std::string_view entry, std::string value) {
  largest_ = std::max(largest_, value.size());
  changes_.entries.insert_or_assign(EntryName{std::string(table), std::string(entry)}, std::move(value));
}

void Call::erase(std::string_view table, std::string_view entry) {
  changes_.entries.insert_or_assign(EntryName{std::string(table), std::string(entry)}, std::nullopt);
}

void Call::set_timer(std::string_view name, base::Time due, std::string value) {
  largest_ = std::max(largest_, value.size());
  changes_.timers.insert_or_assign(std::string(name), TimerSetting{due, std::move(value)});
}

void Call::cancel_timer(std::string_view name) { changes_.timers.insert_or_assign(std::string(name), std::nullopt); }

void Call::emit(std::string_view topic, std::string key, std::string value) {
  largest_ = std::max(largest_, key.size() + value.size());
  emitted_bytes_ += key.size() + value.size();
  auto record = std::make_shared<Record>();
  record->topic = topic;
  record->key = std::move(key);
  record->value = std::move(value);
  changes_.records.push_back(std::move(record));
}

void Call::count(std::string_view counter, std::int64_t by) { changes_.counts.push_back({std::string(counter), by}); }

std::size_t Call::state_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [name, value] : changes_.entries) {
    if (value) bytes += name.table.size() + name.entry.size() + value->size() + kNumberBytes;
  }
  for (const auto& [name, timer] : changes_.timers) {
    if (timer) bytes += name.size() + timer->value.size() + kNumberBytes;
  }
  return bytes;
}

base::Result<void> Call::verdict() const {
  auto too_large = [](const std::string& what, std::size_t most) {
    return base::permanent(base::Reason::kTooLarge,
                           "the handler wrote " + what + "; at most " + std::to_string(most) + " are kept");
  };
  if (largest_ > kMaxRecordBytes) {
    return too_large("a value of " + std::to_string(largest_) + " bytes", kMaxRecordBytes);
  }
  if (emitted_bytes_ > kMaxOutputBytes) {
    return too_large("records of " + std::to_string(emitted_bytes_) + " bytes in one call", kMaxOutputBytes);
  }
  if (changes_.records.size() > kMaxOutputs) {
    return too_large(std::to_string(changes_.records.size()) + " records in one call", kMaxOutputs);
  }
  return base::ok();
}

}  // namespace bus::stage
