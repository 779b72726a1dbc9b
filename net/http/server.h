// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/component.h"
#include "base/task.h"
#include "net/http/client.h"

namespace base {
class Metrics;
}

namespace net::http {

class ServerTls;

// One request to us, whole.
struct ServerRequest {
  std::string method;
  std::string path;   // Decoded, without the query.
  std::string query;  // As sent, without the question mark.
  Headers headers;
  std::string body;
  std::string peer;  // Address of the other side.
  bool is_loopback = false;
  bool has_certificate = false;  // The client has proved one that the server asked for.
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
// Looks at a request before its body is read: the answer that ends it, or nothing. Must not block.
using Admission = std::function<std::optional<ServerResponse>(const ServerRequest& head)>;

// The bound of a route that has none of its own.
inline constexpr std::size_t kAnyBody = std::numeric_limits<std::size_t>::max();

// Where a server listens, and its bounds.
struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 5000;       // 0: any free one, see port().
  std::shared_ptr<ServerTls> tls;  // Null: everything goes in the clear.

  std::size_t max_body_bytes = 8 * 1024 * 1024;  // Ten thousand alerts of 800 bytes; more is 413.
  // Of all requests under way together: eight of the largest, or 13,000 of the usual 5 KB; beyond that 503.
  std::size_t max_body_memory = 64 * 1024 * 1024;
  std::size_t max_header_bytes = 16 * 1024;    // 431 beyond.
  std::size_t max_headers = 100;               // 431 beyond. Behind two proxies there are some 30.
  std::size_t max_connections = 1024;          // Each costs about 16 KB plus its body; more are answered 503.
  std::size_t max_connections_per_peer = 512;  // Nobody takes more than half; the same.
  std::size_t max_requests = 512;              // With a body, at the same time; more are answered 503.
  std::chrono::seconds handshake_timeout{10};  // TLS.
  std::chrono::seconds header_timeout{10};     // From a head's first byte to its end; for the first from accept.
  std::chrono::seconds body_timeout{60};       // For a whole body.
  std::chrono::seconds body_patience{10};      // A body may lag behind the rate below by this much.
  std::size_t min_body_rate = 4 * 1024;        // Bytes a second.
  std::chrono::seconds idle_timeout{120};      // Between requests.
  std::chrono::seconds write_timeout{30};      // For a whole response.
  std::chrono::seconds drain_timeout{10};      // Requests under way at stop() have this long.
};

// An HTTP/1.1 server: routes by exact path and method. HEAD is served by GET routes; an unknown path is 404, an unknown
// method of a known path 405 with Allow, OPTIONS says what is allowed. A Content-Encoding is 415. Handlers run on the
// server's executor; an exception that leaves one is a 500 and is logged. Lifecycle: base/component.h; start() fails
// when the port is taken; stop() stops accepting, lets requests under way finish, closes idle connections. Routes are
// added before start().
class Server : public base::Component {
 public:
  // A body over `max_body_bytes` or the server's own bound is 413.
  virtual void route(std::string method, std::string path, RequestHandler handler, Admission admit = {},
                     std::size_t max_body_bytes = kAnyBody) = 0;
  // The port that is listened on, after start().
  virtual std::uint16_t port() const = 0;
};

std::unique_ptr<Server> make_server(ServerOptions options, base::Executor executor, base::Metrics& metrics);

}  // namespace net::http
