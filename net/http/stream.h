// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>

#include "base/task.h"
#include "net/http/tls.h"

namespace net::http {

// The bytes of one accepted connection, in the clear or within TLS. Deadlines are the caller's: shutting the descriptor
// down ends what is under way. Not thread-safe.
class Stream {
 public:
  // Without a session the bytes go in the clear.
  Stream(boost::asio::ip::tcp::socket socket, std::unique_ptr<TlsSession> tls);

  int descriptor() { return socket_.native_handle(); }
  bool is_tls() const { return tls_ != nullptr; }
  bool client_is_known() const { return tls_ && tls_->client_is_known(); }

  // Requires: is_tls(). False: the connection can't be used. Who speaks plain HTTP instead is told so.
  base::Task<bool> handshake();
  // How much was read; zero at the end and on failure.
  base::Task<std::size_t> read_some(std::span<char> into);
  base::Task<bool> write(std::array<boost::asio::const_buffer, 2> parts);

  // Nothing is written any more.
  void end_writing();
  // Reads and drops bytes as they stand on the wire; zero when there are no more.
  base::Task<std::size_t> drop_some(std::span<char> room);

 private:
  // False when waiting makes no sense.
  base::Task<bool> wait_for(TlsSession::Wants wants);
  base::Task<bool> write_plain(std::array<boost::asio::const_buffer, 2> parts);
  base::Task<bool> write_within_tls(boost::asio::const_buffer part);

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsSession> tls_;
};

}  // namespace net::http
