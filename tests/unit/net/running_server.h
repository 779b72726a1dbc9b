// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "net/http/server.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/raw_http.h"

namespace net::http {

// A request with a body to /echo. The head alone, without its empty line, is kPostEcho.
inline constexpr const char* kPostEcho = "POST /echo HTTP/1.1\r\nHost: t\r\n";
inline std::string post(std::string_view body) {
  return kPostEcho + ("Content-Length: " + std::to_string(body.size())) + "\r\n\r\n" + std::string(body);
}
inline std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n\r\n";
}

// Says what was asked.
inline base::Task<ServerResponse> echo(ServerRequest request) {
  ServerResponse response;
  response.body = request.method + " " + request.path + "?" + request.query + " " + request.body;
  co_return response;
}

// A server on a port of its own, and clients that send it bytes. A test makes it, adds routes and starts it.
class RunningServer : public testing::Test {
 protected:
  RunningServer() {
    options_.address = "127.0.0.1";
    options_.port = 0;
  }
  ~RunningServer() override {
    if (server_) io_.run(server_->stop());
  }

  void make() { server_ = make_server(options_, io_.executor(), metrics_); }
  // With `admit`, if given, before /echo.
  void make_echo(const Admission& admit = {}) {
    make();
    server_->route("GET", "/echo", echo, admit);
    server_->route("POST", "/echo", echo, admit);
  }

  // A handler that answers "late", when the test lets go. One request at a time.
  base::Task<ServerResponse> hold() {
    boost::asio::steady_timer forever(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
    held_ = &forever;
    entered_.set_value();
    boost::system::error_code ignored;
    co_await forever.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    ServerResponse response;
    response.body = "late";
    co_return response;
  }
  void wait_until_held() { entered_.get_future().wait(); }
  void let_go() {
    boost::asio::post(io_.executor(), [this] { held_->cancel(); });
  }

  fakes::RawHttp connect() { return fakes::RawHttp(server_->port()); }

  fakes::IoThread io_;
  base::Metrics metrics_;
  ServerOptions options_;
  std::promise<void> entered_;
  boost::asio::steady_timer* held_ = nullptr;
  std::unique_ptr<Server> server_;
};

}  // namespace net::http
