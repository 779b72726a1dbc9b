// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <future>

#include "base/metrics.h"
#include "base/task_group.h"
#include "net/http/curl_client.h"
#include "net/http/server.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/io_thread.h"

namespace net::http {
namespace {

using fakes::FakeHttpServer;

class ClientTest : public testing::Test {
 protected:
  ~ClientTest() override { io_.run(client_->stop()); }

  Request request(const std::string& path = "/") {
    Request request;
    request.url = server_.url(path);
    request.deadline = base::in(std::chrono::seconds(20));
    return request;
  }
  base::Result<Response> send(Request request) { return io_.run(client_->send(std::move(request))); }
  base::Error send_badly(Request request) {
    auto answer = send(std::move(request));
    EXPECT_FALSE(answer);
    return answer ? base::Error{base::Reason::kInternal, base::Retry::never(), ""} : answer.error();
  }
  void limit(ClientLimits limits) {
    io_.run(client_->stop());
    client_ = make_client(limits, io_.executor());
  }

  FakeHttpServer server_;
  fakes::IoThread io_;
  std::unique_ptr<Client> client_ = make_client({}, io_.executor());
};

TEST_F(ClientTest, GivesStatusHeadersAndBody) {
  server_.answer_with(418, "tea", "X-One: 1\r\nX-Two:  two words \r\n");

  auto answer = send(request("/pot?kind=green")).value();

  EXPECT_EQ(answer.status, 418);
  EXPECT_EQ(answer.body, "tea");
  EXPECT_EQ(find_header(answer.headers, "x-two"), "two words");
  auto sent = server_.requests(1).front();
  EXPECT_EQ(sent.find("GET /pot?kind=green HTTP/1.1\r\n"), 0u) << sent;
  EXPECT_NE(sent.find("User-Agent: tocsin/"), std::string::npos);
}

TEST_F(ClientTest, SendsBodiesOfEveryMethodAsTheyStand) {
  server_.answer_with(200, "");
  for (std::string method : {"POST", "PUT", "PATCH", "DELETE"}) {
    auto one = request();
    one.method = method;
    one.headers = {{"Content-Type", "application/json"}};
    one.body = std::string("{\"a\0b\"}", 7) + std::string(100'000, 'x');
    ASSERT_TRUE(send(one));

    auto sent = server_.requests().back();
    EXPECT_EQ(sent.find(method + " / HTTP/1.1\r\n"), 0u);
    EXPECT_TRUE(sent.ends_with("\r\n\r\n" + one.body));
    EXPECT_NE(sent.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_EQ(sent.find("Expect:"), std::string::npos);
  }
}

TEST_F(ClientTest, AddsNoContentTypeOfItsOwn) {
  server_.answer_with(200, "");
  auto one = request();
  one.method = "POST";

  ASSERT_TRUE(send(one));

  auto sent = server_.requests().back();
  EXPECT_EQ(sent.find("Content-Type"), std::string::npos) << sent;
  EXPECT_NE(sent.find("Content-Length: 0"), std::string::npos) << sent;
}

TEST_F(ClientTest, TakesTheAnswerToHead) {
  server_.pull(FakeHttpServer::Lever{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"});
  auto one = request();
  one.method = "HEAD";

  EXPECT_EQ(send(one).value().status, 200);
}

TEST_F(ClientTest, KeepsConnectionsBetweenExchanges) {
  server_.answer_with(200, "ok");

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(send(request()));

  EXPECT_EQ(server_.connections(), 1u);
}

TEST_F(ClientTest, OpensNoMoreConnectionsToAHostThanAllowed) {
  limit({.max_connections = 4, .max_connections_per_host = 2});
  server_.pull(
      FakeHttpServer::Lever{.bytes = FakeHttpServer::answer(200, "ok"), .delay = std::chrono::milliseconds(5)});
  std::vector<std::future<base::Result<Response>>> answers;

  for (int i = 0; i < 20; ++i) {
    answers.push_back(io_.begin(client_->send(request())));
  }

  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_LE(server_.connections(), 2u);
}

TEST_F(ClientTest, TalksToOurOwnServer) {
  base::Metrics metrics;
  ServerOptions options;
  options.address = "127.0.0.1";
  options.port = 0;
  auto ours = make_server(options, io_.executor(), metrics);
  ours->route("POST", "/echo", [](ServerRequest asked) -> base::Task<ServerResponse> {
    ServerResponse response;
    response.body = std::move(asked.body);
    co_return response;
  });
  ASSERT_TRUE(ours->start());
  auto one = request();
  one.method = "POST";
  one.url = "http://127.0.0.1:" + std::to_string(ours->port()) + "/echo";
  one.body.assign(3'000'000, 'e');

  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(one).value().body, one.body);

  io_.run(ours->stop());
}

TEST_F(ClientTest, AnOverloadedServerSaysWhenToComeBack) {
  server_.answer_with(429, "slow down", "Retry-After: 10\r\n");

  auto error = classify(send(request()).value()).error();

  EXPECT_EQ(error.reason, base::Reason::kRateLimited);
  EXPECT_EQ(error.retry, base::Retry::after(std::chrono::seconds(10)));
}

TEST_F(ClientTest, EndsAtTheDeadlineWhateverTheServerDoes) {
  auto hour = std::chrono::hours(1);
  for (auto lever :
       {FakeHttpServer::Lever{.delay = hour}, FakeHttpServer::Lever{.bytes = "HTTP/1.1 200 OK\r\n", .then_hang = true},
        FakeHttpServer::Lever{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234", .then_hang = true},
        FakeHttpServer::Lever{.bytes = FakeHttpServer::answer(200, std::string(100'000, 'd')),
        .between = std::chrono::milliseconds(20)}}) {
    server_.pull(lever);
    auto one = request("/secret-path?token=secret");
    one.deadline = base::in(std::chrono::milliseconds(200));

    auto error = send_badly(one);

    EXPECT_EQ(error.reason, base::Reason::kTimeout);
    EXPECT_FALSE(error.retry.is_never());
    EXPECT_EQ(error.message, "http://127.0.0.1:" + std::to_string(server_.port()) + ": no answer in time");
  }
}

TEST_F(ClientTest, WaitingForAConnectionCountsToo) {
  limit({.max_connections_per_host = 1});
  server_.pull(FakeHttpServer::Lever{.then_hang = true});
  auto first = io_.begin(client_->send(request()));
  server_.requests(1);
  auto second = request();
  second.deadline = base::in(std::chrono::milliseconds(100));

  EXPECT_EQ(send_badly(second).reason, base::Reason::kTimeout);

  io_.run(client_->stop());
  EXPECT_EQ(first.get().error().reason, base::Reason::kCancelled);
}

TEST_F(ClientTest, TellsBrokenAnswersFromMissingOnes) {
  server_.pull(FakeHttpServer::Lever{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", .then_close = true});
  EXPECT_EQ(send_badly(request()).reason, base::Reason::kUnreachable);

  server_.pull(FakeHttpServer::Lever{.then_close = true});
  EXPECT_EQ(send_badly(request()).reason, base::Reason::kUnreachable);

  server_.pull(FakeHttpServer::Lever{.bytes = "SSH-2.0-OpenSSH_9.2\r\n", .then_close = true});
  EXPECT_EQ(send_badly(request()).reason, base::Reason::kBadAnswer);
}

// libcurl sends again what was cut on a connection that was used before.
TEST_F(ClientTest, SendsWhatActsOnceWhereAUsedConnectionIsCut) {
  auto act = request();
  server_.answer_with(200, "");
  act.method = "POST";
  act.body = std::string(100'000, 'x');
  act.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  ASSERT_TRUE(send(act));
  server_.pull(FakeHttpServer::Lever{.then_close = true});

  EXPECT_EQ(send_badly(act).reason, base::Reason::kUnreachable);

  ASSERT_EQ(server_.requests().size(), 2u);
  EXPECT_TRUE(server_.requests()[0].ends_with(act.body));
}

TEST_F(ClientTest, SaysThatNobodyListens) {
  auto one = request();
  one.url = "http://user:secret@127.0.0.1:1/secret";

  auto error = send_badly(one);

  EXPECT_EQ(error.reason, base::Reason::kUnreachable);
  EXPECT_EQ(error.message, "http://127.0.0.1:1: Connection refused");
}

TEST_F(ClientTest, BoundsTheAnswer) {
  auto one = request();
  one.max_response_bytes = 10'000;
  server_.answer_with(200, std::string(9'000, 'b'));
  EXPECT_TRUE(send(one));

  server_.answer_with(200, std::string(10'000, 'b'));
  auto body = send_badly(one);
  server_.answer_with(200, "", "X: " + std::string(10'000, 'h') + "\r\n");
  auto head = send_badly(one);

  EXPECT_EQ(body.reason, base::Reason::kTooLarge);
  EXPECT_TRUE(body.retry.is_never());
  EXPECT_EQ(head.reason, base::Reason::kTooLarge);
}

TEST_F(ClientTest, RefusesWhatItCannotSend) {
  for (auto url : {"", "ftp://h/", "file:///etc/passwd", "h:80", "http://"}) {
    auto one = request();
    one.url = url;
    EXPECT_EQ(send_badly(one).reason, base::Reason::kBadRequest) << url;
  }
  auto header = request();
  header.headers = {{"X", "a\r\nInjected: 1"}};
  auto method = request();
  method.method = "GET / HTTP/1.1\r\n";

  EXPECT_EQ(send_badly(header).reason, base::Reason::kBadRequest);
  EXPECT_EQ(send_badly(method).reason, base::Reason::kBadRequest);
}

TEST_F(ClientTest, ShowsCredentials) {
  server_.answer_with(200, "");
  Access basic;
  basic.username = "ann";
  basic.password = base::Secret("pw");
  basic.headers = {{"X-Scope-OrgID", "team"}};
  Access bearer;
  bearer.bearer_token = base::Secret("t0ken");

  auto one = request();
  one.access = &basic;
  ASSERT_TRUE(send(one));
  EXPECT_NE(server_.requests().back().find("Authorization: Basic YW5uOnB3\r\n"), std::string::npos);
  EXPECT_NE(server_.requests().back().find("X-Scope-OrgID: team\r\n"), std::string::npos);
  one.access = &bearer;
  ASSERT_TRUE(send(one));
  EXPECT_NE(server_.requests().back().find("Authorization: Bearer t0ken\r\n"), std::string::npos);
}

TEST_F(ClientTest, GoesThroughTheProxyItIsGiven) {
  server_.answer_with(200, "from the proxy");
  Access access;
  access.proxy_url = server_.url();
  auto one = request();
  one.url = "http://prometheus.invalid:9090/api";
  one.access = &access;

  EXPECT_EQ(send(one).value().body, "from the proxy");
  EXPECT_EQ(server_.requests().back().find("GET http://prometheus.invalid:9090/api HTTP/1.1\r\n"), 0u);
}

TEST_F(ClientTest, KeepsCredentialsFromTheProxyOfATlsConnection) {
  server_.answer_with(502, "");
  Access access;
  access.proxy_url = server_.url();
  access.bearer_token = base::Secret("t0ken");
  auto one = request();
  one.url = "https://prometheus.invalid/";
  one.access = &access;

  EXPECT_EQ(send_badly(one).reason, base::Reason::kUnreachable);
  EXPECT_EQ(server_.requests().back().find("CONNECT prometheus.invalid:443"), 0u);
  EXPECT_EQ(server_.requests().back().find("t0ken"), std::string::npos);
}

base::Task<void> send_and_forget(Client& client, Request request, std::promise<void>& ended) {
  auto answer = co_await client.send(std::move(request));
  EXPECT_FALSE(answer);
  ended.set_value();
}

TEST_F(ClientTest, CancellingTheWaiterAbortsTheExchange) {
  server_.pull(FakeHttpServer::Lever{.then_hang = true});
  std::promise<void> ended;
  base::TaskGroup tasks(io_.executor());
  tasks.spawn(send_and_forget(*client_, request(), ended));
  server_.requests(1);

  tasks.cancel();

  EXPECT_EQ(ended.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(ClientTest, StopWorksTwiceAndSendIsCancelledAfterIt) {
  server_.answer_with(200, "");
  ASSERT_TRUE(send(request()));

  io_.run(client_->stop());
  io_.run(client_->stop());

  EXPECT_EQ(send_badly(request()).reason, base::Reason::kCancelled);
}

struct Classified {
  int status;
  base::Reason reason;
  base::Retry retry;
};

TEST(Classify, ByStatus) {
  using base::Reason;
  using base::Retry;
  for (auto [status, reason, retry] :
       {Classified{301, Reason::kBadRequest, Retry::never()}, Classified{400, Reason::kBadRequest, Retry::never()},
        Classified{401, Reason::kAuth, Retry::later()}, Classified{403, Reason::kAuth, Retry::later()},
        Classified{404, Reason::kNotFound, Retry::never()}, Classified{408, Reason::kTimeout, Retry::later()},
        Classified{410, Reason::kNotFound, Retry::never()}, Classified{413, Reason::kTooLarge, Retry::never()},
        Classified{425, Reason::kUnavailable, Retry::later()}, Classified{429, Reason::kRateLimited, Retry::later()},
        Classified{500, Reason::kUnavailable, Retry::later()}, Classified{503, Reason::kUnavailable, Retry::later()}}) {
    auto result = classify({status, {}, "why\n  so"});
    ASSERT_FALSE(result) << status;
    EXPECT_EQ(result.error().reason, reason) << status;
    EXPECT_EQ(result.error().retry, retry) << status;
    EXPECT_EQ(result.error().message, "status " + std::to_string(status) + ": why so");
  }
  EXPECT_TRUE(classify({204, {}, ""}));
}

TEST(Classify, ReadsRetryAfterAsSecondsAndAsDate) {
  auto wait = [](const std::string& value) { return classify({429, {{"retry-after", value}}, ""}).error().retry; };

  EXPECT_EQ(wait("7"), base::Retry::after(std::chrono::seconds(7)));
  EXPECT_EQ(wait("Fri, 31 Dec 1999 23:59:59 GMT"), base::Retry::after(std::chrono::seconds(0)));
  EXPECT_EQ(wait("Fri, 31 Dec 2100 23:59:59 GMT"), base::Retry::after(std::chrono::hours(24)));
  EXPECT_EQ(wait("99999999999999999999"), base::Retry::after(std::chrono::hours(24)));
  EXPECT_EQ(wait("soon"), base::Retry::later());
  EXPECT_EQ(wait("-1"), base::Retry::after(std::chrono::seconds(0)));
}

TEST(Classify, QuotesOnlyTheStartOfTextBodies) {
  EXPECT_EQ(classify({500, {}, std::string(1000, 'x')}).error().message,
            "status 500: " + std::string(200, 'x') + "...");
  EXPECT_EQ(classify({500, {}, std::string("\x89PNG\0\0", 6)}).error().message, "status 500");
}

}  // namespace
}  // namespace net::http
