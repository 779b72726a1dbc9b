// SPDX-License-Identifier: Apache-2.0
#include "net/http/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/relay.h"
#include "tests/fakes/websocket_server.h"

namespace net::http {
namespace {

using base::Reason;
using fakes::WebSocketServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr std::chrono::minutes kNever(10);
constexpr std::chrono::milliseconds kShort(200);

struct WebSocketTest : testing::Test {
  ~WebSocketTest() override { drop(); }

  WebSocketOptions options(const std::string& scheme = "ws", const std::string& host = "127.0.0.1") {
    return {.url = scheme + "://" + host + ":" + std::to_string(server.port()) + "/link/?ticket=secret",
            .user_agent = "tocsin/test",
            .idle = kNever};
  }
  base::Result<void> open(WebSocketOptions with, base::Deadline deadline = base::in(kNever)) {
    drop();
    socket = std::make_shared<WebSocket>(std::move(with));
    return loop.run(open_on(socket, deadline));
  }
  base::Result<std::string> read() { return loop.run(read_on(socket)); }
  base::Result<void> write(std::string text) { return loop.run(write_on(socket, std::move(text))); }
  // Something that is done where the connection lives.
  void there(std::function<void(WebSocket&)> what) { loop.run(do_on(socket, std::move(what))); }
  void drop() {
    if (socket) loop.run(drop_on(std::move(socket)));
  }

  static base::Task<base::Result<void>> open_on(std::shared_ptr<WebSocket> socket, base::Deadline deadline) {
    co_return co_await socket->open(deadline);
  }
  static base::Task<base::Result<std::string>> read_on(std::shared_ptr<WebSocket> socket) {
    co_return co_await socket->read();
  }
  static base::Task<base::Result<void>> write_on(std::shared_ptr<WebSocket> socket, std::string text) {
    co_return co_await socket->write(std::move(text));
  }
  static base::Task<void> do_on(std::shared_ptr<WebSocket> socket, std::function<void(WebSocket&)> what) {
    what(*socket);
    co_return;
  }
  static base::Task<void> drop_on(std::shared_ptr<WebSocket>) { co_return; }

