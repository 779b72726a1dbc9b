// SPDX-License-Identifier: Apache-2.0
#include "app/routes.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <thread>

#include "app/await.h"

namespace {

using net::http::ServerRequest;
using net::http::ServerResponse;

// Keeps the handlers instead of serving them.
class FakeServer final : public net::http::Server {
 public:
  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }
  std::uint16_t port() const override { return 0; }
  void route(std::string method, std::string path, net::http::RequestHandler handler, net::http::Admission) override {
    handlers[{method, path}] = std::move(handler);
  }

  ServerResponse call(const std::string& method, const std::string& path, bool is_loopback, std::string query = "") {
    ServerRequest request;
    request.query = std::move(query);
    request.is_loopback = is_loopback;
    boost::asio::io_context context;
    auto answer = boost::asio::co_spawn(context, handlers.at({method, path})(request), boost::asio::use_future);
    context.run();
    return answer.get();
  }

  std::map<std::pair<std::string, std::string>, net::http::RequestHandler> handlers;
};

class Routes : public ::testing::Test {
 protected:
  Routes() {
    app::add_routes(
        server_, metrics_,
        {.checks = [this] { return checks_; },
         .reload = [this]() -> base::Task<std::vector<std::string>> { co_return problems_; },
         .findings = [this](int limit) -> base::Task<ServerResponse> {
           limit_ = limit;
           co_return ServerResponse{};
         },
         .change_dead_letters = [](std::string) -> base::Task<ServerResponse> { co_return ServerResponse{}; }});
  }

  base::Metrics metrics_;
  FakeServer server_;
  std::vector<app::Check> checks_ = {{"config", true, ""}, {"log", true, ""}};
  std::vector<std::string> problems_;
  int limit_ = 0;
};

TEST_F(Routes, OpenEndpointsAnswerEveryone) {
  for (const char* path : {"/livez", "/healthz", "/readyz", "/metrics"}) {
    EXPECT_EQ(server_.call("GET", path, false).status, 200) << path;
  }
}

TEST_F(Routes, WhatControlsOrShowsAnswersLoopbackOnly) {
  using Endpoint = std::pair<const char*, const char*>;
  for (auto [method, path] : {Endpoint{"POST", "/-/reload"}, {"GET", "/api/findings"}, {"POST", "/api/dlq"}}) {
    EXPECT_EQ(server_.call(method, path, false).status, 403) << path;
    EXPECT_EQ(server_.call(method, path, true).status, 200) << path;
  }
}

TEST_F(Routes, ReadyNamesWhatFailed) {
  checks_[1] = {"log", false, "the disk is full"};

  auto response = server_.call("GET", "/readyz", false);

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "[-]log failed: the disk is full\nreadyz check failed\n");
}

TEST_F(Routes, ReadyVerboselyHasALineForEachCheck) {
  EXPECT_EQ(server_.call("GET", "/readyz", false, "verbose").body, "[+]config ok\n[+]log ok\nreadyz check passed\n");
}

TEST_F(Routes, ASickSinkIsNamedAndKeepsTheProcessReady) {
  checks_.push_back({"sink/pager", false, "auth since 2026-03-04T11:41:00Z", false});

  auto verbose = server_.call("GET", "/readyz", false, "verbose");
  auto brief = server_.call("GET", "/readyz", false);

  EXPECT_EQ(verbose.status, 200);
  EXPECT_EQ(verbose.body,
            "[+]config ok\n[+]log ok\n[!]sink/pager failed: auth since 2026-03-04T11:41:00Z\nreadyz check passed\n");
  EXPECT_EQ(brief.status, 200);
  EXPECT_EQ(brief.body, "ok\n");
}

TEST_F(Routes, ARefusedReloadSaysWhatIsWrong) {
  problems_ = {"tocsin.yaml:3:1: error: unknown key 'sinksConfg'"};

  auto response = server_.call("POST", "/-/reload", true);

  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find(problems_[0]), std::string::npos);
}

TEST_F(Routes, TheNumberOfFindingsIsBounded) {
  server_.call("GET", "/api/findings", true, "limit=999999");
  EXPECT_EQ(limit_, 1000);
  server_.call("GET", "/api/findings", true, "limit=7");
  EXPECT_EQ(limit_, 7);
  server_.call("GET", "/api/findings", true);
  EXPECT_EQ(limit_, 100);
}

}  // namespace
