// SPDX-License-Identifier: Apache-2.0
#include "net/http/redirect.h"

#include <gtest/gtest.h>

#include "net/http/curl_client.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/io_thread.h"

namespace net::http {
namespace {

const Access kAccess{.bearer_token = base::Secret("t0ken"), .headers = {{"X-Scope-OrgID", "team"}}};

base::Result<std::optional<Request>> follow(const std::string& from, const std::string& location, int so_far = 0,
                                            int status = 302, const std::string& method = "GET") {
  Request asked;
  asked.method = method;
  asked.url = from;
  asked.headers = {{"Accept", "application/json"}, {"X-Api-Key", "secret"}};
  asked.access = &kAccess;
  return redirected(asked, {status, {{"location", location}}, ""}, so_far);
}

std::string target(const std::string& from, const std::string& location) {
  auto next = follow(from, location);
  if (!next) return "error: " + next.error().message;
  return next.value() ? next.value()->url : "not followed";
}

TEST(Redirect, IsFollowedForSafeMethodsOnly) {
  for (int status : {301, 302, 303, 307, 308}) {
    EXPECT_TRUE(follow("http://a/", "/b", 0, status).value()) << status;
    EXPECT_TRUE(follow("http://a/", "/b", 0, status, "HEAD").value()) << status;
    EXPECT_FALSE(follow("http://a/", "/b", 0, status, "POST").value()) << status;
    EXPECT_FALSE(follow("http://a/", "/b", 0, status, "DELETE").value()) << status;
  }
  for (int status : {200, 300, 304, 305, 404}) EXPECT_FALSE(follow("http://a/", "/b", 0, status).value()) << status;
  EXPECT_FALSE(follow("http://a/", "").value());
}

TEST(Redirect, IsResolvedAgainstWhatWasAsked) {
  EXPECT_EQ(target("http://a/x/y?q=1", "z?w=2#part"), "http://a/x/z?w=2");
  EXPECT_EQ(target("http://a/x/y", "/z"), "http://a/z");
  EXPECT_EQ(target("http://a/x", "//b/z"), "http://b/z");
  EXPECT_EQ(target("http://a/x", "https://a/x"), "https://a/x");
  EXPECT_EQ(target("http://ann:pw@a/x", "/y"), "http://ann:pw@a/y");
  EXPECT_EQ(target("http://ann:pw@a/x", "http://b/y"), "http://b/y");
  EXPECT_EQ(target("http://a/x", "http://ben:pw@b/y"), "http://b/y");
}

TEST(Redirect, KeepsEverythingAtTheSameOriginOnly) {
  auto same = follow("http://a:8080/x", "http://a:8080/y").value().value();
  EXPECT_FALSE(same.is_elsewhere);
  EXPECT_EQ(same.headers.size(), 2u);
  for (const char* other : {"http://a/y", "http://b:8080/y", "https://a:8080/y", "http://sub.a:8080/y"}) {
    auto next = follow("http://a:8080/x", other).value().value();
    EXPECT_TRUE(next.is_elsewhere) << other;
    EXPECT_EQ(next.headers, (Headers{{"Accept", "application/json"}})) << other;
  }
}

TEST(Redirect, NeverLeadsToWhereWeDoNotGo) {
  auto refused = [](const std::string& from, const std::string& to) {
    return target(from, to).substr(0, 6) == "error:";
  };

  EXPECT_EQ(target("https://a/x", "http://a/x"), "error: https://a:443: redirected from https to http");
  EXPECT_EQ(target("https://a/x", "file:///etc/passwd"),
            "error: https://a:443: redirected to something that is no http or https URL");
  // A path with a dot that goes away, and what is left of it would be userinfo.
  EXPECT_TRUE(refused("http://a/x", "http://b:./u:p@c/y"));
  EXPECT_TRUE(refused("http://a/x", "gopher://b/"));
  EXPECT_TRUE(refused("http://a/x", "http://["));
  EXPECT_EQ(target("http://a/x", "http://169.254.169.254/latest/meta-data/"),
            "error: redirected to http://169.254.169.254:80, a local address: not followed");
  for (const char* local :
       {"http://127.0.0.1/", "http://127.1.2.3:8080/", "http://[::1]/", "http://[fe80::1]/", "http://0.0.0.0/",
        "http://[::]/", "http://[::ffff:169.254.169.254]/", "http://100.100.100.200/", "http://[fd00:ec2::254]/",
        "http://224.0.0.1/", "http://255.255.255.255/", "http://localhost/", "http://x.localhost/",
        "http://LocalHost./"}) {
    EXPECT_TRUE(refused("http://a/x", local)) << local;
    EXPECT_FALSE(refused("http://127.0.0.1:9090/x", local)) << local;
  }
  EXPECT_FALSE(refused("http://a/x", "http://10.0.0.1/"));
}

TEST(Redirect, ALocalStartDoesNotExcuseALaterReturn) {
  auto away = follow("http://127.0.0.1/x", "http://public.example/y").value().value();

  EXPECT_FALSE(redirected(away, {302, {{"location", "http://169.254.169.254/"}}, ""}, 1));
}

TEST(Redirect, EndsAfterSome) {
  EXPECT_TRUE(follow("http://a/", "/b", kMostRedirects - 1).value());
  EXPECT_EQ(follow("http://a/", "/b", kMostRedirects).error().message, "http://a:80: more than 5 redirects");
}

class Redirects : public testing::Test {
 protected:
  ~Redirects() override { io_.run(client_->stop()); }

