// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fakes {

// An HTTP server on a free port of the loopback that misbehaves on demand: what it sends is decided, byte by byte, by
// the lever that is pulled. Every request's bytes are kept. Stops when destroyed.
class FakeHttpServer {
 public:
  struct Lever {
    std::string bytes;                     // Sent as they stand.
    std::chrono::milliseconds delay{0};    // Before the first byte.
    std::chrono::milliseconds between{0};  // Before each further byte: a slow drip.
    bool then_hang = false;                // Neither send more nor close.
    bool then_close = false;               // Close in place of waiting for a next request.
  };

  FakeHttpServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }

  ~FakeHttpServer() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    acceptor_.join();
    for (auto& client : clients_) client.join();
    ::close(listener_);
  }

  static std::string answer(int status, const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
  }

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

  // How every request is answered from now on.
  void pull(Lever lever) {
    pull([lever](const std::string&) { return lever; });
  }
  void pull(std::function<Lever(const std::string& request)> choose) {
    std::lock_guard lock(mutex_);
    choose_ = std::move(choose);
  }
  void answer_with(int status, const std::string& body, const std::string& headers = "") {
    pull(Lever{.bytes = answer(status, body, headers)});
  }

  // Waits until that many requests have come, at most 20 s.
  std::vector<std::string> requests(std::size_t at_least = 0) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return requests_.size() >= at_least; });
    return requests_;
  }
  std::size_t connections() {
    std::lock_guard lock(mutex_);
    return clients_.size();
  }

 private:
  bool wait_readable(int socket) {
    while (true) {
      {
        std::lock_guard lock(mutex_);
        if (stopping_) return false;
      }
      pollfd poll{socket, POLLIN, 0};
      if (::poll(&poll, 1, 20) > 0) return true;
    }
  }

  void accept() {
    while (wait_readable(listener_)) {
      int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      std::lock_guard lock(mutex_);
      if (socket >= 0) clients_.emplace_back([this, socket] { serve(socket); });
    }
  }

  void serve(int socket) {
    std::string received;
    bool open = true;
    while (open) {
      auto request = read_request(socket, received);
      if (request.empty()) break;
      Lever lever;
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
        if (choose_) lever = choose_(request);
      }
      changed_.notify_all();
      open = play(socket, lever);
    }
    ::close(socket);
  }

  std::string read_request(int socket, std::string& received) {
    auto is_complete = [&](std::size_t& size) {
      auto head_end = received.find("\r\n\r\n");
      if (head_end == std::string::npos) return false;
      auto length_at = received.find("Content-Length: ");
      bool has_body = length_at < head_end;
      size = head_end + 4 + (has_body ? std::strtoul(received.c_str() + length_at + 16, nullptr, 10) : 0);
      return received.size() >= size;
    };
    std::size_t size = 0;
    char bytes[16 * 1024];
    while (!is_complete(size)) {
      if (!wait_readable(socket)) return {};
      auto got = ::recv(socket, bytes, sizeof bytes, 0);
      if (got <= 0) return {};
      received.append(bytes, static_cast<std::size_t>(got));
    }
    auto request = received.substr(0, size);
    received.erase(0, size);
    return request;
  }

  // Whether the connection is to be used further.
  bool play(int socket, const Lever& lever) {
    if (!pause(lever.delay)) return false;
    std::size_t step = lever.between.count() > 0 ? 1 : lever.bytes.size();
    for (std::size_t at = 0; at < lever.bytes.size();) {
      auto sent = ::send(socket, lever.bytes.data() + at, std::min(step, lever.bytes.size() - at), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += static_cast<std::size_t>(sent);
      if (!pause(lever.between)) return false;
    }
    if (lever.then_hang) pause(std::chrono::hours(1));
    return !lever.then_hang && !lever.then_close;
  }

  bool pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return time.count() == 0 || !changed_.wait_for(lock, time, [this] { return stopping_; });
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::function<Lever(const std::string&)> choose_;
  std::vector<std::string> requests_;
  std::list<std::thread> clients_;
  std::thread acceptor_;
};

}  // namespace fakes
