// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/websocket_server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <sstream>
#include <thread>

namespace fakes {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using beast::error_code;

namespace {

auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

// The loop ends with the server, and every coroutine with the loop.
void rethrow(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

struct Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}
  websocket::stream<tcp::socket> stream;
  std::deque<std::string> unsent;
  bool is_sending = false;
};

}  // namespace

struct WebSocketServer::Server {
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::string greeting;
  std::list<std::shared_ptr<Connection>> live;  // On the loop only.
  mutable std::mutex mutex;                     // Guards what follows.
  mutable std::condition_variable changed;
  Mood mood = Mood::kWell;
  std::vector<std::string> heard;
  std::vector<std::string> handshakes;
  int connections = 0;
  int open = 0;
  int goodbyes = 0;
  int pings = 0;
  std::thread thread;  // Last.

  template <class Change>
  auto with(Change change) {
    struct Tell {
      std::condition_variable& changed;
      ~Tell() { changed.notify_all(); }
    } tell{changed};
    std::lock_guard lock(mutex);
    return change();
  }

  asio::awaitable<void> accept() {
    while (true) {
      error_code error;
      auto socket = co_await acceptor.async_accept(into(error));
      if (error) co_return;
      auto mood_now = with([&] {
        ++connections;
        return mood;
      });
      asio::co_spawn(io, serve(std::make_shared<Connection>(std::move(socket)), mood_now), rethrow);
    }
  }

  asio::awaitable<void> refuse(std::shared_ptr<Connection> connection) {
    error_code error;
    beast::flat_buffer buffer;
    beast::http::request<beast::http::empty_body> request;
    co_await beast::http::async_read(connection->stream.next_layer(), buffer, request, into(error));
    beast::http::response<beast::http::string_body> response{beast::http::status::forbidden, 11};
    response.body() = "no";
    response.prepare_payload();
    co_await beast::http::async_write(connection->stream.next_layer(), response, into(error));
  }

  asio::awaitable<bool> shake_hands(std::shared_ptr<Connection> connection) {
    error_code error;
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
    co_await beast::http::async_read(connection->stream.next_layer(), buffer, request, into(error));
    if (error) co_return false;
    std::ostringstream head;
    head << request.base();
    co_await connection->stream.async_accept(request, into(error));
    if (error) co_return false;
    with([&] { handshakes.push_back(head.str()); });
    co_return true;
  }

  asio::awaitable<void> serve(std::shared_ptr<Connection> connection, Mood mood_now) {
    if (mood_now == Mood::kRefusing) co_return co_await refuse(connection);
    live.push_back(connection);
    if (mood_now == Mood::kDumb) co_return;
    connection->stream.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::ping) with([&] { ++pings; });
    });
    if (!co_await shake_hands(connection)) {
      live.remove(connection);
      co_return;
    }
    if (mood_now != Mood::kMute && !greeting.empty()) say(connection, greeting);
    with([&] { ++open; });
    if (mood_now == Mood::kDeaf) co_return;
    co_await hear(connection);
    live.remove(connection);
    with([&] { --open; });
  }

  asio::awaitable<void> hear(std::shared_ptr<Connection> connection) {
    while (true) {
      error_code error;
      beast::flat_buffer buffer;
      co_await connection->stream.async_read(buffer, into(error));
      if (error == websocket::error::closed) with([&] { ++goodbyes; });
      if (error) co_return;
      with([&] { heard.push_back(beast::buffers_to_string(buffer.data())); });
    }
  }

  void say(const std::shared_ptr<Connection>& connection, std::string text) {
    connection->unsent.push_back(std::move(text));
    if (!std::exchange(connection->is_sending, true)) asio::co_spawn(io, write(connection), rethrow);
  }

  asio::awaitable<void> write(std::shared_ptr<Connection> connection) {
    for (error_code error; !error && !connection->unsent.empty();) {
      auto text = std::move(connection->unsent.front());
      connection->unsent.pop_front();
      co_await connection->stream.async_write(asio::buffer(text), into(error));
    }
    connection->is_sending = false;
  }

  void cut_all() {
    for (auto& connection : live) {
      error_code ignored;
      // A program that a test has started meanwhile may have inherited the descriptor: closing ours would say nothing.
      connection->stream.next_layer().shutdown(tcp::socket::shutdown_both, ignored);
      connection->stream.next_layer().close(ignored);
    }
  }
};

WebSocketServer::WebSocketServer(std::string greeting) : server_(std::make_shared<Server>()) {
  server_->greeting = std::move(greeting);
  asio::co_spawn(server_->io, server_->accept(), rethrow);
  server_->thread = std::thread([server = server_.get()] { server->io.run(); });
}

WebSocketServer::~WebSocketServer() {
  server_->io.stop();
  server_->thread.join();
}

std::uint16_t WebSocketServer::port() const { return server_->acceptor.local_endpoint().port(); }

void WebSocketServer::set_mood(Mood mood) {
  server_->with([&] { server_->mood = mood; });
}

void WebSocketServer::send(std::string text) {
  asio::post(server_->io, [server = server_.get(), text = std::move(text)] {
    if (!server->live.empty()) server->say(server->live.back(), text);
  });
}

void WebSocketServer::send_to_oldest(std::string text) {
  asio::post(server_->io, [server = server_.get(), text = std::move(text)] {
    if (!server->live.empty()) server->say(server->live.front(), text);
  });
}

void WebSocketServer::cut() {
  asio::post(server_->io, [server = server_.get()] { server->cut_all(); });
}

void WebSocketServer::close() {
  asio::post(server_->io, [server = server_.get()] {
    for (auto& connection : server->live) {
      // Going away (RFC 6455 sections 5.5.1 and 7.4.1), below what would wait for the answer.
      static constexpr unsigned char kGoingAway[] = {0x88, 0x02, 0x03, 0xe9};
      error_code ignored;
      asio::write(connection->stream.next_layer(), asio::buffer(kGoingAway), ignored);
    }
  });
}

std::vector<std::string> WebSocketServer::heard() const {
  return server_->with([&] { return server_->heard; });
}
std::vector<std::string> WebSocketServer::handshakes() const {
  return server_->with([&] { return server_->handshakes; });
}
int WebSocketServer::connections() const {
  return server_->with([&] { return server_->connections; });
}
int WebSocketServer::open() const {
  return server_->with([&] { return server_->open; });
}
int WebSocketServer::pings() const {
  return server_->with([&] { return server_->pings; });
}
int WebSocketServer::goodbyes() const {
  return server_->with([&] { return server_->goodbyes; });
}

bool WebSocketServer::wait_until(const std::function<bool()>& condition) const {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::unique_lock lock(server_->mutex);
    server_->changed.wait_for(lock, std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace fakes
