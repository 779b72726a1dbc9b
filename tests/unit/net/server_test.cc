// SPDX-License-Identifier: Apache-2.0
#include "net/http/server.h"

#include <future>

#include "tests/unit/net/running_server.h"

namespace net::http {
namespace {

class ServerTest : public RunningServer {
 protected:
  void start() {
    make_echo();
    server_->route("POST", "/throws", [](ServerRequest) -> base::Task<ServerResponse> {
      throw std::runtime_error("broken");
      co_return ServerResponse{};
    });
    server_->route("GET", "/big", [](ServerRequest) -> base::Task<ServerResponse> {
      ServerResponse response;
      response.body.assign(16 * 1024 * 1024, 'b');
      co_return response;
    });
    server_->route("GET", "/slow", [this](ServerRequest) { return hold(); });
    ASSERT_TRUE(server_->start());
  }
};

TEST_F(ServerTest, AnswersRequestsOneAfterAnotherOnOneConnection) {
  start();
  auto client = connect();

  auto first = client.ask(get("/echo?a=1"));
  auto second = client.ask(post("hello"));

  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "GET /echo?a=1 ");
  EXPECT_NE(first.head.find("Content-Type: application/json"), std::string::npos);
  EXPECT_NE(first.head.find("Date: "), std::string::npos);
  EXPECT_EQ(second.body, "POST /echo? hello");
}

TEST_F(ServerTest, ReadsARequestThatArrivesByteByByte) {
  start();
  auto client = connect();

  for (char c : post("drip")) ASSERT_TRUE(client.send(std::string_view(&c, 1)));

  EXPECT_EQ(client.read().body, "POST /echo? drip");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto client = connect();
  std::string all;
  for (int i = 0; i < 200; ++i) all += i % 2 ? post(std::to_string(i)) : get("/echo?" + std::to_string(i));

  client.send(all);

  for (int i = 0; i < 200; ++i) {
    auto number = std::to_string(i);
    EXPECT_EQ(client.read().body, i % 2 ? "POST /echo? " + number : "GET /echo?" + number + " ");
  }
}

TEST_F(ServerTest, ReadsBodiesUpToTheLimitAndRefusesMore) {
  options_.max_body_bytes = 1'000'000;
  start();
  std::string largest(1'000'000, 'x');

  EXPECT_EQ(connect().ask(post(largest)).body, "POST /echo? " + largest);
  EXPECT_EQ(connect().ask(post(largest + "x")).status, 413);
}

TEST_F(ServerTest, KeepsTheConnectionAfterALargeBody) {
  start();
  auto client = connect();
  std::string body(50'000, 'y');

  EXPECT_EQ(client.ask(post(body) + post("next")).body, "POST /echo? " + body);
  EXPECT_EQ(client.read().body, "POST /echo? next");
}

TEST_F(ServerTest, ReadsChunkedBodiesAndWhatFollows) {
  start();
  auto client = connect();
  std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: dropped\r\n\r\n";

  EXPECT_EQ(client.ask(chunked + get("/echo")).body, "POST /echo? abcdefg");
  EXPECT_EQ(client.read().body, "GET /echo? ");
}

TEST_F(ServerTest, ReadsChunksByteByByte) {
  start();
  auto client = connect();
  std::string head = "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";

  for (char c : head + "A\r\n0123456789\r\n0\r\n\r\n") ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.read().body, "POST /echo? 0123456789");
  for (char c : head + "0\r\n\r\n") ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.read().body, "POST /echo? ");
}

TEST_F(ServerTest, BoundsChunkedBodies) {
  options_.max_body_bytes = 1000;
  start();
  auto client = connect();
  std::string chunk = "100\r\n" + std::string(256, 'z') + "\r\n";

  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + chunk);

  EXPECT_EQ(client.read().status, 413);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, AsksForTheBodyOnlyWhenTheRequestIsWanted) {
  options_.max_body_bytes = 1000;
  start();
  auto head = [](int length) {
    return "POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(length) +
           "\r\n\r\n";
  };
  auto wanted = connect();
  auto unwanted = connect();

  EXPECT_EQ(wanted.ask(head(4)).status, 100);
  EXPECT_EQ(wanted.ask("body").body, "POST /echo? body");
  EXPECT_EQ(unwanted.ask(head(2000)).status, 413);
}

