// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/first_look.h"

#include <boost/asio/this_coro.hpp>

#include "base/backoff.h"
#include "base/log.h"

namespace sinks {

namespace {

constexpr std::chrono::seconds kPatience(15);
// A token that was mended shows within five minutes.
constexpr base::Backoff kBetween{.first = std::chrono::seconds(5), .longest = std::chrono::minutes(5)};

bool is_cancelled(const boost::asio::cancellation_state& state) {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace

FirstLook::FirstLook(std::string sink, Sink& asked, HealthBoard& health, base::Clock& clock, base::Rng& rng,
                     base::Executor executor)
    : sink_(std::move(sink)), asked_(asked), health_(health), clock_(clock), rng_(rng), tasks_(std::move(executor)) {}

void FirstLook::begin() { tasks_.spawn(ask_until_well()); }

base::Task<void> FirstLook::stop() {
  tasks_.cancel();
  co_await tasks_.wait();
}

base::Task<void> FirstLook::ask_until_well() {
  for (int attempt = 1;; ++attempt) {
    auto probe = co_await asked_.probe(base::in(kPatience));
    if (is_cancelled(co_await boost::asio::this_coro::cancellation_state)) co_return;
    for (const auto& problem : probe.problems) {
      base::log::warn("sinks: a sink is not as it should be", {{"sink", sink_}, {"problem", problem}});
    }
    if (!probe.error) {
      if (attempt > 1) health_.succeeded(sink_);
      co_return;
    }
    health_.failed(sink_, *probe.error, true, clock_.now());
    co_await clock_.sleep_until(clock_.now() + kBetween.wait(attempt, rng_));
    if (is_cancelled(co_await boost::asio::this_coro::cancellation_state)) co_return;
  }
}

}  // namespace sinks
