// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/socket_mode.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "net/http/url.h"

namespace sinks::slack {

namespace asio = boost::asio;
using base::Reason;
using net::http::WebSocket;
using Kind = Envelope::Kind;

namespace {

// A click brings its message with it, of at most 50 KB, in a form that may take six bytes for one.
constexpr std::size_t kLargestMessage = 512 * 1024;
constexpr std::chrono::seconds kGoodbye(2);

std::string host_of(std::string url) {
  if (url.starts_with("ws")) url.replace(0, 2, "http");
  auto parsed = net::http::parse_url(url);
  return parsed ? parsed.value().host : std::string();
}

// The name that a certificate is checked against is that of the API, not of where the API sends us.
net::http::Access access_of(const Options& options, const std::string& url) {
  auto access = options.access;
  if (host_of(url) != host_of(options.api_url)) access.server_name.clear();
  return access;
}

}  // namespace

Options as_app(Options options) {
  options.api_key = options.app_token;
  return options;
}

base::Task<Called<std::string>> open_socket_url(Api& app, base::Deadline deadline) {
  constexpr std::string_view kMethod = "apps.connections.open";
  constexpr std::string_view kHint =
      "app_token must be an app-level token with the scope connections:write, made on the app's page Basic Information";
  auto answer = co_await app.call(std::string(kMethod), {}, deadline);
  if (!answer) {
    auto failed = answer.error();
    if (failed.trouble == Trouble::kCredentials && !failed.code.empty()) {
      failed.hint = kHint;
      failed.error.message = "slack: " + std::string(kMethod) + ": " + failed.code + ": " + std::string(kHint);
    }
    co_return failed;
  }
  auto url = answer.value().body().find("url");
  if (url == answer.value().body().end() || !url->is_string()) {
    co_return failure_of(kMethod, base::passing(Reason::kBadAnswer, "the answer has no URL"));
  }
  co_return url->get<std::string>();
}

SocketMode::SocketMode(Options options, const Services& services, Ears ears)
    : SocketMode(std::move(options), services, std::move(ears), Pace()) {}

SocketMode::SocketMode(Options options, const Services& services, Ears ears, Pace pace)
    : options_(as_app(std::move(options))),
      user_agent_(services.user_agent),
      pace_(pace),
      ears_(std::move(ears)),
      api_(options_, services.http, services.clock, services.user_agent) {}

bool SocketMode::is_stopping() const {
  std::lock_guard lock(mutex_);
  return stopping_;
}

Listener::State SocketMode::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

void SocketMode::tell(bool is_connected, std::string detail) {
  ears_.metrics
      .gauge("tocsin_slack_socket_connected", "Whether the Socket Mode connection is in use.", {{"sink", ears_.name}})
      .Set(is_connected ? 1 : 0);
  std::lock_guard lock(mutex_);
  state_ = {is_connected, std::move(detail)};
}

void SocketMode::count_opening(std::string_view result) {
  ears_.metrics
      .counter("tocsin_slack_socket_connections_total", "Socket Mode connections that were opened, or were not.",
               {{"sink", ears_.name}, {"result", std::string(result)}})
      .Increment();
}

void SocketMode::stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  if (executor_) asio::post(*executor_, [self = shared_from_this()] { self->wake(); });
}

void SocketMode::wake() {
  timer_->cancel();
  linger_->cancel();
  if (socket_) socket_->close(kGoodbye);
  if (left_) left_->close(kGoodbye);
}