TEST_F(ServerTest, AnswersHeadWithTheLengthOnly) {
  start();
  auto client = connect();

  client.send("HEAD /echo HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = client.read(true);

  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.head.find("Content-Length: 12\r\n"), std::string::npos) << answer.head;
  EXPECT_EQ(client.ask(get("/echo")).body, "GET /echo? ");
}

TEST_F(ServerTest, SaysWhichPathsAndMethodsThereAre) {
  start();
  auto client = connect();

  auto unknown = client.ask(get("/nowhere"));
  auto method = client.ask("DELETE /echo HTTP/1.1\r\nHost: t\r\n\r\n");

  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body, "{\"error\":\"no such path\"}\n");
  EXPECT_EQ(method.status, 405);
  EXPECT_NE(method.head.find("Allow: GET, POST, HEAD, OPTIONS\r\n"), std::string::npos) << method.head;
}

TEST_F(ServerTest, DecodesPathsAndTakesAbsoluteTargets) {
  start();

  EXPECT_EQ(connect().ask(get("/%65cho?q=%20")).body, "GET /echo?q=%20 ");
  EXPECT_EQ(connect().ask(get("http://t/echo?x")).body, "GET /echo?x ");
  EXPECT_EQ(connect().ask(get("/%zz")).status, 400);
  EXPECT_EQ(connect().ask(get("/%2fecho")).status, 400);
  EXPECT_EQ(connect().ask(get("/echo%00")).status, 400);
}

