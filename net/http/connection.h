// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "net/http/budget.h"
#include "net/http/refusals.h"
#include "net/http/routes.h"
#include "net/http/stream.h"
#include "net/http/wire.h"

namespace net::http {

class Connection;

// What all connections of a server share. Outlives them.
struct ConnectionContext {
  ConnectionContext(const ServerOptions& given, Routes& served, base::Metrics& metrics);

  const ServerOptions& options;
  Routes& routes;
  Refusals refusals;
  prometheus::Gauge& count;
  Budget requests;
  Budget body_memory;
  std::atomic<bool> draining{false};

  std::mutex mutex;
  std::unordered_set<Connection*> open;
};

// One client's connection, from accept to close: requests are answered one after the other, in order.
//
// serve() runs on one strand; expire() and drain() may come from any thread while the connection is in
// ConnectionContext::open, under its mutex. They never touch the socket object: they shut the descriptor down, which
// ends the read or write that is under way. So there is no timer for each connection or request, only a sweep over all.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(Stream stream, const boost::asio::ip::address& peer, ConnectionContext& context);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Completes when the connection is to be closed.
  base::Task<void> serve();
  // Answers 503 without looking at the request; within TLS nothing is said, a handshake would cost too much.
  base::Task<void> turn_away(Refusal why);

  // Ends the current read or write when its time is over.
  void expire(Clock::time_point now);
  // Ends the wait for a next request; one that has arrived in part may still come in whole.
  void drain();
  void abort();

 private:
  enum class Phase { kHandshake, kIdle, kReading, kHandling, kWriting };

  base::Task<bool> begin_tls();
  base::Task<bool> read_head();
  bool refuses_head();
  base::Task<bool> read_body();
  base::Task<bool> read_sized_body(std::size_t length);
  base::Task<bool> read_chunked_body();
  base::Task<bool> fill();
  base::Task<ServerResponse> handle();
  base::Task<bool> respond(ServerResponse response, ResponseFraming framing);
  base::Task<void> linger();

  void begin_request();
  void enter(Phase phase, std::chrono::seconds at_most);
  void wait_for_head();
  void wait_for_body(std::size_t received);
  bool give_up(Refusal why, ServerResponse refusal);
  bool reserve_body(std::size_t bytes);
  bool has_body() const { return parser_.is_chunked() || parser_.content_length() > 0; }
  bool grow();
  void compact();
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

  Stream stream_;
  ConnectionContext& context_;
  RequestParser parser_;
  Routes::Match match_;
  std::optional<ServerResponse> refusal_;  // Why the request is not handled; the connection ends with it.
  std::string peer_;
  bool is_loopback_ = false;
  bool is_fresh_ = true;  // Nothing was asked yet.
  Share request_share_;
  Share body_share_;

  std::vector<char> buffer_;  // Grows up to the limit of a head; [begin_, end_) is read and not yet parsed.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
  Clock::time_point head_read_at_;

  const int descriptor_;
  std::atomic<Phase> phase_{Phase::kIdle};
  std::atomic<Clock::rep> deadline_;
  std::atomic<bool> expired_{false};
};

}  // namespace net::http
