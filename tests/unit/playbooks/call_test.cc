// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/call.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>

#include "playbooks/playbook.h"

namespace playbooks {
namespace {

// An action that nothing but its cancellation ends.
struct Endless final : enrichers::Action {
  base::Task<base::Result<enrichers::Contribution>> run(const enrichers::Input&) const override {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return enrichers::Contribution{};
  }
};

struct Calls : testing::Test {
  std::shared_ptr<LateCall> start() {
    return start_late({.step = &step,
                       .event = std::make_shared<schemas::Event>(),
                       .draft = std::make_shared<schemas::Finding>(),
                       .allowed = std::chrono::minutes(1),
                       .patience = std::chrono::minutes(1)},
                      places, group);
  }

  boost::asio::io_context loop;
  Step step{.name = "endless", .action = std::make_unique<Endless>()};
  LatePlaces places;
  base::TaskGroup group{loop.get_executor()};
};

TEST_F(Calls, ALateOneThatNobodyWantsAnyMoreBeforeItBeganDoesNotBegin) {
  start().reset();
  loop.run();  // Until nothing is left to be done.

  EXPECT_TRUE(group.empty());
}

TEST_F(Calls, ALateOneThatNobodyWantsAnyMoreIsCancelled) {
  auto call = start();
  while (loop.poll() > 0) {
  }
  EXPECT_FALSE(group.empty());
  call.reset();
  loop.restart();
  loop.run();

  EXPECT_TRUE(group.empty());
}

}  // namespace
}  // namespace playbooks
