// SPDX-License-Identifier: Apache-2.0
// Our client and a real nginx.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "net/http/curl_client.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/nginx.h"

namespace net::http {
namespace {

constexpr const char* kTls = R"(
    location /hello { return 200 "hello over $server_protocol"; }
    location /who { return 200 "$http_authorization|$ssl_client_s_dn"; }
    location /connection { return 200 "$connection"; }
    location /moved { return 302 /hello; }
    location /circle { return 302 /circle; }
    location /down { return 302 http://127.0.0.1:{plain}/hello; }
    location /slow.txt { limit_rate 100; }
    location /bomb.gz { add_header Content-Encoding gzip; }
    location /take { client_max_body_size 16m; return 200 "taken"; })";
constexpr const char* kPlain = R"(
    location /hello { return 200 "hello over $server_protocol$http_x_through"; }
    location /who { return 200 "$http_authorization|"; }
    location /up { return 301 https://127.0.0.1:{tls}/who; }
    location /inside { return 302 http://169.254.169.254/latest/; })";

class ClientAndNginx : public testing::Test {
 protected:
  void SetUp() override {
    if (!fakes::Nginx::is_installed()) GTEST_SKIP() << "nginx not installed (Debian package nginx-light)";
  }
  ~ClientAndNginx() override {
    for (const char* name : {"HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"}) ::unsetenv(name);
    if (client_) io_.run(client_->stop());
  }

  void start(bool wants_certificate = false) {
    nginx_.emplace(fakes::Nginx::Locations{kTls, kPlain, wants_certificate});
    ASSERT_TRUE(nginx_->is_running()) << nginx_->log();
    access_.ca_file = nginx_->certificates().ca_file();
    client_ = make_client({}, io_.executor());
  }

  Request request(const std::string& url) {
    Request request;
    request.url = url;
    request.deadline = base::in(std::chrono::seconds(20));
    request.access = &access_;
    return request;
  }
  base::Result<Response> get(const std::string& url) { return io_.run(client_->send(request(url))); }
  std::string body(const std::string& url) {
    auto answer = get(url);
    return answer ? answer.value().body : "error: " + answer.error().message;
  }

  std::optional<fakes::Nginx> nginx_;
  fakes::IoThread io_;
  Access access_;
  std::unique_ptr<Client> client_;
};

TEST_F(ClientAndNginx, SpeakHttp2WithinTlsAndHttp11Without) {
  start();

  EXPECT_EQ(body(nginx_->tls_url("/hello")), "hello over HTTP/2.0");
  EXPECT_EQ(body(nginx_->plain_url("/hello")), "hello over HTTP/1.1");
}

TEST_F(ClientAndNginx, ShareConnectionsAmongManyExchanges) {
  start();
  std::vector<std::future<base::Result<Response>>> answers;

  for (int i = 0; i < 60; ++i) answers.push_back(io_.begin(client_->send(request(nginx_->tls_url("/connection")))));

  std::set<std::string> connections;
  for (auto& answer : answers) connections.insert(answer.get().value().body);
  EXPECT_EQ(connections.size(), 1u);
}

TEST_F(ClientAndNginx, SendLargeBodiesToWhoAnswersWithoutReadingThem) {
  start();
  auto one = request(nginx_->tls_url("/take"));
  one.method = "POST";
  one.body.assign(3'000'000, 'x');

  EXPECT_EQ(io_.run(client_->send(std::move(one))).value().body, "taken");
}

TEST_F(ClientAndNginx, FollowARedirectWithCredentialsOnTheSameServerOnly) {
  start();
  access_.bearer_token = base::Secret("t0ken");

  EXPECT_EQ(body(nginx_->tls_url("/moved")), "hello over HTTP/2.0");
  EXPECT_EQ(body(nginx_->tls_url("/who")), "Bearer t0ken|");
  EXPECT_EQ(body(nginx_->plain_url("/up")), "|");
}

TEST_F(ClientAndNginx, RefuseRedirectsThatLeadAstray) {
  start();

  EXPECT_NE(body(nginx_->tls_url("/down")).find("from https to http"), std::string::npos);
  EXPECT_NE(body(nginx_->tls_url("/circle")).find("more than 5 redirects"), std::string::npos);
}

TEST_F(ClientAndNginx, EndASlowAnswerAtTheDeadlineAndGoOn) {
  start();
  std::ofstream(nginx_->certificates().path("slow.txt")) << std::string(100'000, 's');
  auto slow = request(nginx_->tls_url("/slow.txt"));
  slow.deadline = base::in(std::chrono::milliseconds(300));

  EXPECT_EQ(io_.run(client_->send(std::move(slow))).error().reason, base::Reason::kTimeout);
  EXPECT_EQ(body(nginx_->tls_url("/hello")), "hello over HTTP/2.0");
}

TEST_F(ClientAndNginx, BoundWhatUnpacksToTooMuch) {
  start();
  auto packed = nginx_->certificates().path("bomb.gz");
  ASSERT_EQ(std::system(("head -c 100000000 /dev/zero | gzip >" + packed).c_str()), 0);

  auto answer = get(nginx_->tls_url("/bomb.gz"));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, base::Reason::kTooLarge);
  EXPECT_EQ(body(nginx_->tls_url("/hello")), "hello over HTTP/2.0");
}

TEST_F(ClientAndNginx, ProveACertificateOfOurOwn) {
  start(true);
  auto pair = nginx_->certificates().issue("tocsin");

  EXPECT_EQ(get(nginx_->tls_url("/who")).value().status, 400);
  access_.cert_file = pair.cert_file;
  access_.key_file = pair.key_file;
  EXPECT_EQ(body(nginx_->tls_url("/who")), "|CN=tocsin");
}

TEST_F(ClientAndNginx, GoThroughTheProxyOfTheEnvironmentButForNoProxy) {
  start();
  ::setenv("HTTP_PROXY", nginx_->proxy_url().c_str(), 1);

  EXPECT_EQ(body(nginx_->plain_url("/hello")), "hello over HTTP/1.0proxy");
  ::setenv("NO_PROXY", "10.0.0.0,127.0.0.1", 1);
  EXPECT_EQ(body(nginx_->plain_url("/hello")), "hello over HTTP/1.1");
  access_.proxy_url = nginx_->proxy_url();
  EXPECT_EQ(body(nginx_->plain_url("/hello")), "hello over HTTP/1.0proxy") << "what is configured wins";
}

TEST_F(ClientAndNginx, ReadATokenAgainWhenItsFileChanges) {
  start();
  auto file = nginx_->certificates().path("token");
  std::ofstream(file) << "first\n";
  access_.bearer_token = base::Secret("first", file);
  ASSERT_EQ(body(nginx_->tls_url("/who")), "Bearer first|");

  std::ofstream(file) << "second\n";

  EXPECT_TRUE(
      harness::eventually(std::chrono::seconds(20), [&] { return body(nginx_->tls_url("/who")) == "Bearer second|"; }));
}

}  // namespace
}  // namespace net::http
