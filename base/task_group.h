// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/task.h"

namespace base {

// Owns background coroutines, so that none outlives what it uses. Make it the last field of its owner.
//
// spawn() and cancel() may be called from any thread. Each task runs on a strand of its own over the group's executor.
// An exception that leaves a task terminates the process: failures of the world are Results.
class TaskGroup {
 public:
  explicit TaskGroup(Executor executor);
  // Cancels and waits. Requires: not called on the only thread that runs the executor, unless the group is empty or the
  // executor has stopped for good.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts a task. After cancel() the task is dropped without being started.
  void spawn(Task<void> task);
  // Asks every running task to end; new ones are refused from now on. Returns at once.
  void cancel();
  // Blocks until no task is left. Does not cancel.
  void join();
  // Completes when no task is left. Does not cancel.
  Task<void> wait();

  bool empty() const;
  const Executor& executor() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace base
