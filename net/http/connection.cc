// SPDX-License-Identifier: Apache-2.0
#include "net/http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "base/log.h"
#include "base/metrics.h"

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

Refusal reason_of(const ServerResponse& refusal) {
  if (refusal.status == 413) return Refusal::kBodyTooLarge;
  return refusal.status == 431 ? Refusal::kHeadTooLarge : Refusal::kMalformed;
}

// 503 for what the next second may have room for.
ServerResponse busy(std::string_view why) {
  auto response = refuse(503, why);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

ServerResponse too_large(std::size_t limit) {
  return refuse(413, "the body is larger than " + std::to_string(limit) + " bytes");
}

bool is_encoded(const ServerRequest& request) {
  auto encoding = find_header(request.headers, "Content-Encoding");
  return !encoding.empty() && encoding != "identity";
}

}  // namespace

ConnectionContext::ConnectionContext(const ServerOptions& given, Routes& served, base::Metrics& metrics)
    : options(given),
      routes(served),
      refusals(metrics),
      count(metrics.gauge("tocsin_http_connections", "Open connections of clients")),
      requests(given.max_requests),
      body_memory(given.max_body_memory) {}

Connection::Connection(Stream stream, const asio::ip::address& peer, ConnectionContext& context)
    : stream_(std::move(stream)),
      context_(context),
      parser_(context.options.max_body_bytes, context.options.max_headers),
      peer_(peer.to_string()),
      is_loopback_(peer.is_loopback()),
      request_share_(context.requests),
      body_share_(context.body_memory),
      buffer_(std::min(kFirstBufferBytes, context.options.max_header_bytes)),
      descriptor_(stream_.descriptor()),
      deadline_(Clock::time_point::max().time_since_epoch().count()) {
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
  if (stream_.is_tls() && !co_await begin_tls()) co_return;
  while (co_await read_head()) {
    if (!refusal_) co_await read_body();
    if (refusal_) break;
    bool is_head = parser_.request().method == "HEAD";
    bool is_http_1_0 = parser_.is_http_1_0();
    bool keep_alive = parser_.keep_alive();
    auto response = co_await handle();
    keep_alive = keep_alive && !context_.draining;
    if (!co_await respond(std::move(response), {keep_alive, is_http_1_0, is_head}) || !keep_alive) break;
  }
  if (!refusal_) co_return stream_.end_writing();
  bool is_head = parser_.request().method == "HEAD";
  if (co_await respond(std::move(*refusal_), {.keep_alive = false, .omit_body = is_head})) co_await linger();
}

base::Task<bool> Connection::begin_tls() {
  enter(Phase::kHandshake, context_.options.handshake_timeout);
  bool done = co_await stream_.handshake();
  if (!done) context_.refusals.count(Refusal::kTls);
  co_return done;
}

base::Task<void> Connection::turn_away(Refusal why) {
  context_.refusals.count(why, peer_);
  if (stream_.is_tls()) co_return;
  head_read_at_ = Clock::now();
  match_.metrics = &context_.routes.other();
  auto response = busy(why == Refusal::kConnections ? "too many connections" : "too many connections of yours");
  if (co_await respond(std::move(response), {.keep_alive = false})) co_await linger();
}

void Connection::begin_request() {
  compact();
  parser_.reset();
  request_share_.release();
  body_share_.release();
  match_ = {nullptr, nullptr, {}, &context_.routes.other()};
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
      co_return give_up(Refusal::kHeadTooLarge, refuse(431, "the head of the request is too large"));
    }
    wait_for_head();
    if (end_ == 0 && context_.draining) co_return false;
    if (co_await fill()) continue;
    if (!expired_ || end_ == 0) co_return false;
    co_return give_up(Refusal::kSlowHead, refuse(408, "the request took too long"));
  }
  is_fresh_ = false;
  head_read_at_ = Clock::now();
  if (step == RequestParser::Step::kRefused) {
    auto refusal = parser_.refusal();
    co_return give_up(reason_of(refusal), std::move(refusal));
  }
  auto& request = parser_.request();
  request.peer = peer_;
  request.is_loopback = is_loopback_;
  request.has_certificate = stream_.client_is_known();
  match_ = context_.routes.find(request.method, request.path);
  if (refuses_head() && has_body()) refusal_ = std::move(match_.refusal);
  co_return true;
}

// Whether the head alone says that the request is not handled; match_.refusal then has the answer.
bool Connection::refuses_head() {
  if (match_.handler == nullptr) return true;
  auto turn_down = [this](Refusal why, ServerResponse response) {
    context_.refusals.count(why, peer_, parser_.request().path);
    match_.handler = nullptr;
    match_.refusal = std::move(response);
    return true;
  };
  const auto& request = parser_.request();
  if (auto refused = *match_.admit ? (*match_.admit)(request) : std::nullopt) {
    auto why = refused->status == 401 ? Refusal::kUnauthorized : Refusal::kForbidden;
    return turn_down(why, std::move(*refused));
  }
  if (!has_body()) return false;
  if (parser_.content_length() > match_.max_body_bytes) {
    return turn_down(Refusal::kBodyTooLarge, too_large(match_.max_body_bytes));
  }
  if (is_encoded(request)) {
    auto response = refuse(415, "bodies are taken without Content-Encoding only");
    response.headers.emplace_back("Accept-Encoding", "identity");
    return turn_down(Refusal::kEncoding, std::move(response));
  }
  if (!request_share_.grow_to(1)) return turn_down(Refusal::kRequests, busy("too many requests at the same time"));
  return false;
}

