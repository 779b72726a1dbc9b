// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/task.h"

namespace base {

// Some threads that run one executor until they are told to stop.
class Threads {
 public:
  // `name` is what the system shows (at most 15 characters). `nice` is the threads' niceness, unless it is 0:
  // work that can wait gives way to what answers people.
  Threads(std::string name, int count, int nice = 0);
  // Stops and joins.
  ~Threads();

  Executor executor();
  // Ends the threads after what they are doing now; what is still queued is dropped. Works twice.
  void stop();

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::vector<std::thread> threads_;
};

}  // namespace base
