// SPDX-License-Identifier: Apache-2.0
#include "base/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <exception>
#include <list>
#include <mutex>

namespace base {

namespace asio = boost::asio;

namespace {

struct Running {
  explicit Running(const Executor& executor) : strand(asio::make_strand(executor)) {}

  asio::strand<Executor> strand;
  asio::cancellation_signal stop;
  // On the strand only.
  bool has_begun = false;
  bool is_cancelled = false;
};

// co_spawn() of Boost 1.81 ends the process when the cancellation comes before the task's first step, and may lose it.
Task<void> begin(std::shared_ptr<Running> entry, Task<void> task) {
  if (entry->is_cancelled) co_return;
  entry->has_begun = true;
  co_await std::move(task);
}

}  // namespace

struct TaskGroup::State {
  explicit State(Executor on) : executor(std::move(on)) {}

  Executor executor;
  mutable std::mutex mutex;
  std::condition_variable emptied;
  bool cancelled = false;
  std::list<std::shared_ptr<Running>> running;
  std::list<std::shared_ptr<asio::steady_timer>> waiters;

  void finish(const std::shared_ptr<Running>& task) {
    std::lock_guard lock(mutex);
    running.remove(task);
    if (!running.empty()) return;
    emptied.notify_all();
    for (auto& waiter : waiters)
      asio::post(waiter->get_executor(), [waiter] { waiter->expires_at(asio::steady_timer::time_point::min()); });
    waiters.clear();
  }
};

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
  cancel();
  join();
}

void TaskGroup::spawn(Task<void> task) {
  auto state = state_;
  auto entry = std::make_shared<Running>(state->executor);
  {
    std::lock_guard lock(state->mutex);
    if (state->cancelled) return;
    state->running.push_back(entry);
  }
  asio::co_spawn(entry->strand, begin(entry, std::move(task)),
                 asio::bind_cancellation_slot(entry->stop.slot(), [state, entry](const std::exception_ptr& failure) {
                   if (failure) {
                     try {
                       std::rethrow_exception(failure);
                     } catch (const boost::system::system_error& error) {
                       if (error.code() != asio::error::operation_aborted) std::terminate();
                     } catch (...) {
                       std::terminate();
                     }
                   }
                   state->finish(entry);
                 }));
}

void TaskGroup::cancel() {
  std::lock_guard lock(state_->mutex);
  if (state_->cancelled) return;
  state_->cancelled = true;
  for (auto& task : state_->running) {
    asio::post(task->strand, [task] {
      task->is_cancelled = true;
      if (task->has_begun) task->stop.emit(asio::cancellation_type::all);
    });
  }
}

void TaskGroup::join() {
  std::unique_lock lock(state_->mutex);
  state_->emptied.wait(lock, [this] { return state_->running.empty(); });
}

Task<void> TaskGroup::wait() {
  auto state = state_;
  auto timer =
      std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  {
    std::lock_guard lock(state->mutex);
    if (state->running.empty()) co_return;
    state->waiters.push_back(timer);
  }
  boost::system::error_code ignored;
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

bool TaskGroup::empty() const {
  std::lock_guard lock(state_->mutex);
  return state_->running.empty();
}

const Executor& TaskGroup::executor() const { return state_->executor; }

}  // namespace base
