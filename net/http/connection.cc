// SPDX-License-Identifier: Apache-2.0
#include "net/http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"

namespace net::http {

namespace asio = boost::asio;

namespace {

// Room for the usual webhook: a head of some 300 bytes and a first part of the body. Grows for longer heads.
constexpr std::size_t kFirstBufferBytes = 4 * 1024;
// A body's memory is taken as the body arrives, so that announcing 8 MB costs a client more than a header.
constexpr std::size_t kFirstBodyBytes = 64 * 1024;
// Up to here one buffer with head and body is cheaper to send than two.
constexpr std::size_t kJoinedBodyBytes = 16 * 1024;
// After a refusal the rest of the request is read and dropped, so that the answer is not lost in a reset.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = 1024 * 1024;

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, ConnectionContext& context)
    : socket_(std::move(socket)),
      context_(context),
      parser_(context.options.max_body_bytes),
      buffer_(std::min(kFirstBufferBytes, context.options.max_header_bytes)),
      descriptor_(socket_.native_handle()),
      deadline_(Clock::time_point::max().time_since_epoch().count()) {
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  auto remote = socket_.remote_endpoint(error).address();
  bool mapped = remote.is_v6() && remote.to_v6().is_v4_mapped();
  if (mapped) remote = asio::ip::make_address_v4(asio::ip::v4_mapped, remote.to_v6());
  if (!error) {
    peer_ = remote.to_string();
    is_loopback_ = remote.is_loopback();
  }
  std::lock_guard lock(context_.mutex);
  context_.open.insert(this);
  context_.count.Set(static_cast<double>(context_.open.size()));
}

Connection::~Connection() {
  std::lock_guard lock(context_.mutex);
  context_.open.erase(this);
  context_.count.Set(static_cast<double>(context_.open.size()));
}

base::Task<void> Connection::serve() {
  while (co_await read_head()) {
    if (!refusal_) co_await read_body();
    if (refusal_) break;
    bool is_head = parser_.request().method == "HEAD";
    bool is_http_1_0 = parser_.is_http_1_0();
    bool keep_alive = parser_.keep_alive();
    auto response = co_await handle();
    keep_alive = keep_alive && !context_.draining;
    if (!co_await respond(std::move(response), {keep_alive, is_http_1_0, is_head}) || !keep_alive) co_return;
  }
  if (!refusal_) co_return;
  bool is_head = parser_.request().method == "HEAD";
  if (co_await respond(std::move(*refusal_), {.keep_alive = false, .omit_body = is_head})) co_await linger();
}

base::Task<void> Connection::turn_away() {
  head_read_at_ = Clock::now();
  match_.metrics = &context_.routes.other();
  auto response = refuse(503, "too many connections");
  response.headers.emplace_back("Retry-After", "1");
  if (co_await respond(std::move(response), {.keep_alive = false})) co_await linger();
}

void Connection::begin_request() {
  compact();
  parser_.reset();
  match_ = {nullptr, {}, &context_.routes.other()};
  refusal_.reset();
  head_read_at_ = {};
}

// Reads until the head is complete and finds out whether the request is wanted. False when there is none to answer.
base::Task<bool> Connection::read_head() {
  begin_request();
  auto step = RequestParser::Step::kNeedMore;
  while (true) {
    if (!unread().empty()) step = parser_.parse_head(unread(), begin_);
    if (step != RequestParser::Step::kNeedMore) break;
    if (end_ == buffer_.size() && !grow()) {
      co_return give_up(refuse(431, "the head of the request is too large"));
    }
    if (end_ > 0) {
      keep_reading();
    } else {
      enter(Phase::kIdle, context_.options.idle_timeout);
      if (context_.draining) co_return false;
    }
    if (!co_await fill()) co_return expired_&& end_ > 0 && give_up(refuse(408, "the request took too long"));
  }
  head_read_at_ = Clock::now();
  if (step == RequestParser::Step::kRefused) co_return give_up(parser_.refusal());

  const auto& request = parser_.request();
  match_ = context_.routes.find(request.method, request.path);
  bool has_body = parser_.is_chunked() || parser_.content_length() > 0;
  if (match_.handler == nullptr && has_body) give_up(std::move(match_.refusal));
  co_return true;
}

bool Connection::give_up(ServerResponse refusal) {
  if (head_read_at_ == Clock::time_point()) head_read_at_ = Clock::now();
  refusal_ = std::move(refusal);
  return true;
}

base::Task<bool> Connection::read_body() {
  bool has_body = parser_.is_chunked() || parser_.content_length() > 0;
  if (!has_body) co_return true;
  keep_reading();
  // RFC 9110 section 10.1.1.
  if (const auto& expectation = parser_.expectation(); !expectation.empty() && !parser_.is_http_1_0()) {
    if (expectation != "100-continue") co_return give_up(refuse(417, "the only expectation met is 100-continue"));
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    if (unread().empty()) co_await write({asio::buffer(kContinue), asio::const_buffer()});
  }
  bool complete =
      parser_.is_chunked() ? co_await read_chunked_body() : co_await read_sized_body(parser_.content_length());
  if (complete || refusal_) co_return true;
  auto why = expired_ ? refuse(408, "the request took too long") : refuse(400, "the body is shorter than announced");
  co_return give_up(std::move(why));
}

// Straight from the socket to where the handler finds it.
base::Task<bool> Connection::read_sized_body(std::size_t length) {
  auto& body = parser_.request().body;
  std::size_t filled = std::min(length, unread().size());
  body.assign(unread().data(), filled);
  begin_ += filled;
  while (filled < length) {
    if (filled == body.size()) body.resize(std::min(length, std::max(kFirstBodyBytes, 2 * body.size())));
    boost::system::error_code error;
    filled += co_await socket_.async_read_some(asio::buffer(body.data() + filled, body.size() - filled),
                                               asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
  }
  co_return true;
}

base::Task<bool> Connection::read_chunked_body() {
  while (true) {
    auto step = parser_.parse_chunks(unread(), begin_);
    if (step == RequestParser::Step::kRefused) co_return give_up(parser_.refusal());
    if (step == RequestParser::Step::kDone) co_return true;
    compact();
    if (end_ == buffer_.size() && !grow()) co_return give_up(refuse(400, "a chunk's head or trailer is too long"));
    if (!co_await fill()) co_return false;
  }
}

base::Task<bool> Connection::fill() {
  boost::system::error_code error;
  end_ += co_await socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                                           asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

bool Connection::grow() {
  std::size_t limit = context_.options.max_header_bytes;
  if (buffer_.size() >= limit) return false;
  buffer_.resize(std::min(limit, buffer_.size() * 2));
  return true;
}

void Connection::compact() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
            buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
}

base::Task<ServerResponse> Connection::handle() {
  enter(Phase::kHandling, std::chrono::seconds::max());
  if (match_.handler == nullptr) co_return std::move(match_.refusal);
  auto request = std::move(parser_.request());
  request.peer = peer_;
  request.is_loopback = is_loopback_;
  try {
    co_return co_await (*match_.handler)(std::move(request));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) co_return refuse(503, "shutting down");
    base::log::error("http: a handler failed", {{"why", error.what()}});
  } catch (const std::exception& error) {
    base::log::error("http: a handler failed", {{"why", error.what()}});
  }
  co_return refuse(500, "internal error");
}

base::Task<bool> Connection::respond(ServerResponse response, ResponseFraming framing) {
  enter(Phase::kWriting, context_.options.write_timeout);
  match_.metrics->count(response.status);
  out_.clear();
  append_head(response, framing, out_);
  bool omit_body = framing.omit_body || response.status == 204 || response.status == 304;
  if (omit_body) response.body.clear();
  bool join = response.body.size() <= kJoinedBodyBytes;
  if (join) out_ += response.body;
  bool sent = co_await write({asio::buffer(out_), join ? asio::const_buffer() : asio::buffer(response.body)});
  match_.metrics->took(Clock::now() - head_read_at_);
  co_return sent;
}

// Nearly every answer fits the socket's buffer: one system call, no trip through the event loop.
base::Task<bool> Connection::write(std::array<asio::const_buffer, 2> parts) {
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

base::Task<void> Connection::linger() {
  boost::system::error_code error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  enter(Phase::kWriting, kLingerTime);
  std::size_t dropped = 0;
  while (!error && dropped < kLingerBytes) {
    dropped +=
        co_await socket_.async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, error));
  }
}

void Connection::enter(Phase phase, std::chrono::seconds at_most) {
  bool unlimited = at_most == std::chrono::seconds::max();
  auto deadline = unlimited ? Clock::time_point::max() : Clock::now() + at_most;
  deadline_ = deadline.time_since_epoch().count();
  phase_ = phase;
}

// The time for a request runs from its first bytes to the end of its body.
void Connection::keep_reading() {
  if (phase_ != Phase::kReading) enter(Phase::kReading, context_.options.read_timeout);
}

void Connection::expire(Clock::time_point now) {
  if (now.time_since_epoch().count() < deadline_) return;
  expired_ = true;
  // A reader is woken by the end of its input and can still say 408.
  ::shutdown(descriptor_, phase_ == Phase::kWriting ? SHUT_RDWR : SHUT_RD);
}

void Connection::drain() {
  if (phase_ == Phase::kIdle) ::shutdown(descriptor_, SHUT_RD);
}

void Connection::abort() { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace net::http
