// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/turns.h"

#include <algorithm>

#include "bus/stage/lane.h"

namespace bus::stage {

bool Turns::take(Lane& lane) {
  std::lock_guard lock(mutex_);
  if (free_ > 0) {
    --free_;
    return true;
  }
  std::weak_ptr<Lane> self = lane.self();
  bool waits = std::any_of(waiting_.begin(), waiting_.end(),
                           [&](const auto& other) { return !other.owner_before(self) && !self.owner_before(other); });
  if (!waits) waiting_.push_back(std::move(self));
  return false;
}

void Turns::give_back() {
  std::lock_guard lock(mutex_);
  ++free_;
}

std::shared_ptr<Lane> Turns::next() {
  std::lock_guard lock(mutex_);
  while (free_ > 0 && !waiting_.empty()) {
    auto lane = waiting_.front().lock();
    waiting_.pop_front();
    if (lane && !lane->is_closing()) return lane;
  }
  return nullptr;
}

}  // namespace bus::stage
