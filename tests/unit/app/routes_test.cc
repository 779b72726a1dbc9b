// SPDX-License-Identifier: Apache-2.0
#include "app/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <map>
#include <thread>

#include "app/await.h"
#include "app/clicks.h"
#include "app/guard.h"
#include "base/base64.h"
#include "base/hash.h"
#include "sinks/slack/click.h"
#include "tests/fakes/fake_bus.h"

namespace {

using app::Access;
using net::http::find_header;
using net::http::Headers;
using net::http::ServerRequest;
using net::http::ServerResponse;

// Keeps the handlers instead of serving them, and asks them as a connection does.
class FakeServer final : public net::http::Server {
 public:
  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }
  std::uint16_t port() const override { return 0; }
  void route(std::string method, std::string path, net::http::RequestHandler handler, net::http::Admission admit,
             std::size_t max_body_bytes) override {
    handlers[{method, path}] = {std::move(handler), std::move(admit)};
    largest[{method, path}] = max_body_bytes;
  }

  // What the head alone is answered with; nothing: its body is read.
  std::optional<ServerResponse> admit(const std::string& method, const std::string& path, const Headers& headers) {
    const auto& judge = handlers.at({method, path}).second;
    ServerRequest head;
    head.headers = headers;
    return judge ? judge(head) : std::nullopt;
  }

  ServerResponse call(const std::string& method, const std::string& path, ServerRequest request) {
    request.method = method;
    request.path = path;
    const auto& [handler, admit] = handlers.at({method, path});
    if (auto refused = admit ? admit(request) : std::nullopt) return *refused;
    boost::asio::io_context context;
    auto answer = boost::asio::co_spawn(context, handler(request), boost::asio::use_future);
    context.run();
    return answer.get();
  }

  std::map<std::pair<std::string, std::string>, std::pair<net::http::RequestHandler, net::http::Admission>> handlers;
  std::map<std::pair<std::string, std::string>, std::size_t> largest;
};

// Of a sink whose app signs with "app-secret"; whatever it sends asks for nothing.
class SignedInbox final : public sinks::Inbox {
 public:
  bool is_called() const override { return true; }
  sinks::Origin judge_head(const Headers& headers, base::Time now) const override {
    return sinks::slack::judge_signature_head(headers, now);
  }
  sinks::Origin judge(const Headers& headers, std::string_view body, base::Time now) const override {
    return sinks::slack::judge_signature(headers, body, "app-secret", now);
  }
  base::Task<sinks::Heard> hear(std::string, base::Deadline) override {
    co_return sinks::Heard{.outcome = "nothing_asked"};
  }
  std::string line() const override { return {}; }
  std::shared_ptr<sinks::Listener> listen(sinks::Ears) const override { return nullptr; }
};

constexpr const char* kClicks = "/api/slack/interactivity";
constexpr const char* kSignedBody = "payload=%7B%7D";

Headers signed_by(const std::string& secret, const std::string& timestamp) {
  return {{"X-Slack-Request-Timestamp", timestamp},
          {"X-Slack-Signature", sinks::slack::signature_of(secret, timestamp, kSignedBody)}};
}

ServerRequest local(std::string query = "") {
  ServerRequest request;
  request.query = std::move(query);
  request.is_loopback = true;
  return request;
}

class Routes : public ::testing::Test {
 protected:
  Routes() {
    app::add_routes(
        [this](auto& method, auto& path, auto handler) { guard_.route(server_, method, path, std::move(handler)); },
        metrics_,
        {.checks = [this] { return checks_; },
         .reload = [this]() -> base::Task<app::Reloaded> { co_return reloaded_; },
         .findings = [this](int limit) -> base::Task<ServerResponse> {
           limit_ = limit;
           co_return ServerResponse{};
         },
         .change_dead_letters = [](std::string) -> base::Task<ServerResponse> { co_return ServerResponse{}; }});
    clicks_.use({{"main", std::make_shared<SignedInbox>()}});
    guard_.route(
        server_, "POST", kClicks, [this](ServerRequest request) { return clicks_.handle(std::move(request)); },
        [this](const ServerRequest& head) { return clicks_.judge_head(head); }, app::Clicks::kLargest);
    guard_.route(server_, "POST", "/api/alerts",
                 [](ServerRequest) -> base::Task<ServerResponse> { co_return ServerResponse{}; });
  }

