// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "net/http/routes.h"
#include "net/http/wire.h"

namespace net::http {

class Connection;

// What all connections of a server share. Outlives them.
struct ConnectionContext {
  const ServerOptions& options;
  Routes& routes;
  prometheus::Gauge& count;
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

  Connection(boost::asio::ip::tcp::socket socket, ConnectionContext& context);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Completes when the connection is to be closed.
  base::Task<void> serve();
  // Answers 503 without looking at the request.
  base::Task<void> turn_away();

  // Ends the current read or write when its time is over.
  void expire(Clock::time_point now);
  // Ends the wait for a next request; one that has arrived in part may still come in whole.
  void drain();
  void abort();

 private:
  enum class Phase { kIdle, kReading, kHandling, kWriting };

  base::Task<bool> read_head();
  base::Task<bool> read_body();
  base::Task<bool> read_sized_body(std::size_t length);
  base::Task<bool> read_chunked_body();
  base::Task<bool> fill();
  base::Task<ServerResponse> handle();
  base::Task<bool> respond(ServerResponse response, ResponseFraming framing);
  base::Task<bool> write(std::array<boost::asio::const_buffer, 2> parts);
  base::Task<void> linger();

  void begin_request();
  void enter(Phase phase, std::chrono::seconds at_most);
  void keep_reading();
  bool give_up(ServerResponse refusal);
  bool grow();
  void compact();
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

  boost::asio::ip::tcp::socket socket_;
  ConnectionContext& context_;
  RequestParser parser_;
  Routes::Match match_;
  std::optional<ServerResponse> refusal_;  // Why the request is not handled; the connection ends with it.
  std::string peer_;
  bool is_loopback_ = false;

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