bool Connection::give_up(Refusal why, ServerResponse refusal) {
  context_.refusals.count(why, peer_, parser_.request().path);
  if (head_read_at_ == Clock::time_point()) head_read_at_ = Clock::now();
  refusal_ = std::move(refusal);
  return true;
}

base::Task<bool> Connection::read_body() {
  if (!has_body()) co_return true;
  wait_for_body(0);
  // RFC 9110 section 10.1.1.
  if (const auto& expectation = parser_.expectation(); !expectation.empty() && !parser_.is_http_1_0()) {
    if (expectation != "100-continue") {
      co_return give_up(Refusal::kEncoding, refuse(417, "the only expectation met is 100-continue"));
    }
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    if (unread().empty()) co_await stream_.write({asio::buffer(kContinue), asio::const_buffer()});
  }
  bool complete =
      parser_.is_chunked() ? co_await read_chunked_body() : co_await read_sized_body(parser_.content_length());
  if (complete || refusal_) co_return true;
  co_return expired_ ? give_up(Refusal::kSlowBody, refuse(408, "the request took too long"))
                     : give_up(Refusal::kShortBody, refuse(400, "the body is shorter than announced"));
}

// Straight from the socket to where the handler finds it.
base::Task<bool> Connection::read_sized_body(std::size_t length) {
  auto& body = parser_.request().body;
  std::size_t filled = std::min(length, unread().size());
  if (!reserve_body(filled)) co_return false;
  body.assign(unread().data(), filled);
  begin_ += filled;
  while (filled < length) {
    if (filled == body.size()) {
      auto size = std::min(length, std::max(kFirstBodyBytes, 2 * body.size()));
      if (!reserve_body(size)) co_return false;
      body.resize(size);
    }
    std::size_t got = co_await stream_.read_some({body.data() + filled, body.size() - filled});
    if (got == 0) co_return false;
    filled += got;
    wait_for_body(filled);
  }
  co_return true;
}

base::Task<bool> Connection::read_chunked_body() {
  while (true) {
    auto step = parser_.parse_chunks(unread(), begin_);
    if (step == RequestParser::Step::kRefused) {
      auto refusal = parser_.refusal();
      co_return give_up(reason_of(refusal), std::move(refusal));
    }
    std::size_t received = parser_.request().body.size();
    if (!reserve_body(received)) co_return false;
    if (step == RequestParser::Step::kDone) co_return true;
    compact();
    if (end_ == buffer_.size() && !grow()) {
      co_return give_up(Refusal::kMalformed, refuse(400, "a chunk's head or trailer is too long"));
    }
    if (!co_await fill()) co_return false;
    wait_for_body(received);
  }
}

bool Connection::reserve_body(std::size_t bytes) {
  if (bytes > match_.max_body_bytes) {
    give_up(Refusal::kBodyTooLarge, too_large(match_.max_body_bytes));
    return false;
  }
  if (body_share_.grow_to(bytes)) return true;
  give_up(Refusal::kBodyMemory, busy("too many large requests at the same time"));
  return false;
}

base::Task<bool> Connection::fill() {
  std::size_t got = co_await stream_.read_some({buffer_.data() + end_, buffer_.size() - end_});
  end_ += got;
  co_return got > 0;
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
  bool sent = co_await stream_.write({asio::buffer(out_), join ? asio::const_buffer() : asio::buffer(response.body)});
  match_.metrics->took(Clock::now() - head_read_at_);
  co_return sent;
}

base::Task<void> Connection::linger() {
  stream_.end_writing();
  enter(Phase::kWriting, kLingerTime);
  std::size_t dropped = 0;
  while (dropped < kLingerBytes) {
    std::size_t got = co_await stream_.drop_some(buffer_);
    if (got == 0) co_return;
    dropped += got;
  }
}

void Connection::enter(Phase phase, std::chrono::seconds at_most) {
  bool unlimited = at_most == std::chrono::seconds::max();
  auto deadline = unlimited ? Clock::time_point::max() : Clock::now() + at_most;
  deadline_ = deadline.time_since_epoch().count();
  phase_ = phase;
}

// Who has just come has no longer to begin a request than to end its head: an open connection alone is worth little.
void Connection::wait_for_head() {
  const auto& options = context_.options;
  if (end_ == 0)
    return enter(Phase::kIdle,
                 is_fresh_ ? std::min(options.header_timeout, options.idle_timeout) : options.idle_timeout);
  if (phase_ != Phase::kReading) enter(Phase::kReading, options.header_timeout);
}

// A body may lag behind the lowest rate by some seconds, and has to end in time.
void Connection::wait_for_body(std::size_t received) {
  const auto& options = context_.options;
  auto earned = std::chrono::seconds(received / std::max<std::size_t>(options.min_body_rate, 1));
  auto allowed = std::min(options.body_timeout, options.body_patience + earned);
  deadline_ = (head_read_at_ + allowed).time_since_epoch().count();
  phase_ = Phase::kReading;
}

void Connection::expire(Clock::time_point now) {
  if (now.time_since_epoch().count() < deadline_) return;
  expired_ = true;
  // A reader is woken by the end of its input and can still say 408.
  bool is_reading = phase_ == Phase::kIdle || phase_ == Phase::kReading;
  ::shutdown(descriptor_, is_reading ? SHUT_RD : SHUT_RDWR);
}

void Connection::drain() {
  if (phase_ == Phase::kIdle || phase_ == Phase::kHandshake) ::shutdown(descriptor_, SHUT_RD);
}

void Connection::abort() { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace net::http
