// SPDX-License-Identifier: Apache-2.0
#include "ingest/alert_webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/fakes/fake_bus.h"

namespace {

TEST(AlertWebhook, LogsBodiesThatItRefusesOnceAMinute) {
  base::ManualClock clock{base::Time(std::chrono::seconds(1'767'323'060))};
  base::Metrics metrics;
  fakes::FakeBus bus{std::make_shared<fakes::BusLevers>()};
  ingest::AlertWebhook webhook(bus, clock, metrics);
  auto post = [&](const std::string& body) {
    boost::asio::io_context context;
    net::http::ServerRequest request;
    request.body = body;
    request.peer = "192.0.2.7";
    auto answer = boost::asio::co_spawn(context, webhook.handle(std::move(request)), boost::asio::use_future);
    context.run();
    return answer.get().status;
  };

  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(post(R"({"password":"hunter2"})"), 400);
  clock.advance(std::chrono::minutes(1));
  post(R"({"password":"hunter2"})");
  auto log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_THAT(log, testing::ContainsRegex("192.0.2.7.*times.{1,2}1[^0-9].*times.{1,2}5[^0-9]"));
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("hunter2")));
}

}  // namespace
