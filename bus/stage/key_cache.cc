// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/key_cache.h"

#include <iterator>
#include <utility>

namespace bus::stage {

namespace {

// The list node, the map node and the key twice over its inline size.
constexpr std::size_t kEntryBytes = 192;

}  // namespace

void KeyCache::put(const std::string& key, std::shared_ptr<KeyState> state) {
  std::size_t bytes = kEntryBytes + key.size() + state->bytes();
  entries_.push_front({key, std::move(state), bytes});
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
  while (bytes_ > max_bytes_ && !entries_.empty()) forget(std::prev(entries_.end()));
}

std::shared_ptr<KeyState> KeyCache::take(const std::string& key) {
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  auto state = std::move(found->second->state);
  forget(found->second);
  return state;
}

void KeyCache::forget(std::list<Entry>::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace bus::stage
