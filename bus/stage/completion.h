// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/task.h"

namespace bus::stage {

// What a suspended coroutine waits for: called once, from any thread, it resumes the coroutine on its own executor with
// the value. Until then the executor has outstanding work.
template <class Value>
using Completion = std::function<void(Value)>;

template <class Value, class Handler>
Completion<Value> make_completion(Handler handler) {
  auto executor = boost::asio::prefer(boost::asio::get_associated_executor(handler),
                                      boost::asio::execution::outstanding_work.tracked);
  auto shared = std::make_shared<std::pair<Handler, decltype(executor)>>(std::move(handler), std::move(executor));
  return [shared](Value value) {
    boost::asio::post(shared->second,
                      [own = std::move(shared->first), value = std::move(value)]() mutable { own(std::move(value)); });
  };
}

// Suspends the calling coroutine after giving its completion to `start`. Not cancellable: `start` promises that the
// completion will be called soon.
template <class Value, class Start>
base::Task<Value> suspend(Start start) {
  co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Value)>(
      [](auto handler, Start begin) { begin(make_completion<Value>(std::move(handler))); }, boost::asio::use_awaitable,
      std::move(start));
}

}  // namespace bus::stage
