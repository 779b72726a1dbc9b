// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/work.h"

#include <utility>

namespace bus::stage {

void Work::done(std::int64_t count) {
  if (count != 0 && count_.fetch_sub(count) == count) look();
}

base::Task<void> Work::wait() {
  co_await suspend<bool>([this](Completion<bool> completion) {
    {
      std::lock_guard lock(mutex_);
      waiters_.push_back(std::move(completion));
    }
    look();
  });
}

void Work::release() {
  {
    std::lock_guard lock(mutex_);
    released_ = true;
  }
  look();
}

void Work::look() {
  std::unique_lock lock(mutex_);
  if (waiters_.empty()) return;
  if (!released_) {
    lock.unlock();
    before_idle_();
    lock.lock();
    if (count_.load() != 0 && !released_) return;
  }
  auto waiters = std::exchange(waiters_, {});
  lock.unlock();
  for (auto& waiter : waiters) waiter(true);
}

}  // namespace bus::stage
