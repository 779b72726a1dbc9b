// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/lines.h"

#include <boost/asio/this_coro.hpp>

namespace sinks::slack {

namespace {

Failure closed_for(const std::string& line, base::Duration wait) {
  auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait);
  return {Trouble::kLimited,
          "ratelimited",
          {base::Reason::kRateLimited, base::Retry::after(ms), "slack: " + line + ": Slack asked to wait"}};
}

}  // namespace

Lines::Turn::~Turn() {
  if (lines_ != nullptr) lines_->leave(line_);
}

void Lines::Turn::close_for(std::chrono::milliseconds wait) {
  std::lock_guard lock(lines_->mutex_);
  auto& state = lines_->lines_[line_];
  state.closed_until = std::max(state.closed_until, lines_->clock_.now() + wait);
}

base::Task<Called<Lines::Turn>> Lines::enter(std::string line, base::Deadline deadline) {
  auto executor = co_await boost::asio::this_coro::executor;
  while (true) {
    std::shared_ptr<WakeList::Waiter> waiter;
    {
      std::lock_guard lock(mutex_);
      State& state = lines_[line];
      base::Time now = clock_.now();
      if (state.closed_until > now) co_return closed_for(line, state.closed_until - now);
      if (base::time_left(deadline).count() == 0) co_return closed_for(line, std::chrono::seconds(1));
      if (!state.busy) {
        state.busy = true;
        co_return Turn(*this, std::move(line));
      }
      waiter = waiters_.enrol(executor);
    }
    co_await wait(std::move(waiter));
  }
}

void Lines::leave(const std::string& line) {
  {
    std::lock_guard lock(mutex_);
    base::Time now = clock_.now();
    lines_[line].busy = false;
    std::erase_if(lines_, [&](const auto& entry) { return !entry.second.busy && entry.second.closed_until <= now; });
  }
  waiters_.wake_all();
}

}  // namespace sinks::slack
