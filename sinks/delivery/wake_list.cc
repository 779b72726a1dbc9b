// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/wake_list.h"

#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sinks {

namespace asio = boost::asio;

// Room for one wake-up, so that one which comes before the wait is kept.
class WakeList::Waiter {
 public:
  explicit Waiter(base::Executor executor) : channel(std::move(executor), 1) {}
  asio::experimental::concurrent_channel<base::Executor, void(boost::system::error_code)> channel;
};

std::shared_ptr<WakeList::Waiter> WakeList::enrol(base::Executor executor) {
  auto waiter = std::make_shared<Waiter>(std::move(executor));
  std::lock_guard lock(mutex_);
  // Those who were cancelled left nothing but their entry.
  std::erase_if(waiters_, [](const auto& entry) { return entry.use_count() == 1; });
  waiters_.push_back(waiter);
  return waiter;
}

void WakeList::wake_all() {
  std::list<std::shared_ptr<Waiter>> woken;
  {
    std::lock_guard lock(mutex_);
    woken.swap(waiters_);
  }
  for (auto& waiter : woken) waiter->channel.try_send(boost::system::error_code());
}

base::Task<void> wait(std::shared_ptr<WakeList::Waiter> waiter) {
  boost::system::error_code ignored;
  co_await waiter->channel.async_receive(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace sinks
