// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bus/stage/key_state.h"

namespace bus::stage {

// The states of keys that were in hand lately, so that a key that comes again needs no read; a key without state is
// worth remembering too. Bounded in bytes, the longest unused goes first. Not thread-safe.
class KeyCache {
 public:
  explicit KeyCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void put(const std::string& key, std::shared_ptr<KeyState> state);
  // Takes the state out, or nullptr: a key in hand belongs to its slot.
  std::shared_ptr<KeyState> take(const std::string& key);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<KeyState> state;
    std::size_t bytes;
  };

  void forget(std::list<Entry>::iterator entry);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // Newest first.
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

}  // namespace bus::stage
