// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <future>
#include <memory>
#include <thread>
#include <type_traits>

#include "base/task.h"

namespace fakes {

// An event loop on a thread of its own, for tests that talk to asynchronous code from outside. Declare it before what
// runs on it.
class IoThread {
 public:
  IoThread() : work_(boost::asio::make_work_guard(io_)), thread_([this] { io_.run(); }) {}
  ~IoThread() {
    work_.reset();
    io_.stop();
    thread_.join();
  }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  base::Executor executor() { return io_.get_executor(); }

  // Starts a task; the future has its result.
  template <class T>
  std::future<T> begin(base::Task<T> task) {
    auto result = std::make_shared<std::promise<T>>();
    auto future = result->get_future();
    boost::asio::co_spawn(io_, keep(std::move(task), result), [](std::exception_ptr) {});
    return future;
  }

  // Runs a task to its end and gives its result.
  template <class T>
  T run(base::Task<T> task) {
    return begin(std::move(task)).get();
  }

 private:
  template <class T>
  static base::Task<void> keep(base::Task<T> task, std::shared_ptr<std::promise<T>> result) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        result->set_value();
      } else {
        result->set_value(co_await std::move(task));
      }
    } catch (...) {
      result->set_exception(std::current_exception());
    }
  }

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace fakes
