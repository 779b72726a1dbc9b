// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http/client.h"

namespace net::http {

// Where a WebSocket goes, and when it is given up.
struct WebSocketOptions {
  std::string url;  // wss://, or ws:// in the clear. May hold a secret: no message repeats more than its origin.
  // Certificates, their checks and the proxy, as for every client; a proxy must be an http:// one. No credentials are
  // sent but our certificate.
  Access access;
  std::string user_agent = "tocsin";
  std::size_t max_message_bytes = 1024 * 1024;  // A longer one ends the connection.
  // The connection is taken for dead when nothing came for so long; after half of it the other side is asked (a ping).
  std::chrono::milliseconds idle{30'000};
};

// The client's end of one WebSocket (RFC 6455). Pings are answered while read() waits.
//
// Everything runs on the executor of the coroutine that calls open(), which runs one thing at a time; call nothing from
// elsewhere. One read() and one write() may be under way at once. It can't be cancelled by Asio's slots, which its
// layers don't all know: close() and cut() end what is under way.
class WebSocket {
 public:
  explicit WebSocket(WebSocketOptions options);
  // Cuts, unless it is being closed.
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Finds the host, connects, and shakes hands. Once. kTimeout, kUnreachable, kUnavailable where the other side
  // declines, kCancelled.
  base::Task<base::Result<void>> open(base::Deadline deadline);
  // The next message, text or binary. kTooLarge, kTimeout when it is silent, kUnavailable when it is closed,
  // kUnreachable when it broke, kCancelled. After an error the connection is over.
  base::Task<base::Result<std::string>> read();
  // Requires: no other write() is under way.
  base::Task<base::Result<void>> write(std::string text);

  // Says goodbye and cuts `patience` later if the other side has not answered. A read() ends with an error. Returns at
  // once; works twice; without a connection it cuts.
  void close(std::chrono::milliseconds patience);
  // Ends everything now.
  void cut();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace net::http
