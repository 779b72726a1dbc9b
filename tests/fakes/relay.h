// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/http/tls.h"

namespace fakes {

// Stands on a port of the loopback between a client and a server of the loopback, and passes bytes on. What it does
// before is its kind's. Stops when destroyed.
class Relay {
 public:
  virtual ~Relay() = default;
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }

 protected:
  static constexpr int kTick = 20;  // Milliseconds between looks at whether it is to stop.

  Relay() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  // In the constructor of the kind, and its destructor.
  void begin() {
    acceptor_ = std::thread([this] { accept(); });
  }
  void end() {
    stopping_ = true;
    acceptor_.join();
    for (auto& client : clients_) client.join();
    ::close(listener_);
  }

  virtual void serve(int client) = 0;

  bool is_stopping() const { return stopping_; }
  bool wait(int socket, short events) const {
    while (!stopping_) {
      pollfd poll{socket, events, 0};
      if (::poll(&poll, 1, kTick) > 0) return true;
    }
    return false;
  }
  static int connect_to(std::uint16_t port) {
    int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(port);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
    ::close(socket);
    return -1;
  }
  static bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void accept() {
    while (wait(listener_, POLLIN)) {
      int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      clients_.emplace_back([this, socket] {
        serve(socket);
        ::close(socket);
      });
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::list<std::thread> clients_;  // Of the acceptor.
  std::thread acceptor_;
};

// An HTTP proxy that makes tunnels (CONNECT), to the port that is asked for and to the loopback whatever the host: a
// client may ask for names that only the proxy would know.
class FakeProxy final : public Relay {
 public:
  // Refuses who does not send this Proxy-Authorization, if it is not empty.
  explicit FakeProxy(std::string credentials = {}) : credentials_(std::move(credentials)) { begin(); }
  ~FakeProxy() override { end(); }

  std::string url(const std::string& userinfo = {}) const {
    return "http://" + userinfo + (userinfo.empty() ? "" : "@") + "127.0.0.1:" + std::to_string(port());
  }
  std::vector<std::string> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve(int client) override {
    std::string head;
    for (char c = 0; head.find("\r\n\r\n") == head.npos && wait(client, POLLIN) && ::recv(client, &c, 1, 0) == 1;) {
      head += c;
    }
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(head);
    }
    if (!credentials_.empty() && head.find("Proxy-Authorization: " + credentials_ + "\r\n") == head.npos) {
      send_all(client, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    auto colon = head.find(':');
    int server = head.starts_with("CONNECT ") && colon != head.npos
                     ? connect_to(static_cast<std::uint16_t>(std::atoi(head.c_str() + colon + 1)))
                     : -1;
    if (server < 0) {
      send_all(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    send_all(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    while (!is_stopping() && pass(client, server)) continue;
    ::close(server);
  }

  static bool pass(int client, int server) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, kTick) <= 0) return true;
    for (int from : {0, 1}) {
      if (both[from].revents == 0) continue;
      char bytes[16384];
      auto size = ::recv(both[from].fd, bytes, sizeof bytes, 0);
      if (size <= 0) return false;
      if (!send_all(both[1 - from].fd, {bytes, static_cast<std::size_t>(size)})) return false;
    }
    return true;
  }

  const std::string credentials_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
};

// Speaks TLS in front of a server that does not.
class TlsFront final : public Relay {
 public:
  // `tls` outlives it.
  TlsFront(net::http::ServerTls& tls, std::uint16_t server_port) : tls_(tls), server_port_(server_port) { begin(); }
  ~TlsFront() override { end(); }

 private:
  using Wants = net::http::TlsSession::Wants;

  // Repeats a step until it wants nothing more. False: it is over.
  template <class Step>
  bool finish(int client, Step step, std::size_t* bytes = nullptr) {
    while (true) {
      auto done = step();
      if (bytes != nullptr) *bytes = done.bytes;
      if (done.wants == Wants::kNothing) return true;
      if (done.wants == Wants::kToClose) return false;
      if (!wait(client, done.wants == Wants::kToRead ? POLLIN : POLLOUT)) return false;
    }
  }

  void serve(int client) override {
    ::fcntl(client, F_SETFL, O_NONBLOCK);
    auto session = tls_.begin(client);
    int server = connect_to(server_port_);
    if (server >= 0 && finish(client, [&] { return session->handshake(); })) {
      while (!is_stopping() && pass(*session, client, server)) continue;
      session->close();
    }
    if (server >= 0) ::close(server);
  }

  bool pass(net::http::TlsSession& session, int client, int server) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, kTick) <= 0) return true;
    char bytes[16384];
    while (both[0].revents != 0) {
      auto read = session.read(bytes, sizeof bytes);
      if (read.wants == Wants::kToRead) break;
      if (read.wants != Wants::kNothing || read.bytes == 0) return false;
      if (!send_all(server, {bytes, read.bytes})) return false;
    }
    if (both[1].revents == 0) return true;
    auto size = ::recv(server, bytes, sizeof bytes, 0);
    for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
      std::size_t written = 0;
      if (!finish(
              client, [&] { return session.write(bytes + at, static_cast<std::size_t>(size) - at); }, &written)) {
        return false;
      }
      at += written;
    }
    return size > 0;
  }

  net::http::ServerTls& tls_;
  const std::uint16_t server_port_;
};

}  // namespace fakes
