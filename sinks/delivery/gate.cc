// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/gate.h"

#include <boost/asio/this_coro.hpp>

namespace sinks {

using Admission = CircuitBreaker::Admission;

Gate::Gate(const RateLimit& limit, base::Clock& clock, base::Executor executor)
    : clock_(clock), bucket_(limit), tasks_(std::move(executor)) {}

base::Task<std::optional<Gate::Pass>> Gate::enter(base::Time give_up) {
  auto executor = co_await boost::asio::this_coro::executor;
  while (true) {
    std::shared_ptr<WakeList::Waiter> waiter;
    std::optional<Pass> pass;
    base::Time turn;
    {
      std::lock_guard lock(mutex_);
      base::Time now = clock_.now();
      Admission admission = breaker_.ask(now);
      if (admission == Admission::kWait) {
        if (now >= give_up) co_return std::nullopt;
        waiter = waiters_.enrol(executor);
      } else {
        pass.emplace(*this, admission == Admission::kProbe);
        turn = bucket_.take(now);
      }
    }
    if (pass) {
      if (turn > give_up) co_return std::nullopt;
      co_await clock_.sleep_until(turn);
      co_return pass;
    }
    co_await wait(std::move(waiter));
  }
}

bool Gate::is_open() const {
  std::lock_guard lock(mutex_);
  return breaker_.is_open();
}

std::optional<base::Error> Gate::last_error() const {
  std::lock_guard lock(mutex_);
  return last_error_;
}

base::Task<void> Gate::stop() {
  tasks_.cancel();
  co_await tasks_.wait();
}

void Gate::wake_at(base::Time when) { tasks_.spawn(sleep_then_wake(when)); }

base::Task<void> Gate::sleep_then_wake(base::Time when) {
  co_await clock_.sleep_until(when);
  waiters_.wake_all();
}

Gate::Pass::~Pass() {
  if (!gate_ || !is_probe_) return;
  {
    std::lock_guard lock(gate_->mutex_);
    gate_->breaker_.abandoned(gate_->clock_.now());
  }
  gate_->waiters_.wake_all();
}

void Gate::Pass::succeeded() {
  bool was_open = false;
  {
    std::lock_guard lock(gate_->mutex_);
    was_open = gate_->breaker_.is_open();
    gate_->breaker_.succeeded();
    gate_->last_error_.reset();
  }
  if (was_open) gate_->waiters_.wake_all();
  gate_ = nullptr;
}

void Gate::Pass::failed(const base::Error& error) {
  std::optional<base::Time> probe_at;
  {
    std::lock_guard lock(gate_->mutex_);
    auto& breaker = gate_->breaker_;
    bool was_closed = !breaker.is_open();
    breaker.failed(is_probe_, gate_->clock_.now());
    gate_->last_error_ = error;
    if (breaker.is_open() && (was_closed || is_probe_)) probe_at = breaker.probe_at();
  }
  if (probe_at) gate_->wake_at(*probe_at);
  gate_ = nullptr;
}

void Gate::Pass::paused(const base::Error& error, base::Duration wait) {
  Gate& gate = *gate_;
  succeeded();  // It answers: no reason to take it for down.
  std::lock_guard lock(gate.mutex_);
  gate.bucket_.hold(gate.clock_.now() + wait);
  gate.last_error_ = error;
}

}  // namespace sinks
