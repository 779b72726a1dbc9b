// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/component.h"
#include "base/task.h"
#include "net/http/client.h"

namespace base {
class Metrics;
}

namespace net::http {

// One request to us, whole.
struct ServerRequest {
  std::string method;
  std::string path;   // Decoded, without the query.
  std::string query;  // As sent, without the question mark.
  Headers headers;
  std::string body;
  std::string peer;  // Address of the other side.
  bool is_loopback = false;
};

// Our answer.
struct ServerResponse {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  Headers headers;
};

// {"error": "..."}: the body of every refusal.
ServerResponse refuse(int status, std::string_view why);

using RequestHandler = std::function<base::Task<ServerResponse>(ServerRequest request)>;

// Where a server listens, and its bounds.
struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 5000;                     // 0: any free one, see port().
  std::size_t max_body_bytes = 8 * 1024 * 1024;  // Ten thousand alerts of 800 bytes; more is 413.
  std::size_t max_header_bytes = 16 * 1024;      // 431 beyond.
  std::size_t max_connections = 1024;            // Each costs about 16 KB plus its body; more are answered 503.
  std::chrono::seconds read_timeout{30};         // For a whole request once its first byte is there.
  std::chrono::seconds idle_timeout{120};        // Between requests.
  std::chrono::seconds write_timeout{30};        // For a whole response.
  std::chrono::seconds drain_timeout{10};        // Requests under way at stop() have this long.
};

// An HTTP/1.1 server: routes by exact path and method. HEAD is served by GET routes; an unknown path is 404, an unknown
// method of a known path 405 with Allow. Handlers run on the server's executor; an exception that leaves one is a 500
// and is logged. Lifecycle: base/component.h; start() fails when the port is taken; stop() stops accepting, lets
// requests under way finish, closes idle connections. Routes are added before start().
class Server : public base::Component {
 public:
  virtual void route(std::string method, std::string path, RequestHandler handler) = 0;
  // The port that is listened on, after start().
  virtual std::uint16_t port() const = 0;
};

std::unique_ptr<Server> make_server(ServerOptions options, base::Executor executor, base::Metrics& metrics);

}  // namespace net::http
