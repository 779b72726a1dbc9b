// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "base/task.h"

namespace sinks {

// Coroutines that wait for the same news. Thread-safe.
class WakeList {
 public:
  class Waiter;

  // From now on wake_all() reaches the waiter, also before it waits: enrol while what it waits for can't change.
  std::shared_ptr<Waiter> enrol(base::Executor executor);
  void wake_all();

 private:
  std::mutex mutex_;
  std::list<std::shared_ptr<Waiter>> waiters_;
};

// Completes when woken or cancelled.
base::Task<void> wait(std::shared_ptr<WakeList::Waiter> waiter);

}  // namespace sinks
