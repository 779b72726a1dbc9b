// SPDX-License-Identifier: Apache-2.0
#include "net/http/websocket.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <optional>

#include "net/http/client_context.h"
#include "net/http/proxy.h"
#include "net/http/url.h"

namespace net::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using beast::error_code;

namespace {

using base::Reason;

// Of a proxy's answer: there is no body, and nobody speaks before we do.
constexpr std::size_t kLargestHead = 16 * 1024;
// For who has said goodbye to close the socket, too. There are servers that don't.
constexpr std::chrono::seconds kClosing(1);

auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

// The connection as far as it does not matter what is below it.
class Link {
 public:
  virtual ~Link() = default;
  virtual beast::tcp_stream& socket() = 0;
  virtual base::Task<error_code> secure() = 0;
  // Sets `status` to that of the answer, which is not 101 where the other side declines.
  virtual base::Task<error_code> upgrade(std::string host, std::string target, unsigned& status) = 0;
  virtual base::Task<error_code> read(std::string& message) = 0;
  virtual base::Task<error_code> write(const std::string& text) = 0;
  virtual void close(std::function<void()> done) = 0;
  // What to do when the other side says goodbye.
  virtual void on_goodbye(std::function<void()> act) = 0;
};

template <class Below>
class LinkOver final : public Link {
 public:
  template <class... Given>
  LinkOver(const WebSocketOptions& options, Given&&... given) : stream_(std::forward<Given>(given)...) {
    // The deadline of the handshake is that of open().
    stream_.set_option(websocket::stream_base::timeout{
        .handshake_timeout = websocket::stream_base::none(), .idle_timeout = options.idle, .keep_alive_pings = true});
    stream_.set_option(
        websocket::stream_base::decorator([agent = options.user_agent](websocket::request_type& request) {
          request.set(beast::http::field::user_agent, agent);
        }));
    stream_.read_message_max(options.max_message_bytes);
  }

  websocket::stream<Below>& stream() { return stream_; }
  beast::tcp_stream& socket() override { return beast::get_lowest_layer(stream_); }

  base::Task<error_code> secure() override {
    error_code error;
    if constexpr (!std::is_same_v<Below, beast::tcp_stream>) {
      co_await stream_.next_layer().async_handshake(asio::ssl::stream_base::client, into(error));
    }
    co_return error;
  }
  base::Task<error_code> upgrade(std::string host, std::string target, unsigned& status) override {
    error_code error;
    websocket::response_type response;
    co_await stream_.async_handshake(response, host, target, into(error));
    status = response.result_int();
    co_return error;
  }
  base::Task<error_code> read(std::string& message) override {
    error_code error;
    beast::flat_buffer buffer;
    co_await stream_.async_read(buffer, into(error));
    if (!error) message = beast::buffers_to_string(buffer.data());
    co_return error;
  }
  base::Task<error_code> write(const std::string& text) override {
    error_code error;
    stream_.text(true);
    co_await stream_.async_write(asio::buffer(text), into(error));
    co_return error;
  }
  void close(std::function<void()> done) override {
    stream_.async_close(websocket::close_code::going_away, [done = std::move(done)](error_code) { done(); });
  }
  void on_goodbye(std::function<void()> act) override {
    stream_.control_callback([act = std::move(act)](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::close) act();
    });
  }

 private:
  websocket::stream<Below> stream_;
};

// Of wss and ws: the same parts as of https and http.
base::Result<Url> parse(const std::string& url) {
  bool is_secure = url.starts_with("wss://");
  if (!is_secure && !url.starts_with("ws://")) {
    return base::permanent(Reason::kBadAnswer, "not a WebSocket's URL");
  }
  return parse_url((is_secure ? "https" : "http") + url.substr(url.find(':')));
}

base::Result<std::unique_ptr<Link>> make_link(const WebSocketOptions& options, const Url& url,
                                              const base::Executor& executor,
                                              std::optional<asio::ssl::context>& context) {
  if (url.scheme == "http") {
    return std::unique_ptr<Link>(std::make_unique<LinkOver<beast::tcp_stream>>(options, executor));
  }
  BOOST_OUTCOME_TRY(auto made, client_context(options.access));
  context.emplace(std::move(made));
  auto link = std::make_unique<LinkOver<asio::ssl::stream<beast::tcp_stream>>>(options, executor, *context);
  auto& tls = link->stream().next_layer();
  const std::string& name = options.access.server_name.empty() ? url.host : options.access.server_name;
  error_code is_no_address;
  asio::ip::make_address(name, is_no_address);
  if (is_no_address) SSL_set_tlsext_host_name(tls.native_handle(), name.c_str());
  tls.set_verify_mode(options.access.insecure_skip_verify ? asio::ssl::verify_none : asio::ssl::verify_peer);
  if (!options.access.insecure_skip_verify) tls.set_verify_callback(asio::ssl::host_name_verification(name));
  return std::unique_ptr<Link>(std::move(link));
}

}  // namespace

struct WebSocket::State : std::enable_shared_from_this<State> {
  explicit State(WebSocketOptions given) : options(std::move(given)) {}

  base::Task<base::Result<void>> connect(Url url, std::optional<Url> proxy);
  base::Task<base::Result<void>> reach(Url next);
  base::Task<base::Result<void>> tunnel(Url url, Url proxy);
  void cut_at(base::Deadline deadline);
  void expect_the_end();
  void cut();
  base::Error error_of(const error_code& error, std::string_view doing) const;

  const WebSocketOptions options;
  std::string origin;
  std::optional<asio::ssl::context> context;  // Before the link, which uses it.
  std::unique_ptr<Link> link;
  std::optional<tcp::resolver> resolver;
  std::optional<asio::steady_timer> limit;
  bool is_open = false;
  bool is_closing = false;
  bool was_left = false;
  bool is_late = false;
  bool is_cut = false;
};