TEST_F(ServerTest, ClosesWhenAskedToAndAfterHttp10) {
  start();
  auto closing = connect();
  auto old = connect();
  auto old_kept = connect();

  EXPECT_EQ(closing.ask("GET /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(closing.is_closed());
  EXPECT_EQ(old.ask("GET /echo HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(old.is_closed());
  auto kept = old_kept.ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(kept.head.find("Connection: keep-alive\r\n"), std::string::npos);
  EXPECT_EQ(old_kept.ask("GET /echo HTTP/1.0\r\n\r\n").status, 200);
}

TEST_F(ServerTest, AHandlerThatThrowsIsAnInternalError) {
  start();
  auto client = connect();

  EXPECT_EQ(client.ask("POST /throws HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n").status, 500);
  EXPECT_EQ(client.ask(get("/echo")).status, 200);
}

TEST_F(ServerTest, RefusesAHeadOverTheLimit) {
  options_.max_header_bytes = 8192;
  start();
  std::string fits(7000, 'h');
  std::string exceeds(9000, 'h');

  EXPECT_EQ(connect().ask("GET /echo HTTP/1.1\r\nHost: t\r\nX: " + fits + "\r\n\r\n").status, 200);
  EXPECT_EQ(connect().ask("GET /echo HTTP/1.1\r\nHost: t\r\nX: " + exceeds + "\r\n\r\n").status, 431);
  EXPECT_EQ(connect().ask("GET /" + exceeds + " HTTP/1.1\r\nHost: t\r\n\r\n").status, 431);
}

TEST_F(ServerTest, TellsASlowSenderThatItsTimeIsOver) {
  options_.header_timeout = options_.body_timeout = std::chrono::seconds(1);
  start();
  auto in_head = connect();
  auto in_body = connect();
  auto in_chunk = connect();

  in_head.send("GET /echo HTT");
  in_body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc");
  in_chunk.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");

  EXPECT_EQ(in_head.read().status, 408);
  EXPECT_EQ(in_body.read().status, 408);
  EXPECT_EQ(in_chunk.read().status, 408);
  EXPECT_TRUE(in_head.is_closed());
}

TEST_F(ServerTest, ClosesIdleConnectionsWithoutAWord) {
  options_.idle_timeout = std::chrono::seconds(1);
  start();
  auto fresh = connect();
  auto used = connect();
  used.ask(get("/echo"));

  EXPECT_TRUE(fresh.is_closed());
  EXPECT_TRUE(used.is_closed());
}

TEST_F(ServerTest, DoesNotWaitForeverForASlowReader) {
  options_.write_timeout = std::chrono::seconds(1);
  start();
  auto client = connect();
  client.send(get("/big"));
  auto& open = metrics_.gauge("tocsin_http_connections", "Open connections of clients");

  auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool was_open = false;
  while (std::chrono::steady_clock::now() < limit && !(was_open && open.Value() == 0)) {
    was_open = was_open || open.Value() == 1;
    std::this_thread::yield();
  }

  EXPECT_TRUE(was_open);
  EXPECT_EQ(open.Value(), 0);
}

TEST_F(ServerTest, SendsLargeAnswersWhole) {
  start();

  EXPECT_EQ(connect().ask(get("/big")).body.size(), 16u * 1024 * 1024);
}

TEST_F(ServerTest, TurnsConnectionsAwayOverTheLimit) {
  options_.max_connections = 2;
  start();
  auto first = connect();
  auto second = connect();
  ASSERT_EQ(first.ask(get("/echo")).status, 200);
  ASSERT_EQ(second.ask(get("/echo")).status, 200);
  auto third = connect();

  auto refused = third.ask(get("/echo"));

  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(first.ask(get("/echo")).status, 200);
}

TEST_F(ServerTest, ServesAThousandConnections) {
  options_.max_connections_per_peer = options_.max_requests = 1000;
  start();
  std::vector<fakes::RawHttp> clients;
  for (int i = 0; i < 1000; ++i) clients.push_back(connect());

  for (auto& client : clients) client.send(post("a"));

  for (auto& client : clients) EXPECT_EQ(client.read().status, 200);
}

TEST_F(ServerTest, StopLetsRequestsUnderWayFinishAndClosesIdleConnections) {
  start();
  auto busy = connect();
  auto idle = connect();
  auto half_sent = connect();
  ASSERT_EQ(idle.ask(get("/echo")).status, 200);
  half_sent.send("GET /echo HTTP/1.1\r\nHo");
  busy.send(get("/slow"));
  wait_until_held();

  auto stopped = std::async(std::launch::async, [this] { io_.run(server_->stop()); });
  EXPECT_TRUE(idle.is_closed());
  let_go();
  half_sent.send("st: t\r\n\r\n");

  auto answer = busy.read();
  EXPECT_EQ(answer.body, "late");
  EXPECT_NE(answer.head.find("Connection: close\r\n"), std::string::npos);
  stopped.wait();
  EXPECT_FALSE(connect().connected());
  io_.run(server_->stop());
}

TEST_F(ServerTest, StopEndsWhatOutlastsTheDrain) {
  options_.drain_timeout = std::chrono::seconds(1);
  start();
  auto busy = connect();
  auto half_sent = connect();
  half_sent.send("POST /echo HTTP/1.1\r\nHo");
  busy.send(get("/slow"));
  wait_until_held();

  io_.run(server_->stop());

  EXPECT_NE(busy.read().status, 200);
  EXPECT_EQ(half_sent.read().status, 0);
}

TEST_F(ServerTest, StopWorksWithoutStart) {
  auto server = make_server(options_, io_.executor(), metrics_);

  io_.run(server->stop());
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  start();
  options_.port = server_->port();
  auto taken = make_server(options_, io_.executor(), metrics_)->start();
  options_.address = "no-address";
  auto wrong = make_server(options_, io_.executor(), metrics_)->start();

  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("in use"), std::string::npos) << taken.error().message;
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, base::Reason::kBadRequest);
}

TEST_F(ServerTest, CountsRequestsByRouteOnly) {
  start();
  auto client = connect();
  client.ask(get("/echo"));
  client.ask(get("/some/scan"));
  client.ask("rubbish\r\n\r\n");

  auto text = metrics_.expose();

  EXPECT_NE(text.find("tocsin_http_requests_total{code=\"200\",path=\"/echo\"} 1"), std::string::npos) << text;
  EXPECT_NE(text.find("tocsin_http_requests_total{code=\"404\",path=\"other\"} 1"), std::string::npos);
  EXPECT_NE(text.find("tocsin_http_requests_total{code=\"400\",path=\"other\"} 1"), std::string::npos);
  EXPECT_EQ(text.find("scan"), std::string::npos);
}

TEST_F(ServerTest, KeepsLineBreaksOutOfAnswerHeaders) {
  make();
  server_->route("GET", "/", [](ServerRequest) -> base::Task<ServerResponse> {
    ServerResponse response;
    response.headers = {{"X-Good", "1"}, {"X-Bad", "a\r\nX-Injected: 1"}};
    co_return response;
  });
  ASSERT_TRUE(server_->start());

  auto answer = connect().ask(get("/"));

  EXPECT_NE(answer.head.find("X-Good: 1"), std::string::npos);
  EXPECT_EQ(answer.head.find("X-Injected"), std::string::npos);
}

}  // namespace
}  // namespace net::http
