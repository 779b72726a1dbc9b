// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace harness {

// Owns a file descriptor of a socket.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  // Ends both directions, which wakes whoever reads or accepts. Any thread may call it.
  void shut() const;
  // False when the other side is gone.
  bool send_all(std::string_view bytes) const;
  // Bytes read, 0 at the end, -1 on failure or when nothing comes within `limit`.
  std::ptrdiff_t read_some(char* buffer, std::size_t size, std::chrono::milliseconds limit) const;

 private:
  int fd_ = -1;
};

// Listens on 127.0.0.1; port 0 takes any. Throws std::system_error.
Socket listen_on(std::uint16_t port);
std::uint16_t port_of(const Socket& socket);
// A connection to 127.0.0.1, closed if nobody listens.
Socket connect_to(std::uint16_t port);
// A port that nobody listens on now; another program can take it at once, so use it soon.
std::uint16_t free_port();

}  // namespace harness
