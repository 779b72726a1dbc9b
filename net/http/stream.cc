// SPDX-License-Identifier: Apache-2.0
#include "net/http/stream.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string_view>

namespace net::http {

namespace asio = boost::asio;
using Wants = TlsSession::Wants;

Stream::Stream(asio::ip::tcp::socket socket, std::unique_ptr<TlsSession> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

base::Task<bool> Stream::wait_for(Wants wants) {
  if (wants == Wants::kToClose) co_return false;
  boost::system::error_code error;
  auto kind = wants == Wants::kToRead ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  co_await socket_.async_wait(kind, asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

base::Task<bool> Stream::handshake() {
  while (true) {
    auto step = tls_->handshake();
    if (step.wants == Wants::kNothing) co_return true;
    if (co_await wait_for(step.wants)) continue;
    static constexpr std::string_view kTlsOnly =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 37\r\nConnection: close\r\n\r\n"
        "{\"error\":\"this port speaks TLS only\"}";
    if (tls_->met_plain_http()) co_await write_plain({asio::buffer(kTlsOnly), asio::const_buffer()});
    co_return false;
  }
}

base::Task<std::size_t> Stream::read_some(std::span<char> into) {
  if (!tls_) co_return co_await drop_some(into);
  while (true) {
    auto step = tls_->read(into.data(), into.size());
    if (step.wants == Wants::kNothing) co_return step.bytes;
    if (!co_await wait_for(step.wants)) co_return 0;
  }
}

base::Task<bool> Stream::write(std::array<asio::const_buffer, 2> parts) {
  if (!tls_) co_return co_await write_plain(parts);
  co_return co_await write_within_tls(parts[0]) && co_await write_within_tls(parts[1]);
}

// Nearly every answer fits the socket's buffer: one system call, no trip through the event loop.
base::Task<bool> Stream::write_plain(std::array<asio::const_buffer, 2> parts) {
  boost::system::error_code error;
  std::size_t sent = socket_.write_some(parts, error);
  if (error == asio::error::would_block) error.clear();
  if (error) co_return false;
  if (sent == asio::buffer_size(parts)) co_return true;
  std::size_t of_first = std::min(sent, parts[0].size());
  parts[0] += of_first;
  parts[1] += sent - of_first;
  co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

base::Task<bool> Stream::write_within_tls(asio::const_buffer part) {
  while (part.size() > 0) {
    auto step = tls_->write(static_cast<const char*>(part.data()), part.size());
    part += step.bytes;
    if (step.wants != Wants::kNothing && !co_await wait_for(step.wants)) co_return false;
  }
  co_return true;
}

void Stream::end_writing() {
  if (tls_) tls_->close();
  boost::system::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

base::Task<std::size_t> Stream::drop_some(std::span<char> room) {
  boost::system::error_code error;
  std::size_t got = co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                                     asio::redirect_error(asio::use_awaitable, error));
  co_return error ? 0 : got;
}

}  // namespace net::http