  base::Metrics metrics_;
  base::ManualClock clock_{base::Time(std::chrono::seconds(1'767'323'060))};
  fakes::FakeBus bus_{std::make_shared<fakes::BusLevers>()};
  app::Clicks clicks_{bus_, clock_, metrics_};
  app::Guard guard_{{}, clock_, metrics_};
  FakeServer server_;
  std::vector<app::Check> checks_ = {{"config", true, ""}, {"log", true, ""}};
  app::Reloaded reloaded_;
  int limit_ = 0;
};

// What the section `server` can say of access.
enum Configured { kNothing, kCredentials, kNoTrust };
constexpr const char* kConfigured[] = {"nothing configured", "credentials configured", "loopback not trusted"};
constexpr const char* kShown[] = {"nothing shown", "the wrong shown", "the right shown"};

app::AccessRules rules_of(Configured configured) {
  app::AccessRules rules;
  if (configured == kNothing) return rules;
  rules.intake.username = "alertmanager";
  rules.intake.password = base::Secret("pass:word");
  rules.intake.bearer_token = base::Secret("intake-token");
  rules.intake.hmac_secret = base::Secret("hmac-key");
  rules.control.bearer_token = base::Secret("control-token");
  rules.trusts_loopback = configured != kNoTrust;
  return rules;
}

// What a status is, for each of nothing, wrong and right shown: from elsewhere, then over loopback.
struct Row {
  Access access;
  Configured configured;
  int elsewhere[3];
  int loopback[3];
};
constexpr Row kTable[] = {
    {Access::kOpen, kNothing, {200, 200, 200}, {200, 200, 200}},
    {Access::kOpen, kCredentials, {200, 200, 200}, {200, 200, 200}},
    {Access::kOpen, kNoTrust, {200, 200, 200}, {200, 200, 200}},
    {Access::kIntake, kNothing, {200, 200, 200}, {200, 200, 200}},
    {Access::kIntake, kCredentials, {401, 401, 200}, {401, 401, 200}},
    {Access::kIntake, kNoTrust, {401, 401, 200}, {401, 401, 200}},
    {Access::kSigned, kNothing, {401, 401, 200}, {401, 401, 200}},
    {Access::kSigned, kCredentials, {401, 401, 200}, {401, 401, 200}},
    {Access::kSigned, kNoTrust, {401, 401, 200}, {401, 401, 200}},
    {Access::kControl, kNothing, {403, 403, 403}, {200, 200, 200}},
    {Access::kControl, kCredentials, {401, 401, 200}, {200, 200, 200}},
    {Access::kControl, kNoTrust, {401, 401, 200}, {401, 401, 200}},
};

// Every way to show credentials to an endpoint: nothing, wrong or right.
std::vector<Headers> shown(Access access, int which) {
  if (which == 0) return {{}, {{"Authorization", ""}}, {{"Authorization", "Bearer"}}, {{"X-Token", "control-token"}}};
  auto basic = [](const std::string& pair) { return "Basic " + base::to_base64(pair); };
  auto sign = [](const char* key, const char* body) { return base::hmac_sha256_hex(key, body); };
  std::vector<Headers> of_intake[] = {
      {{{"Authorization", "Bearer control-token"}},
       {{"Authorization", "Bearer intake-token "}, {"Authorization", "Bearer intake-token"}},
       {{"Authorization", basic("alertmanager:password")}},
       {{"Authorization", basic("other:pass:word")}},
       {{"Authorization", "Basic !!!"}},
       {{"X-Hub-Signature-256", "sha256=" + sign("hmac-key", "another body")}},
       {{"X-Hub-Signature-256", "sha256=" + sign("other-key", "the body")}},
       {{"X-Hub-Signature-256", "sha1=" + sign("hmac-key", "the body")}},
       {{"X-Hub-Signature-256", ""}}},
      {{{"Authorization", "Bearer intake-token"}},
       {{"authorization", "bearer  intake-token"}},
       {{"Authorization", basic("alertmanager:pass:word")}},
       {{"X-Hub-Signature-256", "sha256=" + sign("hmac-key", "the body")}},
       {{"x-hub-signature-256", sign("hmac-key", "the body")}}}};
  std::vector<Headers> of_control[] = {
      {{{"Authorization", "Bearer intake-token"}}, {{"Authorization", "Bearer control-token2"}}},
      {{{"Authorization", "Bearer control-token"}}}};
  std::vector<Headers> of_signed[] = {{signed_by("another", "1767323060"),
                                       signed_by("app-secret", "1767322000"),
                                       {{"Authorization", "Bearer control-token"}},
                                       {{"Authorization", "Bearer intake-token"}}},
                                      {signed_by("app-secret", "1767323060")}};
  if (access == Access::kSigned) return of_signed[which - 1];
  return (access == Access::kIntake ? of_intake : of_control)[which - 1];
}

TEST_F(Routes, EveryEndpointLetsInWhomItsTableSays) {
  int cells = 0;
  for (const app::Endpoint& endpoint : app::endpoints()) {
    for (const Row& row : kTable) {
      if (row.access != endpoint.access) continue;
      guard_.use(rules_of(row.configured));
      for (int which = 0; which < 3; ++which) {
        for (const Headers& headers : shown(row.access, which)) {
          for (bool is_loopback : {false, true}) {
            ServerRequest request;
            request.headers = headers;
            request.body = row.access == Access::kSigned ? kSignedBody : "the body";
            request.is_loopback = is_loopback;
            int status = server_.call(endpoint.method, endpoint.path, request).status;
            EXPECT_EQ(status, (is_loopback ? row.loopback : row.elsewhere)[which])
                << endpoint.path << ": " << kConfigured[row.configured] << ", " << kShown[which] << ", "
                << (headers.empty() ? "" : headers[0].first + ": " + headers[0].second)
                << (is_loopback ? ", loopback" : ", elsewhere");
            ++cells;
          }
        }
      }
    }
  }
  EXPECT_GT(cells, 300);
}

TEST_F(Routes, NoBodyIsReadFromWhoShowsNoSignatureOfNow) {
  const std::string signature = "v0=" + std::string(64, '0');
  auto with = [&](const std::string& timestamp, const std::string& text) {
    return Headers{{"X-Slack-Request-Timestamp", timestamp}, {"X-Slack-Signature", text}};
  };
  Headers twice = with("1767323060", signature);
  twice.emplace_back("X-Slack-Signature", signature);
  const std::pair<Headers, int> cells[] = {
      {{}, 401},
      {{{"X-Slack-Request-Timestamp", "1767323060"}}, 401},
      {{{"X-Slack-Signature", signature}}, 401},
      {twice, 401},
      {with("1767323060", ""), 401},
      {with("1767323060", "v0=short"), 401},
      {with("", signature), 401},
      {with("yesterday", signature), 401},
      {with("-1", signature), 401},
      {with("1767322759", signature), 401},  // 301 seconds off.
      {with("1767323361", signature), 401},
      {with("1767322760", signature), 0},
      {with("1767323360", signature), 0},
  };
  auto status = [&](const Headers& headers) {
    auto refused = server_.admit("POST", kClicks, headers);
    return refused ? refused->status : 0;
  };
  for (std::size_t i = 0; i < std::size(cells); ++i) EXPECT_EQ(status(cells[i].first), cells[i].second) << i;

  clicks_.use({});
  for (std::size_t i = 0; i < std::size(cells); ++i) EXPECT_EQ(status(cells[i].first), 403) << i;
  EXPECT_EQ(server_.largest.at({"POST", kClicks}), app::Clicks::kLargest);
}

TEST_F(Routes, EveryEndpointIsServedAndNothingElse) {
  EXPECT_EQ(server_.handlers.size(), app::endpoints().size());
  for (const app::Endpoint& endpoint : app::endpoints()) {
    EXPECT_TRUE(server_.handlers.contains({endpoint.method, endpoint.path})) << endpoint.path;
  }
}

TEST_F(Routes, WhoIsPassedOnIsNotOnThisMachine) {
  guard_.use(rules_of(kCredentials));
  for (const char* name : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "Origin"}) {
    auto request = local();
    request.headers = {{name, "192.0.2.1"}};
    EXPECT_EQ(server_.call("GET", "/api/findings", request).status, 401) << name;
  }
}

TEST_F(Routes, ANameThatOnlyResolvesToLoopbackIsNotTrusted) {
  auto status = [&](const std::string& host) {
    auto request = local();
    request.headers = {{"Host", host}};
    return server_.call("POST", "/-/reload", request).status;
  };

  for (const char* host : {"localhost:5000", "127.0.0.1:5000", "127.0.0.1", "[::1]:5000", "localhost"}) {
    EXPECT_EQ(status(host), 200) << host;
  }
  for (const char* host : {"evil.example:5000", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]:5000"}) {
    EXPECT_EQ(status(host), 403) << host;
  }
}

TEST_F(Routes, ARefusalNamesTheHeaderThatIsInTheWay) {
  auto said = [&](const Headers& headers, bool is_loopback) {
    ServerRequest request;
    request.headers = headers;
    request.is_loopback = is_loopback;
    return server_.call("GET", "/api/findings", request).body;
  };

  EXPECT_THAT(said({}, false), testing::HasSubstr("only over loopback"));
  EXPECT_THAT(said({{"Host", "evil.example"}}, true), testing::HasSubstr("its header Host is no name of loopback"));
  EXPECT_THAT(said({{"X-Forwarded-For", "192.0.2.1"}}, true), testing::HasSubstr("its header X-Forwarded-For"));
}

TEST_F(Routes, ACertificateIsWantedWhereItIsConfigured) {
  auto rules = rules_of(kNothing);
  rules.wants_certificate = true;
  guard_.use(rules);
  ServerRequest without;
  ServerRequest with;
  with.has_certificate = true;

  EXPECT_EQ(server_.call("GET", "/livez", without).status, 200);
  EXPECT_EQ(server_.call("POST", "/api/alerts", without).status, 403);
  EXPECT_EQ(server_.call("POST", "/api/alerts", with).status, 200);
  EXPECT_EQ(server_.call("GET", "/api/findings", with).status, 403) << "a certificate is no token";
}

TEST_F(Routes, ARefusalNamesWhatIsAskedFor) {
  guard_.use(rules_of(kCredentials));

  auto intake = server_.call("POST", "/api/alerts", {});
  auto control = server_.call("POST", "/-/reload", {});

  EXPECT_EQ(find_header(intake.headers, "WWW-Authenticate"), R"(Bearer realm="tocsin", Basic realm="tocsin")");
  EXPECT_EQ(find_header(control.headers, "WWW-Authenticate"), R"(Bearer realm="tocsin")");
  EXPECT_EQ(intake.body, "{\"error\":\"credentials are needed\"}\n");
}

TEST_F(Routes, ARefusalIsLoggedOnceAMinuteWithoutWhatWasShown) {
  guard_.use(rules_of(kCredentials));
  ServerRequest request;
  request.peer = "192.0.2.7";
  request.headers = {{"Authorization", "Bearer hunter2"}};

  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) server_.call("POST", "/api/alerts", request);
  clock_.advance(std::chrono::minutes(1));
  server_.call("POST", "/api/alerts", request);
  request.headers = {{"X-Hub-Signature-256", base::hmac_sha256_hex("other-key", "")}};
  server_.call("POST", "/api/alerts", request);
  auto log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_THAT(log, testing::ContainsRegex("/api/alerts.*192.0.2.7.*401.*are wrong.*times.{1,2}1[^0-9].*"
                                          "times.{1,2}5[^0-9]"));
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("hunter2")));
}

