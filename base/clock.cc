// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>

namespace base {

namespace asio = boost::asio;

namespace {

Task<void> wait_on(asio::steady_timer& timer) {
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<bool> is_cancelled() {
  co_return (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
}

}  // namespace

Time SystemClock::now() const { return std::chrono::system_clock::now(); }

Task<void> SystemClock::sleep_until(Time when) {
  // Wall-clock jumps are noticed because no single wait is longer than this.
  constexpr Duration kLongestWait = std::chrono::seconds(1);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (now() < when && !co_await is_cancelled()) {
    timer.expires_after(std::min(when - now(), kLongestWait));
    co_await wait_on(timer);
  }
}

struct ManualClock::State {
  mutable std::mutex mutex;
  Time now;
  std::multimap<Time, std::shared_ptr<asio::steady_timer>> sleepers;
};

ManualClock::ManualClock(Time start) : state_(std::make_shared<State>()) { state_->now = start; }
ManualClock::~ManualClock() = default;

Time ManualClock::now() const {
  std::lock_guard lock(state_->mutex);
  return state_->now;
}

Task<void> ManualClock::sleep_until(Time when) {
  auto state = state_;
  auto timer =
      std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  std::multimap<Time, std::shared_ptr<asio::steady_timer>>::iterator entry;
  {
    std::lock_guard lock(state->mutex);
    if (state->now >= when) co_return;
    entry = state->sleepers.emplace(when, timer);
  }
  co_await wait_on(*timer);
  std::lock_guard lock(state->mutex);
  if (state->now < when) state->sleepers.erase(entry);  // cancelled: advance_to has not taken it out
}

void ManualClock::advance_to(Time when) {
  std::lock_guard lock(state_->mutex);
  if (when <= state_->now) return;
  state_->now = when;
  auto end = state_->sleepers.upper_bound(when);
  for (auto it = state_->sleepers.begin(); it != end; ++it) {
    // Moving the expiry, unlike cancel(), also ends a wait that has not begun yet.
    asio::post(it->second->get_executor(),
               [timer = it->second] { timer->expires_at(asio::steady_timer::time_point::min()); });
  }
  state_->sleepers.erase(state_->sleepers.begin(), end);
}

void ManualClock::advance(Duration by) { advance_to(now() + by); }

}  // namespace base
