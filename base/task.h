// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace base {

// A coroutine. It starts when awaited, runs on its awaiter's executor, and is cancelled through Asio's cancellation
// slots: what it awaits then ends with operation_aborted. Failures of the world are returned as Result, not thrown.
template <class T = void>
using Task = boost::asio::awaitable<T>;

using Executor = boost::asio::any_io_executor;

}  // namespace base
