// SPDX-License-Identifier: Apache-2.0
// A server whose handler does nothing, for a load generator: http_bench [PORT]. Then, for example,
//   wrk -t1 -c64 -d5 -s bench/post.lua http://127.0.0.1:PORT/api/alerts
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/metrics.h"
#include "net/http/server.h"

namespace {

base::Task<net::http::ServerResponse> accept_all(net::http::ServerRequest request) {
  net::http::ServerResponse response;
  response.body = request.body.empty() ? "{}" : "{\"ok\":true}";
  co_return response;
}

}  // namespace

int main(int count, char** arguments) {
  boost::asio::io_context io(1);
  base::Metrics metrics;
  net::http::ServerOptions options;
  options.port = static_cast<std::uint16_t>(count > 1 ? std::atoi(arguments[1]) : 5000);
  auto server = net::http::make_server(options, io.get_executor(), metrics);
  server->route("POST", "/api/alerts", accept_all);
  if (auto started = server->start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  io.run();
}