base::Task<void> SocketMode::run() {
  auto self = shared_from_this();
  auto executor = co_await asio::this_coro::executor;
  timer_.emplace(executor);
  linger_.emplace(executor);
  tasks_.emplace(executor);
  {
    std::lock_guard lock(mutex_);
    executor_ = executor;
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  for (int attempt = 1; !is_stopping(); ++attempt) {
    auto ended = co_await connect_and_listen();
    if (is_stopping()) break;
    bool had_settled = hello_at_ && std::chrono::steady_clock::now() - *hello_at_ >= pace_.settled;
    hello_at_.reset();
    if (had_settled) attempt = 1;
    if (!left_) tell(false, ended.error.message);
    if (ended.end != End::kReplaced) {
      base::log::warn("slack: the Socket Mode connection is to be opened again",
                      {{"sink", ears_.name}, {"why", ended.error.message}});
    }
    co_await pause(wait_after(ended.end, had_settled, attempt));
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await tasks_->wait();
  tell(false, "closed");
}

std::chrono::milliseconds SocketMode::wait_after(End end, bool had_settled, int attempt) {
  if (end == End::kRefused) return pace_.refused;
  if (end == End::kReplaced && had_settled) return {};
  return pace_.between.wait(attempt, ears_.rng);
}

base::Task<void> SocketMode::pause(std::chrono::milliseconds wait) {
  if (is_stopping()) co_return;
  timer_->expires_after(wait);
  boost::system::error_code ignored;
  co_await timer_->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

base::Task<SocketMode::Ended> SocketMode::connect_and_listen() {
  auto failed = co_await open();
  if (!failed) {
    expect_hello();
    failed = co_await listen();
    timer_->cancel();
  }
  if (!hello_at_) {
    count_opening(failed->end == End::kRefused ? "refused" : "failed");
    if (failed->error.reason == Reason::kCancelled) {
      failed->error = base::passing(Reason::kTimeout, "slack: no hello came");
    }
  }
  if (failed->end == End::kReplaced) {
    leave();
  } else if (socket_) {
    socket_->close(kGoodbye);
  }
  socket_.reset();
  co_return std::move(*failed);
}

base::Task<std::optional<SocketMode::Ended>> SocketMode::open() {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  auto url = co_await open_socket_url(api_, base::in(pace_.open));
  // A WebSocket can't be cancelled: stop() closes it.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!url) {
    auto trouble = url.error().trouble;
    bool is_refused = trouble == Trouble::kCredentials || trouble == Trouble::kRefused;
    co_return Ended{is_refused && !url.error().code.empty() ? End::kRefused : End::kLost, url.error().error};
  }
  if (is_stopping()) co_return Ended{End::kLost, base::passing(Reason::kCancelled, "stopped")};
  bool is_plain = url.value().starts_with("ws://");
  if (is_plain && options_.api_url.starts_with("https://")) {
    co_return Ended{End::kLost,
                    base::permanent(Reason::kBadAnswer, "slack: apps.connections.open gave a URL without TLS")};
  }
  socket_ = std::make_shared<WebSocket>(net::http::WebSocketOptions{.url = url.value(),
                                                                    .access = access_of(options_, url.value()),
                                                                    .user_agent = user_agent_,
                                                                    .max_message_bytes = kLargestMessage,
                                                                    .idle = pace_.idle});
  auto opened = co_await socket_->open(base::in(pace_.open));
  if (!opened) co_return Ended{End::kLost, opened.error()};
  co_return std::nullopt;
}

void SocketMode::expect_hello() {
  timer_->expires_after(pace_.open);
  timer_->async_wait([socket = socket_](boost::system::error_code cancelled) {
    if (!cancelled) socket->cut();
  });
}

base::Task<SocketMode::Ended> SocketMode::listen() {
  auto socket = socket_;
  while (!is_stopping()) {
    auto envelope = co_await next(socket);
    if (!envelope) co_return Ended{End::kLost, envelope.error()};
    if (envelope.value().kind == Kind::kHello) take_into_use();
    if (envelope.value().kind == Kind::kDisconnect) co_return asked_to_leave(envelope.value().reason);
    auto served = co_await serve(socket, std::move(envelope.value()));
    if (!served) co_return Ended{End::kLost, served.error()};
  }
  co_return Ended{End::kLost, base::passing(Reason::kCancelled, "stopped")};
}

SocketMode::Ended SocketMode::asked_to_leave(const std::string& reason) const {
  auto ended = [](End end, std::string why) {
    return Ended{end, base::passing(Reason::kUnavailable, "slack: " + std::move(why))};
  };
  if (reason == "link_disabled") {
    return ended(End::kRefused, "Socket Mode is switched off: switch it on, on the app's page Socket Mode");
  }
  if (reason == "too_many_websockets") {
    return ended(End::kRefused,
                 "the app has as many Socket Mode connections as it may have: fewer processes with the "
                 "role sinks, or an app of their own for some");
  }
  return ended(hello_at_ ? End::kReplaced : End::kLost, "asked to connect anew: " + reason);
}

void SocketMode::take_into_use() {
  if (hello_at_) return;
  timer_->cancel();
  hello_at_ = std::chrono::steady_clock::now();
  count_opening("opened");
  tell(true, {});
  base::log::info("slack: the Socket Mode connection is open", {{"sink", ears_.name}});
  if (!left_) return;
  linger_->expires_after(pace_.linger);
  linger_->async_wait([left = left_](boost::system::error_code cancelled) {
    if (!cancelled) left->close(kGoodbye);
  });
}

base::Task<base::Result<Envelope>> SocketMode::next(Socket socket) {
  BOOST_OUTCOME_CO_TRY(auto message, co_await socket->read());
  auto envelope = read_envelope(message);
  ears_.metrics
      .counter("tocsin_slack_socket_envelopes_total", "What came over Socket Mode.",
               {{"sink", ears_.name}, {"type", std::string(to_string(envelope.kind))}})
      .Increment();
  co_return envelope;
}

base::Task<base::Result<void>> SocketMode::serve(Socket socket, Envelope envelope) {
  bool is_done = envelope.kind == Kind::kOther;
  if (envelope.kind == Kind::kInteractive) is_done = co_await ears_.take(std::move(envelope.payload));
  if (!is_done || envelope.id.empty()) co_return base::ok();
  co_return co_await socket->write(acknowledgement(envelope.id));
}

void SocketMode::leave() {
  linger_->cancel();
  if (left_) left_->close(kGoodbye);
  left_ = socket_;
  tasks_->spawn(hear_out(left_));
}

base::Task<void> SocketMode::hear_out(Socket socket) {
  while (auto envelope = co_await next(socket)) {
    if (!co_await serve(socket, std::move(envelope.value()))) break;
  }
  if (left_ != socket) co_return;
  left_.reset();
  if (!hello_at_) tell(false, "slack: the connection was replaced, and the next is not open yet");
}

}  // namespace sinks::slack
