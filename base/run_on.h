// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/task.h"

namespace base {

// co_spawn needs a result that can be made from nothing; a Result can't.
template <class T>
Task<std::optional<T>> as_optional(Task<T> task) {
  co_return co_await std::move(task);
}

// Runs a task on another executor than the caller's, which goes on when it is done. Cancelling the caller cancels the
// task, on the task's executor. Requires: `executor` runs one thing at a time, as a strand or a single thread does.
//
// co_spawn() alone would pass the cancellation on by a plain pointer into the caller, who may be gone when it arrives
// (Boost 1.81, co_spawn_cancellation_handler).
template <class T>
Task<T> run_on(Executor executor, Task<T> task) {
  namespace asio = boost::asio;
  auto stop = std::make_shared<asio::cancellation_signal>();
  auto caller = (co_await asio::this_coro::cancellation_state).slot();
  if (caller.is_connected()) {
    caller.assign(
        [stop, executor](asio::cancellation_type type) { asio::post(executor, [stop, type] { stop->emit(type); }); });
  }
  auto token = asio::bind_cancellation_slot(stop->slot(), asio::use_awaitable);
  if constexpr (std::is_void_v<T>) {
    co_await asio::co_spawn(executor, std::move(task), std::move(token));
  } else {
    auto result = co_await asio::co_spawn(executor, as_optional(std::move(task)), std::move(token));
    co_return *std::move(result);
  }
}

}  // namespace base
