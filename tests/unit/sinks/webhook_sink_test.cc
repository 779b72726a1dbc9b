// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/webhook_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/harness/temp_dir.h"

namespace sinks::webhook {
namespace {

using base::Reason;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct WebhookTest : testing::Test {
  WebhookTest() {
    options.url = base::Secret("https://example.org/hook/t0ken-in-path?key=qqqq");
    options.authorization = base::Secret("Bearer s3cret");
    options.headers = {{"X-Team", "payments-t0p"}};
    delivery.id = "delivery-1";
    delivery.transition.id = "t1";
    delivery.transition.state = schemas::TransitionState::kOpened;
    delivery.transition.finding.title = "Pod web-1 restarts";
    delivery.transition.finding.enrichments = {
        {"graph", "", "", {schemas::ChartBlock{{.title = "Memory", .to = base::Time(std::chrono::hours(1))}}}}};
  }

  static base::Task<void> keep(Webhook& sink, Sending& sending, std::optional<base::Result<Reply>>& into) {
    into = co_await sink.send(sending);
  }
  base::Result<Reply> post() {
    Webhook sink(options, services);
    std::optional<base::Result<Reply>> result;
    boost::asio::io_context loop;
    Sending sending{delivery, sink.render(delivery).value(), base::in(std::chrono::seconds(5))};
    boost::asio::co_spawn(loop, keep(sink, sending, result),
                          [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); });
    loop.run();
    return *result;
  }

