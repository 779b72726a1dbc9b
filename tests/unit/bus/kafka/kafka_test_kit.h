// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "bus/kafka/client/client_options.h"
#include "tests/fakes/io_thread.h"

namespace bus::kafka {

// No test waits longer than this for anything.
inline constexpr std::chrono::seconds kGenerous{60};

inline ClientOptions client_of(const std::string& bootstrap_servers) {
  ClientOptions client;
  client.bootstrap_servers = bootstrap_servers;
  client.statistics_interval = std::chrono::milliseconds(1000);
  return client;
}

// Whether something that nobody announces comes to hold.
inline bool eventually(const std::function<bool()>& holds) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  for (auto until = base::in(kGenerous); std::chrono::steady_clock::now() < until;) {
    if (never.wait_for(lock, std::chrono::milliseconds(10), holds)) return true;
  }
  return false;
}

// Runs a function on the event loop and gives its result.
template <class Function>
auto on(fakes::IoThread& io, Function function) {
  auto task = std::make_shared<std::packaged_task<decltype(function())()>>(std::move(function));
  boost::asio::post(io.executor(), [task] { (*task)(); });
  return task->get_future().get();
}

// An owner of something that must be destroyed on the event loop.
template <class T>
class OnLoop {
 public:
  OnLoop(fakes::IoThread& io, std::unique_ptr<T> owned) : io_(io), owned_(std::move(owned)) {}
  ~OnLoop() { reset(); }
  OnLoop(const OnLoop&) = delete;
  OnLoop& operator=(const OnLoop&) = delete;

  void reset() {
    on(io_, [this] { owned_.reset(); });
  }
  // On the event loop.
  void own(std::unique_ptr<T> with) { owned_ = std::move(with); }
  void replace(std::unique_ptr<T> with) {
    on(io_, [&] { owned_ = std::move(with); });
  }
  T* operator->() const { return owned_.get(); }
  T& operator*() const { return *owned_; }

 private:
  fakes::IoThread& io_;
  std::unique_ptr<T> owned_;
};

// What happened, from any thread, and waiting for it.
template <class T>
class Seen {
 public:
  void add(T what) {
    std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
    changed_.notify_all();
  }
  std::vector<T> all() const {
    std::lock_guard lock(mutex_);
    return all_;
  }
  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return all_.size();
  }
  bool wait_for(std::size_t count) {
    return wait_until([&](const std::vector<T>& all) { return all.size() >= count; });
  }
  bool wait_until(const std::function<bool(const std::vector<T>&)>& holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kGenerous, [&] { return holds(all_); });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> all_;
};

}  // namespace bus::kafka
