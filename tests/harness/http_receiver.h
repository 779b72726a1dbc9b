// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/http_text.h"
#include "tests/harness/socket.h"

namespace harness {

// One request that a receiver got.
struct Received {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
  int answer = 0;  // The status it was given.
  std::chrono::steady_clock::time_point at;
};

// An HTTP server on 127.0.0.1 that keeps what it is sent: the outside world of a test. Thread-safe.
class HttpReceiver {
 public:
  // Port 0 takes a free one.
  explicit HttpReceiver(std::uint16_t port = 0);
  // Closes every connection and the port.
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

  // Lever: what everybody is answered from now on.
  void answer_with(int status, std::string body = {});

  // Lever: while true, what arrives is kept and not answered.
  void hold_back(bool held);

  // What arrived, from the `first`-th request on.
  std::vector<Received> received(std::size_t first = 0) const;
  // Waits until `condition` holds for what was received so far; false if it does not within `limit`.
  bool wait_until(std::chrono::milliseconds limit,
                  const std::function<bool(const std::vector<Received>&)>& condition) const;

 private:
  void accept_all();
  void serve(const Socket& socket);
  std::string take(HttpText text);

  Socket listener_;
  std::uint16_t port_;
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::condition_variable released_;
  std::vector<Received> received_;
  std::deque<Socket> connections_;  // Never shrinks: a test has few, and threads refer to them.
  std::vector<std::jthread> servers_;
  int status_ = 200;
  std::string answer_;
  bool held_ = false;
  bool closed_ = false;
  std::jthread acceptor_;
};

}  // namespace harness