  base::Result<Response> get(const std::string& url, bool avoids_local = false) {
    Request request;
    request.url = url;
    request.deadline = base::in(std::chrono::seconds(20));
    request.access = &kAccess;
    request.avoids_local = avoids_local;
    return io_.run(client_->send(std::move(request)));
  }

  fakes::FakeHttpServer first_;
  fakes::FakeHttpServer second_;
  fakes::IoThread io_;
  std::unique_ptr<Client> client_ = make_client({}, io_.executor());
};

TEST_F(Redirects, CarryCredentialsToTheSameServer) {
  first_.pull([](const std::string& request) {
    bool is_first = request.find("GET /old ") == 0;
    return fakes::FakeHttpServer::Lever{.bytes = is_first ? fakes::FakeHttpServer::answer(302, "", "Location: /new\r\n")
                                                          : fakes::FakeHttpServer::answer(200, "here")};
  });

  EXPECT_EQ(get(first_.url("/old")).value().body, "here");
  EXPECT_NE(first_.requests(2).back().find("Authorization: Bearer t0ken\r\n"), std::string::npos);
}

TEST_F(Redirects, CarryNoCredentialsToAnotherServer) {
  first_.answer_with(307, "", "Location: " + second_.url("/y") + "\r\n");
  second_.answer_with(200, "there");

  EXPECT_EQ(get(first_.url("/x")).value().body, "there");
  EXPECT_NE(first_.requests(1).back().find("Bearer t0ken"), std::string::npos);
  EXPECT_EQ(second_.requests(1).back().find("t0ken"), std::string::npos);
  EXPECT_EQ(second_.requests(1).back().find("X-Scope-OrgID"), std::string::npos);
}

TEST_F(Redirects, AreNotFollowedInCircles) {
  first_.answer_with(302, "", "Location: /again\r\n");

  EXPECT_EQ(get(first_.url("/")).error().reason, base::Reason::kBadAnswer);
  EXPECT_EQ(first_.requests().size(), 1u + kMostRedirects);
}

// A name of a redirect that resolves to this machine: what a DNS rebinding does.
TEST_F(Redirects, LookAtTheAddressThatANameResolvesTo) {
  first_.answer_with(200, "secret");

  auto answer = get("http://localhost:" + std::to_string(first_.port()) + "/", true);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, base::Reason::kBadAnswer);
  EXPECT_TRUE(answer.error().retry.is_never());
  EXPECT_TRUE(first_.requests().empty());
}

}  // namespace
}  // namespace net::http
