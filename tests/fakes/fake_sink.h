// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sinks/sink.h"

namespace fakes {

// A sink that keeps what it is sent, and fails or hangs when told to.
class FakeSink : public sinks::Sink {
 public:
  base::Result<sinks::Rendered> render(const schemas::Delivery& delivery) const override {
    if (render_failure) return *render_failure;
    return sinks::Rendered{
        .body = delivery.transition.id, .content_type = "text/plain", .idempotency_key = delivery.id};
  }

  base::Task<base::Result<sinks::Reply>> send(sinks::Sending& sending) override {
    const auto& rendered = sending.rendered;
    {
      std::lock_guard lock(mutex_);
      ++attempts_;
      if (takes_notes) sending.note += (sending.note.empty() ? "" : " ") + rendered.body;
      notes_.push_back(sending.note);
      maybe_sent_.push_back(sending.maybe_sent);
      keys_.push_back(rendered.idempotency_key);
      arrived_.notify_all();
    }
    if (hanging || takes.count() > 0) {
      boost::asio::steady_timer until(co_await boost::asio::this_coro::executor, takes);
      if (hanging) until.expires_at(boost::asio::steady_timer::time_point::max());
      boost::system::error_code ended;
      co_await until.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
      if (ended) co_return base::passing(base::Reason::kCancelled, "hung up");
    }
    std::lock_guard lock(mutex_);
    if (!next_failures.empty()) {
      auto next = next_failures.front();
      next_failures.pop_front();
      co_return next;
    }
    if (failure) co_return *failure;
    sent_.push_back(rendered.body);
    arrived_.notify_all();
    co_return sinks::Reply{.detail = "took it"};
  }

  // Levers. Set them while nothing is sent.
  std::optional<base::Error> render_failure;
  std::optional<base::Error> failure;     // Of each send, as long as it is set.
  std::deque<base::Error> next_failures;  // Of the next sends, one each.
  bool hanging = false;                   // Sends never answer, but can be cancelled.
  std::chrono::milliseconds takes{0};     // Each send; it can be cancelled too.
  bool takes_notes = false;               // Of the transitions of an incident, in order.

  int attempts() const {
    std::lock_guard lock(mutex_);
    return attempts_;
  }
  // Blocks until `count` arrived; false: they did not within a generous time.
  bool wait_for(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(60), [&] { return sent_.size() >= count; });
  }
  // Blocks until one was begun; false: none was within a generous time.
  bool wait_for_attempt() const {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(60), [&] { return attempts_ > 0; });
  }
  // The transitions that arrived, and the idempotency keys of all attempts.
  std::vector<std::string> sent() const {
    std::lock_guard lock(mutex_);
    return sent_;
  }
  std::vector<std::string> keys() const {
    std::lock_guard lock(mutex_);
    return keys_;
  }
  // What it noted of the incident at each attempt: the transitions that it was sent, also those that it refused.
  std::vector<std::string> notes() const {
    std::lock_guard lock(mutex_);
    return notes_;
  }

  // Of each attempt, whether an earlier one may have arrived.
  std::vector<bool> maybe_sent() const {
    std::lock_guard lock(mutex_);
    return maybe_sent_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  int attempts_ = 0;
  std::vector<std::string> sent_;
  std::vector<std::string> keys_;
  std::vector<std::string> notes_;
  std::vector<bool> maybe_sent_;
};

}  // namespace fakes
