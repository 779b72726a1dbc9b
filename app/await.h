// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "base/run_on.h"
#include "base/task.h"

namespace app {

// Runs a task on an executor and blocks until it is done: for main and the verbs, which are not coroutines.
// Requires: not called on a thread of that executor.
template <class T>
T await(const base::Executor& executor, base::Task<T> task) {
  return boost::asio::co_spawn(executor, base::as_optional(std::move(task)), boost::asio::use_future).get().value();
}
inline void await(const base::Executor& executor, base::Task<void> task) {
  boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future).get();
}

// Runs a task on another executor than the caller's, which goes on when it is done: for what blocks.
template <class T>
base::Task<T> on(base::Executor executor, base::Task<T> task) {
  co_return co_await base::run_on(boost::asio::make_strand(std::move(executor)), std::move(task));
}

}  // namespace app
