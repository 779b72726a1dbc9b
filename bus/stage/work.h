// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "base/task.h"
#include "bus/stage/completion.h"

namespace bus::stage {

// Counts what is still to be done, exactly: whoever makes new work adds it before the work that caused it is taken off,
// so that the count touches zero only when there is nothing left. Thread-safe. done() may call `before_idle` and must
// not be called under a lock that it takes.
class Work {
 public:
  // `before_idle` is called when the count is zero and somebody waits for that: it may find and add more.
  explicit Work(std::function<void()> before_idle = [] {}) : before_idle_(std::move(before_idle)) {}

  void add(std::int64_t count = 1) { count_.fetch_add(count); }
  void done(std::int64_t count = 1);
  // Completes when the count is zero.
  base::Task<void> wait();
  // Completes every wait now and in future: nothing will be done any more.
  void release();

 private:
  void look();

  std::function<void()> before_idle_;
  std::atomic<std::int64_t> count_{0};
  std::mutex mutex_;
  bool released_ = false;
  std::vector<Completion<bool>> waiters_;
};

}  // namespace bus::stage
