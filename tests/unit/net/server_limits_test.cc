// SPDX-License-Identifier: Apache-2.0
// What a server does to those who mean it ill: raw bytes, slow bytes, many connections.
#include <fmt/format.h>

#include <future>

#include "tests/unit/net/running_server.h"

namespace net::http {
namespace {

class ServerLimits : public RunningServer {
 protected:
  void start(const Admission& admit = {}) {
    make_echo(admit);
    server_->route("POST", "/wait", [this](ServerRequest) { return hold(); });
    ASSERT_TRUE(server_->start());
  }

  double refused(const std::string& reason) {
    return metrics_
        .counter("tocsin_http_refused_total", "Connections and requests that were not served.", {{"reason", reason}})
        .Value();
  }
};

TEST_F(ServerLimits, AnOpenConnectionThatAsksNothingIsClosedAsSoonAsASlowHead) {
  options_.header_timeout = std::chrono::seconds(1);
  start();
  auto silent = connect();

  EXPECT_TRUE(silent.is_closed());
}

TEST_F(ServerLimits, WhatIsRefusedIsLoggedOnceAMinute) {
  start();
  testing::internal::CaptureStderr();

  for (int i = 0; i < 3; ++i) {
    auto encoded = connect();
    encoded.send(kPostEcho + std::string("Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"));
    EXPECT_EQ(encoded.read().status, 415);
  }

  EXPECT_EQ(refused("encoding"), 3);
  std::string log = testing::internal::GetCapturedStderr();
  auto line = log.find("server: requests are refused");
  ASSERT_NE(line, std::string::npos) << log;
  EXPECT_NE(log.find(R"("reason":"encoding","peer":"127.0.0.1","path":"/echo","times":1)"), std::string::npos) << log;
  EXPECT_EQ(log.find("server: requests are refused", line + 1), std::string::npos) << log;
}

TEST_F(ServerLimits, AHeadThatDripsIsEndedHoweverOftenABytesComes) {
  options_.header_timeout = std::chrono::seconds(1);
  start();
  auto dripping = connect();
  dripping.send("GET /echo HTTP/1.1\r\nHost: t\r\n");

  // Keeps sending until the server has had enough.
  auto drip = std::async(std::launch::async, [&] {
    while (dripping.send("X: 1\r\n") && refused("slow_head") == 0) std::this_thread::yield();
  });
  drip.wait();

  EXPECT_EQ(refused("slow_head") + refused("head_too_large"), 1);
}

TEST_F(ServerLimits, ABodyBelowTheLowestRateIsEndedLongBeforeItsDeadline) {
  options_.body_patience = std::chrono::seconds(1);
  options_.body_timeout = std::chrono::hours(1);
  start();
  auto slow = connect();
  auto slow_chunks = connect();

  slow.send(kPostEcho + std::string("Content-Length: 100000\r\n\r\nabc"));
  slow_chunks.send(kPostEcho + std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nab"));

  EXPECT_EQ(slow.read().status, 408);
  EXPECT_EQ(slow_chunks.read().status, 408);
  EXPECT_EQ(refused("slow_body"), 2);
}

TEST_F(ServerLimits, ABodyThatEndsTooEarlyIsCounted) {
  start();
  auto client = connect();

  client.send(kPostEcho + std::string("Content-Length: 10\r\n\r\nabc"));
  client.end_sending();

  EXPECT_EQ(client.read().status, 400);
  EXPECT_EQ(refused("short_body"), 1);
}

TEST_F(ServerLimits, TooManyHeadersAreRefused) {
  options_.max_headers = 20;
  start();
  std::string fits, exceeds;
  for (int i = 0; i < 19; ++i) fits += "X: 1\r\n";
  for (int i = 0; i < 20; ++i) exceeds += "X: 1\r\n";

  EXPECT_EQ(connect().ask("GET /echo HTTP/1.1\r\nHost: t\r\n" + fits + "\r\n").status, 200);
  auto answer = connect().ask("GET /echo HTTP/1.1\r\nHost: t\r\n" + exceeds + "\r\n");
  EXPECT_EQ(answer.status, 431);
  EXPECT_NE(answer.body.find("20 headers"), std::string::npos) << answer.body;
  EXPECT_EQ(refused("head_too_large"), 1);
}

TEST_F(ServerLimits, ATooLargeBodySaysWhatTheLimitIs) {
  options_.max_body_bytes = 1000;
  start();

  auto answer = connect().ask(post(std::string(1001, 'x')));

  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, "{\"error\":\"the body is larger than 1000 bytes\"}\n");
  EXPECT_EQ(refused("body_too_large"), 1);
}

TEST_F(ServerLimits, ARouteMayHaveASmallerBoundOfItsOwn) {
  make_echo();
  server_->route("POST", "/small", echo, {}, 1000);
  ASSERT_TRUE(server_->start());
  const std::string head = "POST /small HTTP/1.1\r\nHost: t\r\n";
  auto chunk = [](std::size_t size) { return fmt::format("{:x}\r\n{}\r\n", size, std::string(size, 'x')); };

  EXPECT_EQ(connect().ask(head + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x')).status, 200);
  auto announced = connect().ask(head + "Content-Length: 1001\r\n\r\n");
  EXPECT_EQ(announced.status, 413) << "not a byte of it was sent";
  EXPECT_EQ(announced.body, "{\"error\":\"the body is larger than 1000 bytes\"}\n");
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(connect().ask(chunked + chunk(500) + chunk(500) + "0\r\n\r\n").status, 200);
  EXPECT_EQ(connect().ask(chunked + chunk(500) + chunk(501)).status, 413) << "there may be more, which is not awaited";
  EXPECT_EQ(refused("body_too_large"), 2);
  EXPECT_EQ(connect().ask(post(std::string(5000, 'x'))).status, 200) << "other routes";
}

TEST_F(ServerLimits, OnePeerGetsSoManyConnectionsOnly) {
  options_.max_connections_per_peer = 2;
  start();
  auto first = connect();
  auto second = connect();
  ASSERT_EQ(first.ask(post("a")).status, 200);
  ASSERT_EQ(second.ask(post("a")).status, 200);

  auto third = connect();
  auto answer = third.ask(post("a"));

  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("of yours"), std::string::npos) << answer.body;
  EXPECT_EQ(first.ask(post("a")).status, 200);
  EXPECT_EQ(refused("connections_of_peer"), 1);
}

TEST_F(ServerLimits, APlaceOfAPeerIsFreeAgainAfterItsConnection) {
  options_.max_connections_per_peer = 1;
  start();
  auto& open = metrics_.gauge("tocsin_http_connections", "Open connections of clients");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(connect().ask("GET /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").status, 200);
    while (open.Value() > 0) std::this_thread::yield();
  }
}

TEST_F(ServerLimits, RequestsWithABodyAreBoundedAndHealthIsNot) {
  options_.max_requests = 1;
  start();
  auto busy = connect();
  busy.send("POST /wait HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\na");
  wait_until_held();

  auto refused_one = connect().ask(post("a"));

  EXPECT_EQ(refused_one.status, 503);
  EXPECT_NE(refused_one.head.find("Retry-After: 1"), std::string::npos);
  EXPECT_EQ(connect().ask("GET /echo HTTP/1.1\r\nHost: t\r\n\r\n").status, 200);
  EXPECT_EQ(refused("requests"), 1);
  let_go();
  EXPECT_EQ(busy.read().status, 200);
  EXPECT_EQ(connect().ask(post("a")).status, 200);
}

TEST_F(ServerLimits, BodiesUnderWayHaveSoMuchMemoryTogether) {
  options_.max_body_memory = 100'000;
  start();
  auto half_sent = connect();
  half_sent.send(kPostEcho + std::string("Content-Length: 90000\r\nExpect: 100-continue\r\n\r\n"));
  ASSERT_EQ(half_sent.read().status, 100);
  half_sent.send(std::string(70'000, 'x'));
  // Once what was sent is in, another body of that size has no room.
  auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  int status = 0;
  while (status != 503 && std::chrono::steady_clock::now() < limit) {
    status = connect().ask(post(std::string(60'000, 'y'))).status;
  }

  EXPECT_EQ(status, 503);
  EXPECT_EQ(connect().ask(post("small")).status, 200);
  half_sent.send(std::string(20'000, 'x'));
  EXPECT_EQ(half_sent.read().status, 200);
  EXPECT_EQ(connect().ask(post(std::string(60'000, 'y'))).status, 200);
}

TEST_F(ServerLimits, ChunkedBodiesCountToo) {
  options_.max_body_memory = 1000;
  start();
  std::string chunk = "400\r\n" + std::string(1024, 'z') + "\r\n";

  EXPECT_EQ(connect().ask(kPostEcho + ("Transfer-Encoding: chunked\r\n\r\n" + chunk)).status, 503);
  EXPECT_EQ(refused("body_memory"), 1);
}

TEST_F(ServerLimits, CompressedBodiesAreRefusedBeforeTheyAreRead) {
  start();

  auto answer = connect().ask(kPostEcho + std::string("Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n"));

  EXPECT_EQ(answer.status, 415);
  EXPECT_NE(answer.head.find("Accept-Encoding: identity\r\n"), std::string::npos);
  EXPECT_EQ(connect().ask(kPostEcho + std::string("Content-Encoding: identity\r\nContent-Length: 1\r\n\r\na")).status,
            200);
}

TEST_F(ServerLimits, OtherExpectationsAreNotMet) {
  start();

  EXPECT_EQ(connect().ask(kPostEcho + std::string("Expect: tea\r\nContent-Length: 1\r\n\r\na")).status, 417);
}

TEST_F(ServerLimits, WhoIsNotAdmittedIsToldSoBeforeTheBody) {
  start([](const ServerRequest& head) -> std::optional<ServerResponse> {
    if (find_header(head.headers, "Authorization") == "x" && head.is_loopback && head.peer == "127.0.0.1") return {};
    return refuse(401, "no");
  });

  auto with_body = connect();
  EXPECT_EQ(with_body.ask(kPostEcho + std::string("Content-Length: 5000000\r\n\r\n")).status, 401);
  EXPECT_TRUE(with_body.is_closed());
  auto without = connect();
  EXPECT_EQ(without.ask("GET /echo HTTP/1.1\r\nHost: t\r\n\r\n").status, 401);
  EXPECT_EQ(without.ask("GET /echo HTTP/1.1\r\nHost: t\r\nAuthorization: x\r\n\r\n").status, 200);
  EXPECT_EQ(refused("unauthorized"), 2);
}

TEST_F(ServerLimits, OptionsSayWhatIsAllowed) {
  start();
  auto client = connect();

  auto answer = client.ask("OPTIONS /echo HTTP/1.1\r\nHost: t\r\n\r\n");

  EXPECT_EQ(answer.status, 204);
  EXPECT_NE(answer.head.find("Allow: GET, POST, HEAD, OPTIONS\r\n"), std::string::npos) << answer.head;
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n").status, 204);
  EXPECT_EQ(client.ask("OPTIONS /nowhere HTTP/1.1\r\nHost: t\r\n\r\n").status, 404);
  EXPECT_EQ(client.ask("TRACE /echo HTTP/1.1\r\nHost: t\r\n\r\n").status, 405);
}

TEST_F(ServerLimits, ATunnelIsNotOffered) {
  start();

  EXPECT_EQ(connect().ask("CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n").status, 400);
}

}  // namespace
}  // namespace net::http
