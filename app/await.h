// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <utility>

#include "base/task.h"

namespace app {

// co_spawn needs a result that can be made from nothing; a Result can't.
template <class T>
base::Task<std::optional<T>> as_optional(base::Task<T> task) {
  co_return co_await std::move(task);
}

// Runs a task on an executor and blocks until it is done: for main and the verbs, which are not coroutines.
// Requires: not called on a thread of that executor.
template <class T>
T await(const base::Executor& executor, base::Task<T> task) {
  return boost::asio::co_spawn(executor, as_optional(std::move(task)), boost::asio::use_future).get().value();
}
inline void await(const base::Executor& executor, base::Task<void> task) {
  boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future).get();
}

// Runs a task on another executor than the caller's, which goes on when it is done: for what blocks.
template <class T>
base::Task<T> on(base::Executor executor, base::Task<T> task) {
  auto result = co_await boost::asio::co_spawn(executor, as_optional(std::move(task)), boost::asio::use_awaitable);
  co_return std::move(*result);
}

}  // namespace app