void WebSocket::State::cut_at(base::Deadline deadline) {
  limit->expires_at(deadline);
  limit->async_wait([weak = weak_from_this()](error_code cancelled) {
    auto self = weak.lock();
    if (cancelled || !self) return;
    self->is_late = true;
    self->cut();
  });
}

void WebSocket::State::expect_the_end() {
  was_left = true;
  if (!is_closing) cut_at(base::in(kClosing));
}

void WebSocket::State::cut() {
  is_cut = true;
  if (resolver) resolver->cancel();
  if (link) link->socket().close();
}

base::Error WebSocket::State::error_of(const error_code& error, std::string_view doing) const {
  auto text = [&](std::string_view what) { return origin + ": " + std::string(doing) + ": " + std::string(what); };
  if (was_left) return base::passing(Reason::kUnavailable, text("closed by the other side"));
  if (is_late) return base::passing(Reason::kTimeout, text("it took too long"));
  if (is_cut) return base::passing(Reason::kCancelled, text("given up"));
  if (error == beast::error::timeout) return base::passing(Reason::kTimeout, text("nothing came for too long"));
  if (error == websocket::error::message_too_big) return base::passing(Reason::kTooLarge, text("a message too large"));
  if (error == websocket::error::closed) return base::passing(Reason::kUnavailable, text("closed by the other side"));
  return base::passing(Reason::kUnreachable, text(error.message()));
}

base::Task<base::Result<void>> WebSocket::State::reach(Url next) {
  error_code error;
  auto found = co_await resolver->async_resolve(next.host, std::to_string(next.port), into(error));
  if (error || is_cut) co_return error_of(error, "finding " + http::origin(next));
  co_await link->socket().async_connect(found, into(error));
  if (error || is_cut) co_return error_of(error, "connecting to " + http::origin(next));
  link->socket().socket().set_option(tcp::no_delay(true), error);
  co_return base::ok();
}

base::Task<base::Result<void>> WebSocket::State::tunnel(Url url, Url proxy) {
  error_code error;
  const auto request = tunnel_request(url, proxy, options.user_agent);
  co_await asio::async_write(link->socket(), asio::buffer(request), into(error));
  std::string head;
  if (!error) {
    co_await asio::async_read_until(link->socket(), asio::dynamic_buffer(head, kLargestHead), "\r\n\r\n", into(error));
  }
  if (error || is_cut) co_return error_of(error, "asking the proxy " + http::origin(proxy));
  int status = tunnel_status(head);
  if (status / 100 != 2) {
    auto said = status == 0 ? std::string("is none for HTTP") : "declined, HTTP " + std::to_string(status);
    co_return base::passing(Reason::kUnavailable, origin + ": the proxy " + http::origin(proxy) + " " + said);
  }
  co_return base::ok();
}

base::Task<base::Result<void>> WebSocket::State::connect(Url url, std::optional<Url> proxy) {
  BOOST_OUTCOME_CO_TRY(co_await reach(proxy ? *proxy : url));
  if (proxy) {
    BOOST_OUTCOME_CO_TRY(co_await tunnel(url, *proxy));
  }
  auto error = co_await link->secure();
  if (error || is_cut) co_return error_of(error, "TLS");
  unsigned status = 0;
  auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  auto target = url.query.empty() ? url.path : url.path + "?" + url.query;
  error = co_await link->upgrade(host + ":" + std::to_string(url.port), std::move(target), status);
  if (error == websocket::error::upgrade_declined && !is_cut) {
    co_return base::passing(Reason::kUnavailable, origin + ": declined, HTTP " + std::to_string(status));
  }
  if (error || is_cut) co_return error_of(error, "the WebSocket's handshake");
  co_return base::ok();
}

WebSocket::WebSocket(WebSocketOptions options) : state_(std::make_shared<State>(std::move(options))) {}

WebSocket::~WebSocket() {
  if (!state_->is_closing) state_->cut();
}

base::Task<base::Result<void>> WebSocket::open(base::Deadline deadline) {
  auto state = state_;
  BOOST_OUTCOME_CO_TRY(auto url, parse(state->options.url));
  auto executor = co_await asio::this_coro::executor;
  state->origin = origin(url);
  BOOST_OUTCOME_CO_TRY(auto proxy, proxy_for(url, state->options.access.proxy_url));
  BOOST_OUTCOME_CO_TRY(state->link, make_link(state->options, url, executor, state->context));
  state->resolver.emplace(executor);
  state->limit.emplace(executor);
  state->cut_at(deadline);
  BOOST_OUTCOME_CO_TRY(co_await state->connect(std::move(url), std::move(proxy)));
  state->limit->cancel();
  state->is_open = true;
  state->link->on_goodbye([weak = state->weak_from_this()] {
    if (auto self = weak.lock()) self->expect_the_end();
  });
  co_return base::ok();
}

base::Task<base::Result<std::string>> WebSocket::read() {
  auto state = state_;
  std::string message;
  auto error = co_await state->link->read(message);
  if (error) co_return state->error_of(error, "reading");
  co_return message;
}

base::Task<base::Result<void>> WebSocket::write(std::string text) {
  auto state = state_;
  auto error = co_await state->link->write(text);
  if (error) co_return state->error_of(error, "writing");
  co_return base::ok();
}

void WebSocket::close(std::chrono::milliseconds patience) {
  if (state_->is_closing) return;
  if (!state_->is_open || state_->is_cut) return state_->cut();
  state_->is_closing = true;
  state_->cut_at(base::in(patience));
  state_->link->close([state = state_] { state->limit->cancel(); });
}

void WebSocket::cut() { state_->cut(); }

}  // namespace net::http
