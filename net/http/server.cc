// SPDX-License-Identifier: Apache-2.0
#include "net/http/server.h"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/task_group.h"
#include "net/http/connection.h"

namespace net::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int kBacklog = 1024;
// Time limits are checked this often: a connection lives at most a second too long, for one wake-up a second.
constexpr std::chrono::seconds kSweepInterval{1};
// When the process has no descriptors left, accepting would fail at once again and again.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Connections over the limit that are told so; beyond these they are closed without a word.
constexpr std::size_t kTurnedAwayAtOnce = 64;

base::Task<void> sleep(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// One of the connections that may be open, given back when dropped.
class Slot {
 public:
  explicit Slot(std::atomic<std::size_t>& taken) : taken_(&taken) { ++taken; }
  Slot(Slot&&) = default;

 private:
  struct GiveBack {
    void operator()(std::atomic<std::size_t>* taken) const { --*taken; }
  };
  std::unique_ptr<std::atomic<std::size_t>, GiveBack> taken_;
};

class TcpServer final : public Server {
 public:
  TcpServer(ServerOptions options, const base::Executor& executor, base::Metrics& metrics)
      : options_(std::move(options)),
        routes_(metrics),
        context_(options_, routes_, metrics),
        accepted_(metrics.counter("tocsin_http_connections_accepted_total", "Connections of clients")),
        peers_(options_.max_connections_per_peer),
        executor_(executor),
        background_(executor),
        connections_(executor),
        reaper_(executor) {}

  void route(std::string method, std::string path, RequestHandler handler, Admission admit,
             std::size_t max_body_bytes) override {
    routes_.add(std::move(method), std::move(path), {std::move(handler), std::move(admit), max_body_bytes});
  }

  std::uint16_t port() const override { return port_; }

  base::Result<void> start() override {
    boost::system::error_code error;
    auto address = asio::ip::make_address(options_.address, error);
    if (error) {
      return base::permanent(base::Reason::kBadRequest,
                             fmt::format("can't listen on '{}': not an IP address", options_.address));
    }
    tcp::acceptor acceptor(executor_);
    if (!listen(acceptor, {address, options_.port}, error)) {
      return base::permanent(base::Reason::kUnavailable, fmt::format("can't listen on {} port {}: {}", options_.address,
                                                                     options_.port, error.message()));
    }
    port_ = acceptor.local_endpoint(error).port();
    background_.spawn(accept(std::move(acceptor)));
    background_.spawn(sweep());
    return base::ok();
  }

  base::Task<void> stop() override {
    background_.cancel();
    co_await background_.wait();
    context_.draining = true;
    for_each([](Connection& connection) { connection.drain(); });
    reaper_.spawn(end_the_slow());
    co_await connections_.wait();
    reaper_.cancel();
    co_await reaper_.wait();
    connections_.cancel();
  }

 private:
  static bool listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, boost::system::error_code& error) {
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    // Linux hands this down to accepted sockets.
    if (!error) acceptor.set_option(tcp::no_delay(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(kBacklog, error);
    return !error;
  }

  base::Task<void> accept(tcp::acceptor acceptor) {
    while (true) {
      boost::system::error_code error;
      auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (!error) {
        take(std::move(socket));
      } else if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space) {
        base::log::warn("http: can't accept a connection", {{"why", error.message()}});
        co_await sleep(kAcceptPause);
      }
    }
  }

  void take(tcp::socket socket) {
    accepted_.Increment();
    boost::system::error_code error;
    auto peer = socket.remote_endpoint(error).address();
    if (error) return;
    bool is_mapped = peer.is_v6() && peer.to_v6().is_v4_mapped();
    if (is_mapped) peer = asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6());
    Slot slot(taken_);
    if (taken_ > options_.max_connections + kTurnedAwayAtOnce) return context_.refusals.count(Refusal::kConnections);
    bool is_within = taken_ <= options_.max_connections;
    connections_.spawn(serve(std::move(socket), peer, std::move(slot), is_within));
  }

  base::Task<void> serve(tcp::socket socket, asio::ip::address peer, Slot, bool is_within) {
    Peers::Place place(peers_, peer);
    auto tls = options_.tls ? options_.tls->begin(socket.native_handle()) : nullptr;
    Connection connection(Stream(std::move(socket), std::move(tls)), peer, context_);
    if (!is_within) co_return co_await connection.turn_away(Refusal::kConnections);
    if (!place.is_within()) co_return co_await connection.turn_away(Refusal::kConnectionsOfPeer);
    co_await connection.serve();
  }

  base::Task<void> sweep() {
    while (!(co_await asio::this_coro::cancellation_state).cancelled()) {
      co_await sleep(kSweepInterval);
      auto now = Connection::Clock::now();
      for_each([now](Connection& connection) { connection.expire(now); });
    }
  }

  base::Task<void> end_the_slow() {
    co_await sleep(options_.drain_timeout);
    connections_.cancel();
    for_each([](Connection& connection) { connection.abort(); });
  }

  template <class Visit>
  void for_each(Visit visit) {
    std::lock_guard lock(context_.mutex);
    for (auto* connection : context_.open) visit(*connection);
  }

  const ServerOptions options_;
  Routes routes_;
  ConnectionContext context_;
  prometheus::Counter& accepted_;
  Peers peers_;
  base::Executor executor_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> taken_{0};
  base::TaskGroup background_;   // Accepts and sweeps.
  base::TaskGroup connections_;  // One task each.
  base::TaskGroup reaper_;       // Ends connections that outlast the drain.
};

}  // namespace

std::unique_ptr<Server> make_server(ServerOptions options, base::Executor executor, base::Metrics& metrics) {
  return std::make_unique<TcpServer>(std::move(options), executor, metrics);
}

}  // namespace net::http