TEST_F(Routes, WhatIsShownIsNotKeptByCaches) {
  EXPECT_EQ(find_header(server_.call("GET", "/api/findings", local()).headers, "Cache-Control"), "no-store");
}

TEST_F(Routes, ReadyNamesWhatFailed) {
  checks_[1] = {"log", false, "the disk is full"};

  auto response = server_.call("GET", "/readyz", {});

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "[-]log failed: the disk is full\nreadyz check failed\n");
}

TEST_F(Routes, ReadyVerboselyHasALineForEachCheck) {
  EXPECT_EQ(server_.call("GET", "/readyz", local("verbose")).body, "[+]config ok\n[+]log ok\nreadyz check passed\n");
}

TEST_F(Routes, ASickSinkIsNamedAndKeepsTheProcessReady) {
  checks_.push_back({"sink/pager", false, "auth since 2026-03-04T11:41:00Z", false});

  auto verbose = server_.call("GET", "/readyz", local("verbose"));
  auto brief = server_.call("GET", "/readyz", local());

  EXPECT_EQ(verbose.status, 200);
  EXPECT_EQ(verbose.body,
            "[+]config ok\n[+]log ok\n[!]sink/pager failed: auth since 2026-03-04T11:41:00Z\nreadyz check passed\n");
  EXPECT_EQ(brief.status, 200);
  EXPECT_EQ(brief.body, "ok\n");
}

