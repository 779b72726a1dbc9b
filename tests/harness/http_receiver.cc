// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/http_receiver.h"

#include <sys/socket.h>

#include <algorithm>
#include <sstream>

namespace harness {
namespace {

// A connection is kept as long as a client cares to keep it: receivers outlive their tests by nothing.
constexpr std::chrono::minutes kIdle{10};

}  // namespace

HttpReceiver::HttpReceiver(std::uint16_t port)
    : listener_(listen_on(port)), port_(port_of(listener_)), acceptor_([this] { accept_all(); }) {}

HttpReceiver::~HttpReceiver() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    released_.notify_all();
    listener_.shut();
    for (const Socket& connection : connections_) connection.shut();
  }
  acceptor_.join();
  servers_.clear();
}

void HttpReceiver::accept_all() {
  for (;;) {
    Socket socket(accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.is_open()) return;
    std::lock_guard lock(mutex_);
    if (closed_) return;
    connections_.push_back(std::move(socket));
    servers_.emplace_back([this, &connection = connections_.back()] { serve(connection); });
  }
}

void HttpReceiver::serve(const Socket& socket) {
  HttpReader reader(socket);
  while (auto text = reader.read(kIdle)) {
    if (!socket.send_all(take(std::move(*text)))) return;
  }
}

std::string HttpReceiver::take(HttpText text) {
  std::istringstream words(text.first_line);
  Received request;
  words >> request.method >> request.target;
  request.headers = std::move(text.headers);
  request.body = std::move(text.body);
  request.at = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  request.answer = status_;
  received_.push_back(std::move(request));
  arrived_.notify_all();
  released_.wait(lock, [this] { return !held_ || closed_; });
  return "HTTP/1.1 " + std::to_string(status_) +
         " As Told\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(answer_.size()) + "\r\n\r\n" +
         answer_;
}

void HttpReceiver::answer_with(int status, std::string body) {
  std::lock_guard lock(mutex_);
  status_ = status;
  answer_ = std::move(body);
}

void HttpReceiver::hold_back(bool held) {
  std::lock_guard lock(mutex_);
  held_ = held;
  released_.notify_all();
}

std::vector<Received> HttpReceiver::received(std::size_t first) const {
  std::lock_guard lock(mutex_);
  return {received_.begin() + static_cast<std::ptrdiff_t>(std::min(first, received_.size())), received_.end()};
}

bool HttpReceiver::wait_until(std::chrono::milliseconds limit,
                              const std::function<bool(const std::vector<Received>&)>& condition) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, limit, [&] { return condition(received_); });
}

}  // namespace harness