  Options options;
  schemas::Delivery delivery;
  fakes::FakeHttpClient http;
  base::ManualClock clock{base::Time(std::chrono::seconds(1'674'087'231))};
  Services services{.http = http, .file_pool = {}, .user_agent = "tocsin/test", .clock = clock};
};

TEST_F(WebhookTest, PostsTheTransitionWithItsHeaders) {
  http.answer("example.org", 204, "");

  ASSERT_TRUE(post().has_value());

  const auto& request = http.requests.at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(net::http::find_header(request.headers, "Idempotency-Key"), "delivery-1");
  EXPECT_EQ(net::http::find_header(request.headers, "Content-Type"), "application/json");
  EXPECT_EQ(net::http::find_header(request.headers, "User-Agent"), "tocsin/test");
  EXPECT_EQ(net::http::find_header(request.headers, "Authorization"), "Bearer s3cret");
  EXPECT_EQ(net::http::find_header(request.headers, "X-Team"), "payments-t0p");
  auto body = nlohmann::json::parse(request.body);
  EXPECT_EQ(body["schema"], "tocsin.transition/1");
  EXPECT_EQ(body["state"], "opened");
  EXPECT_EQ(body["finding"]["title"], "Pod web-1 restarts");
  EXPECT_TRUE(body.contains("incident"));
}

TEST_F(WebhookTest, SendsWithWhatIsInTheFilesOfItsSecretsByNow) {
  harness::TempDir dir;
  options.url = base::Secret("https://old.example.org/", dir.write("url", "https://new.example.org/t0ken-in-file\n"));
  options.authorization = base::Secret("Bearer old", dir.write("authorization", "Bearer new"));
  options.signature.emplace();
  options.signature->style = SignatureStyle::kGithub;
  options.signature->secrets = {{base::Secret("old-key", dir.write("key", "new-key"))}};
  http.answer("new.example.org", 403, "Bearer new may not post to /t0ken-in-file");

  auto result = post();

  const auto& request = http.requests.at(0);
  EXPECT_EQ(request.url, "https://new.example.org/t0ken-in-file");
  EXPECT_EQ(net::http::find_header(request.headers, "Authorization"), "Bearer new");
  EXPECT_EQ(net::http::find_header(request.headers, "X-Hub-Signature-256"),
            "sha256=" + base::hmac_sha256_hex("new-key", request.body));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("*** may not post to ***"), Not(HasSubstr("t0ken"))));
}

TEST_F(WebhookTest, KeepsAUrlAndAKeyWhileTheirFilesHoldNone) {
  harness::TempDir dir;
  options.url = base::Secret("https://old.example.org/", dir.write("url", "soon"));
  options.signature.emplace();
  options.signature->secrets = {{base::Secret("whsec_b2xk", dir.write("key", "whsec_?"))}};
  http.answer("old.example.org", 204, "");

  EXPECT_TRUE(post());
}

TEST_F(WebhookTest, RendersTheSameBytesEachTime) {
  Webhook sink(options, services);

  EXPECT_EQ(sink.render(delivery).value().body, sink.render(delivery).value().body);
}

TEST_F(WebhookTest, PostsTextWhereTextIsWanted) {
  options.format = Format::kText;
  http.answer("example.org", 200, "");

  ASSERT_TRUE(post().has_value());

  EXPECT_EQ(net::http::find_header(http.requests.at(0).headers, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_THAT(http.requests.at(0).body, HasSubstr("Pod web-1 restarts"));
}

TEST_F(WebhookTest, AddsPicturesOnlyWhereTheyFit) {
  options.include_png = true;
  Webhook with(options, services);
  options.size_limit = 4096;
  Webhook without(options, services);

  EXPECT_THAT(with.render(delivery).value().body, HasSubstr("image/png"));
  EXPECT_THAT(without.render(delivery).value().body, Not(HasSubstr("image/png")));
}

TEST_F(WebhookTest, SendsAsTheMethodSays) {
  options.method = Method::kPut;
  http.answer("example.org", 200, "");

  ASSERT_TRUE(post().has_value());

  EXPECT_EQ(http.requests.at(0).method, "PUT");
}

TEST_F(WebhookTest, SignsWhatItSendsAtTheTimeOfTheAttempt) {
  options.signature = SignatureOptions{.style = SignatureStyle::kStandardWebhooks,
                                       .secrets = {{base::Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")}}};
  http.answer("example.org", 200, "");

  ASSERT_TRUE(post().has_value());
  clock.advance(std::chrono::seconds(60));
  ASSERT_TRUE(post().has_value());

  const auto& first = http.requests.at(0);
  EXPECT_EQ(net::http::find_header(first.headers, "webhook-id"), "delivery-1");
  EXPECT_EQ(net::http::find_header(first.headers, "webhook-timestamp"), "1674087231");
  EXPECT_EQ(net::http::find_header(http.requests.at(1).headers, "webhook-timestamp"), "1674087291");
  auto expected =
      signature_headers(*options.signature, "delivery-1", base::Time(std::chrono::seconds(1'674'087'231)), first.body);
  EXPECT_EQ(net::http::find_header(first.headers, "webhook-signature"), expected.at(2).second);
}

TEST_F(WebhookTest, PutsTheCloudEventAroundTheBody) {
  options.cloudevents = CloudEvents::kStructured;
  delivery.transition.incident.id = "incident-1";
  http.answer("example.org", 200, "");

  ASSERT_TRUE(post().has_value());

  const auto& request = http.requests.at(0);
  EXPECT_EQ(net::http::find_header(request.headers, "Content-Type"), "application/cloudevents+json; charset=utf-8");
  auto event = nlohmann::json::parse(request.body);
  EXPECT_EQ(event["specversion"], "1.0");
  EXPECT_EQ(event["id"], "delivery-1");
  EXPECT_EQ(event["type"], "tocsin.incident.opened");
  EXPECT_EQ(event["source"], "/tocsin");
  EXPECT_EQ(event["subject"], "incident-1");
  EXPECT_EQ(event["datacontenttype"], "application/json");
  EXPECT_EQ(event["data"]["schema"], "tocsin.transition/1");
}

TEST_F(WebhookTest, PutsTheCloudEventIntoHeaders) {
  options.cloudevents = CloudEvents::kBinary;
  options.cloudevents_source = "https://tocsin.example.org/Köln 1\"%";
  http.answer("example.org", 200, "");

  ASSERT_TRUE(post().has_value());

  const auto& request = http.requests.at(0);
  EXPECT_EQ(net::http::find_header(request.headers, "Content-Type"), "application/json");
  EXPECT_EQ(net::http::find_header(request.headers, "ce-specversion"), "1.0");
  EXPECT_EQ(net::http::find_header(request.headers, "ce-id"), "delivery-1");
  EXPECT_EQ(net::http::find_header(request.headers, "ce-source"), "https://tocsin.example.org/K%C3%B6ln%201%22%25");
  EXPECT_EQ(net::http::find_header(request.headers, "ce-time"), base::to_rfc3339(delivery.transition.at));
  EXPECT_EQ(nlohmann::json::parse(request.body)["schema"], "tocsin.transition/1");
}

TEST_F(WebhookTest, WrapsATextAsATextOfTheCloudEvent) {
  options.cloudevents = CloudEvents::kStructured;
  options.format = Format::kText;
  options.size_limit = 4096;
  delivery.transition.finding.description = std::string(100'000, '"');
  Webhook sink(options, services);

  auto body = sink.render(delivery).value().body;

  EXPECT_LE(body.size(), 4096u);
  EXPECT_TRUE(nlohmann::json::parse(body)["data"].is_string());
}

TEST_F(WebhookTest, FillsATemplateWithWhatFits) {
  auto text =
      R"({"title": "{{ finding.title }}", "evidence": {{ finding.enrichments }}, "new": {{ opening }}, "text": {{ text }}})";
  options.body = std::get<body::Template>(body::Template::parse(text, body::Escape::kJson));
  options.size_limit = 8192;
  delivery.opening = true;
  delivery.transition.finding.enrichments = {{"logs", "", "", {schemas::MarkdownBlock{std::string(50'000, 'x')}}}};
  Webhook sink(options, services);

  auto body = sink.render(delivery).value().body;

  EXPECT_LE(body.size(), 8192u);
  auto json = nlohmann::json::parse(body);
  EXPECT_EQ(json["title"], "Pod web-1 restarts");
  EXPECT_EQ(json["new"], true);
  EXPECT_THAT(json["text"].get<std::string>(), HasSubstr("Pod web-1 restarts"));
}

TEST_F(WebhookTest, GivesUpATemplateThatIsTooLargeByItself) {
  options.body = std::get<body::Template>(body::Template::parse(std::string(9000, 'x'), body::Escape::kNone));
  options.size_limit = 8192;
  Webhook sink(options, services);

  auto rendered = sink.render(delivery);

  ASSERT_FALSE(rendered.has_value());
  EXPECT_EQ(rendered.error().reason, Reason::kTooLarge);
  EXPECT_TRUE(rendered.error().retry.is_never());
}

TEST_F(WebhookTest, TellsForEachStatusWhetherAnotherAttemptCanHelp) {
  for (int status = 200; status < 600; ++status) {
    http.answer("example.org", status, "");
    auto result = post();
    EXPECT_EQ(result.has_value(), status < 300) << status;
    if (result.has_value()) continue;
    bool may_be_mended = status == 401 || status == 403;
    bool may_pass = status == 408 || status == 425 || status == 429 || status >= 500 || may_be_mended;
    EXPECT_EQ(result.error().retry.is_never(), !may_pass) << status;
    if (status == 401 || status == 403) EXPECT_EQ(result.error().reason, Reason::kAuth);
    if (status == 429) EXPECT_EQ(result.error().reason, Reason::kRateLimited);
  }
}

TEST_F(WebhookTest, NeverRepeatsASecretInAnError) {
  for (const char* echoed : {"t0ken-in-path", "s3cret", "payments-t0p", "qqqq"}) {
    auto answer = "you sent /hook/t0ken-in-path?key=qqqq with Bearer s3cret for payments-t0p";
    http.answer("example.org", 400, answer);
    EXPECT_THAT(post().error().message, Not(HasSubstr(echoed)));
    EXPECT_THAT(post().error().message, HasSubstr("400"));
  }
}

}  // namespace
}  // namespace sinks::webhook