  WebSocketServer server{"welcome"};
  fakes::IoThread loop;
  std::shared_ptr<WebSocket> socket;
};

TEST_F(WebSocketTest, SaysAndHears) {
  ASSERT_TRUE(open(options()));

  EXPECT_EQ(read().value(), "welcome");
  ASSERT_TRUE(write("one"));
  ASSERT_TRUE(write("two"));

  ASSERT_TRUE(server.wait_until([&] { return server.heard().size() == 2; }));
  EXPECT_THAT(server.heard(), ElementsAre("one", "two"));
  ASSERT_THAT(server.handshakes(), SizeIs(1));
  EXPECT_THAT(server.handshakes()[0], HasSubstr("GET /link/?ticket=secret HTTP/1.1"));
  EXPECT_THAT(server.handshakes()[0], HasSubstr("User-Agent: tocsin/test"));
}

TEST_F(WebSocketTest, AMessageOverTheBoundEndsIt) {
  auto small = options();
  small.max_message_bytes = 1000;
  ASSERT_TRUE(open(small));
  ASSERT_TRUE(read());

  server.send(std::string(1000, 'x'));
  EXPECT_EQ(read().value().size(), 1000u);
  server.send(std::string(1001, 'x'));

  EXPECT_EQ(read().error().reason, Reason::kTooLarge);
  EXPECT_FALSE(write("more"));
}

TEST_F(WebSocketTest, SaysWhyThereIsNone) {
  server.set_mood(WebSocketServer::Mood::kRefusing);
  auto refused = open(options());
  EXPECT_EQ(refused.error().reason, Reason::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("403"));

  server.set_mood(WebSocketServer::Mood::kDumb);
  EXPECT_EQ(open(options(), base::in(kShort)).error().reason, Reason::kTimeout);

  auto nowhere = options();
  nowhere.url = "ws://127.0.0.1:1/link?ticket=secret";
  auto unreachable = open(nowhere);
  EXPECT_EQ(unreachable.error().reason, Reason::kUnreachable);
  EXPECT_THAT(unreachable.error().message, Not(HasSubstr("secret")));

  for (const char* url : {"http://127.0.0.1/", "wss://", "", "ws:/x"}) {
    auto other = options();
    other.url = url;
    EXPECT_FALSE(open(other)) << url;
  }
}

TEST_F(WebSocketTest, WhatSpeaksHttpOnlyIsDeclined) {
  fakes::FakeHttpServer http;
  http.answer_with(200, "a page");
  auto elsewhere = options();
  elsewhere.url = "ws://127.0.0.1:" + std::to_string(http.port()) + "/";

  EXPECT_THAT(open(elsewhere).error().message, HasSubstr("HTTP 200"));

  http.pull({.bytes = "HTTP/1.1 101 Switching Protocols\r\nX: " + std::string(100'000, 'x'), .then_close = true});
  EXPECT_FALSE(open(elsewhere)) << "a head has a bound";
}

TEST_F(WebSocketTest, ASilentOtherSideIsAskedAndThenGivenUp) {
  auto impatient = options();
  impatient.idle = std::chrono::seconds(4);
  ASSERT_TRUE(open(impatient));
  ASSERT_TRUE(read());
  auto reading = loop.begin(read_on(socket));
  ASSERT_TRUE(server.wait_until([&] { return server.pings() >= 3; })) << "two are sent in a time of silence";
  server.send("still there");
  EXPECT_EQ(reading.get().value(), "still there");

  server.set_mood(WebSocketServer::Mood::kDeaf);
  impatient.idle = kShort;
  ASSERT_TRUE(open(impatient));
  ASSERT_TRUE(read());
  EXPECT_EQ(read().error().reason, Reason::kTimeout);
  EXPECT_FALSE(write("it stays over"));
}

TEST_F(WebSocketTest, ACutOrClosedConnectionEndsARead) {
  ASSERT_TRUE(open(options()));
  ASSERT_TRUE(read());
  server.cut();
  EXPECT_EQ(read().error().reason, Reason::kUnreachable);

  ASSERT_TRUE(open(options()));
  ASSERT_TRUE(read());
  auto reading = loop.begin(read_on(socket));
  there([](WebSocket& at) { at.cut(); });
  EXPECT_EQ(reading.get().error().reason, Reason::kCancelled);
}

TEST_F(WebSocketTest, SaysGoodbyeAndDoesNotWaitForItForever) {
  ASSERT_TRUE(open(options()));
  ASSERT_TRUE(read());
  auto reading = loop.begin(read_on(socket));
  there([](WebSocket& at) { at.close(kNever); });
  EXPECT_FALSE(reading.get());
  EXPECT_TRUE(server.wait_until([&] { return server.goodbyes() == 1; }));

  server.set_mood(WebSocketServer::Mood::kDeaf);
  ASSERT_TRUE(open(options()));
  ASSERT_TRUE(read());
  reading = loop.begin(read_on(socket));
  there([](WebSocket& at) { at.close(kShort); });
  EXPECT_FALSE(reading.get());
}

TEST_F(WebSocketTest, AGoodbyeEndsItThoughTheSocketStaysOpen) {
  ASSERT_TRUE(open(options()));
  ASSERT_TRUE(read());
  server.close();
  EXPECT_EQ(read().error().reason, Reason::kUnavailable);

  server.set_mood(WebSocketServer::Mood::kDeaf);
  ASSERT_TRUE(open(options()));
  ASSERT_TRUE(read());
  server.close();
  EXPECT_EQ(read().error().reason, Reason::kUnavailable) << "long before it is idle";
}

TEST_F(WebSocketTest, CloseEndsAnOpening) {
  server.set_mood(WebSocketServer::Mood::kDumb);
  socket = std::make_shared<WebSocket>(options());
  auto opening = loop.begin(open_on(socket, base::in(kNever)));
  ASSERT_TRUE(server.wait_until([&] { return server.connections() == 1; }));

  there([](WebSocket& at) { at.close(kNever); });

  EXPECT_EQ(opening.get().error().reason, Reason::kCancelled);
}

TEST_F(WebSocketTest, GoesThroughAProxyThatKnowsTheHost) {
  fakes::FakeProxy proxy("Basic dXNlcjp3b3Jk");
  auto through = options("ws", "only-the-proxy-knows.invalid");
  through.access.proxy_url = proxy.url("user:word");
  ASSERT_TRUE(open(through));
  EXPECT_EQ(read().value(), "welcome");
  EXPECT_THAT(proxy.requests(), ElementsAre(HasSubstr("CONNECT only-the-proxy-knows.invalid:")));

  through.access.proxy_url = proxy.url("user:wrong");
  auto refused = open(through);
  EXPECT_EQ(refused.error().reason, Reason::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("HTTP 407"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("wrong")));

  through.access.proxy_url = "socks5://127.0.0.1:1";
  EXPECT_EQ(open(through).error().reason, Reason::kBadRequest);
}

TEST_F(WebSocketTest, AProxyThatIsNoneIsNamed) {
  fakes::FakeHttpServer none;
  none.pull({.bytes = std::string(100'000, 'x'), .then_close = true});
  auto through = options();
  through.access.proxy_url = none.url();

  auto refused = open(through);

  EXPECT_THAT(refused.error().message, HasSubstr("the proxy http://127.0.0.1:" + std::to_string(none.port())));
}

struct SecureWebSocketTest : WebSocketTest {
  WebSocketOptions secure() {
    auto made = options("wss");
    made.url = "wss://127.0.0.1:" + std::to_string(front.port()) + "/";
    return made;
  }
  static std::shared_ptr<ServerTls> serve(const fakes::Certificates::Pair& pair, base::Metrics& metrics) {
    return ServerTls::open({.cert_file = pair.cert_file, .key_file = pair.key_file}, metrics).value();
  }

  base::Metrics metrics;
  fakes::Certificates certificates;
  std::shared_ptr<ServerTls> tls = serve(certificates.issue("slack.internal"), metrics);
  fakes::TlsFront front{*tls, server.port()};
};

TEST_F(SecureWebSocketTest, TrustsWhomTheAuthorityVouchesForUnderThatName) {
  auto trusting = secure();
  trusting.access.ca_file = certificates.ca_file();
  ASSERT_TRUE(open(trusting));
  EXPECT_EQ(read().value(), "welcome");
  ASSERT_TRUE(write("over TLS"));
  EXPECT_TRUE(server.wait_until([&] { return !server.heard().empty(); }));

  trusting.access.server_name = "slack.internal";
  EXPECT_TRUE(open(trusting));
  trusting.access.server_name = "another.internal";
  EXPECT_EQ(open(trusting).error().reason, Reason::kUnreachable);
}

TEST_F(SecureWebSocketTest, TrustsNobodyElse) {
  EXPECT_EQ(open(secure()).error().reason, Reason::kUnreachable);

  auto careless = secure();
  careless.access.insecure_skip_verify = true;
  EXPECT_TRUE(open(careless));

  auto wrong = secure();
  wrong.access.ca_file = "/nonexistent/ca.pem";
  EXPECT_THAT(open(wrong).error().message, HasSubstr("/nonexistent/ca.pem"));
}

TEST_F(SecureWebSocketTest, IsCheckedBehindAProxyToo) {
  fakes::FakeProxy proxy;
  auto through = secure();
  through.url = "wss://slack.internal:" + std::to_string(front.port()) + "/";
  through.access.proxy_url = proxy.url();
  EXPECT_EQ(open(through).error().reason, Reason::kUnreachable);

  through.access.ca_file = certificates.ca_file();
  ASSERT_TRUE(open(through)) << "it is checked against the host, which only the proxy could find";
  EXPECT_EQ(read().value(), "welcome");
  through.url = "wss://another.internal:" + std::to_string(front.port()) + "/";
  EXPECT_FALSE(open(through));
}

}  // namespace
}  // namespace net::http
