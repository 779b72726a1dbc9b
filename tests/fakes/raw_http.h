// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace fakes {

// A client that sends exactly the bytes it is told to. Reads give up after 20 s.
class RawHttp {
 public:
  struct Answer {
    int status = 0;  // Zero: the connection ended before an answer.
    std::string head;
    std::string body;
  };

  explicit RawHttp(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval limit{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawHttp() {
    if (socket_ >= 0) ::close(socket_);
  }
  RawHttp(RawHttp&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  RawHttp& operator=(RawHttp&&) = delete;

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  // One answer with Content-Length; `to_head`: the answer to HEAD, which has none.
  Answer read(bool to_head = false) {
    std::size_t head_end;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    Answer answer;
    answer.head = received_.substr(0, head_end + 4);
    received_.erase(0, head_end + 4);
    answer.status = std::atoi(answer.head.substr(answer.head.find(' ') + 1, 3).c_str());
    auto length_at = answer.head.find("Content-Length: ");
    std::size_t length =
        length_at == std::string::npos || to_head ? 0 : std::strtoul(answer.head.c_str() + length_at + 16, nullptr, 10);
    while (received_.size() < length && receive()) continue;
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }

  Answer ask(std::string_view request) {
    send(request);
    return read();
  }

  // Whether the other side closes without sending more.
  bool is_closed() {
    received_.clear();
    return !receive() && received_.empty();
  }

 private:
  bool receive() {
    char bytes[16 * 1024];
    auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got > 0) received_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace fakes