TEST_F(Routes, ARefusedReloadSaysWhatIsWrong) {
  reloaded_.problems = {"tocsin.yaml:3:1: error: unknown key 'sinksConfg'"};

  auto response = server_.call("POST", "/-/reload", local());

  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, testing::HasSubstr(reloaded_.problems[0] + "\n"));
}

TEST_F(Routes, AReloadSaysWhatWaitsForAStart) {
  EXPECT_EQ(server_.call("POST", "/-/reload", local()).body, "reloaded\n");

  reloaded_.waiting = {"server.listen", "clusterName"};
  auto response = server_.call("POST", "/-/reload", local());

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "reloaded; these take effect at the next start only:\nserver.listen\nclusterName\n");
}

TEST_F(Routes, TheNumberOfFindingsIsBounded) {
  server_.call("GET", "/api/findings", local("limit=999999"));
  EXPECT_EQ(limit_, 1000);
  server_.call("GET", "/api/findings", local("limit=99999999999999999999"));
  EXPECT_EQ(limit_, 1000);
  server_.call("GET", "/api/findings", local("limit=7"));
  EXPECT_EQ(limit_, 7);
  server_.call("GET", "/api/findings", local());
  EXPECT_EQ(limit_, 100);
}

TEST_F(Routes, ANumberOfFindingsThatIsNoneIsRefused) {
  for (const char* query : {"limit=abc", "limit=", "limit=0", "limit=-5", "limit=7x"}) {
    auto response = server_.call("GET", "/api/findings", local(query));
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_THAT(response.body, testing::HasSubstr("limit must be a number from 1 to 1000")) << query;
  }
}

}  // namespace
