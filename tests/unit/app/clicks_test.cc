// SPDX-License-Identifier: Apache-2.0
#include "app/clicks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http/curl_client.h"
#include "net/http/url.h"
#include "sinks/slack/click.h"
#include "sinks/slack/slack_inbox.h"
#include "tests/fakes/fake_bus.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/slack/fake_slack.h"

namespace app {
namespace {

using fakes::slack::FakeSlack;
using net::http::ServerRequest;
using net::http::ServerResponse;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const base::Time kNow{std::chrono::seconds(1'767'323'060)};

// The inbox of a sink, as its section makes it.
std::shared_ptr<sinks::Inbox> inbox(const std::string& sink, const std::string& secret, FakeSlack& slack,
                                    const sinks::Services& services) {
  sinks::slack::Options options;
  options.name = sink;
  options.api_key = base::Secret(FakeSlack::kToken);
  options.api_url = slack.api_url();
  (secret.starts_with("xapp-") ? options.app_token : options.signing_secret) = base::Secret(secret);
  options.has_buttons = true;
  return std::make_shared<sinks::slack::SlackInbox>(options, services);
}

struct ClicksTest : testing::Test {
  ClicksTest() { clicks.use({{"main", inbox("main", "s3cret", slack, services)}}); }
  ~ClicksTest() override { loop.run(http->stop()); }

  static std::string payload(const std::string& sink = "main", const std::string& team = FakeSlack::kTeam,
                             const std::string& action = "tocsin_acknowledge") {
    nlohmann::json json = {{"type", "block_actions"},
                           {"user", {{"id", "U1"}, {"username", "ann"}}},
                           {"team", {{"id", team}}},
                           {"container", {{"channel_id", "C1"}, {"message_ts", "1.2"}}},
                           {"actions", {{{"action_id", action}, {"action_ts", "3.4"}}}}};
    json["actions"][0]["value"] = nlohmann::json{{"s", sink}, {"k", "key"}, {"i", "incident"}}.dump();
    return json.dump();
  }

  ServerResponse give(std::string body, const std::string& secret = "s3cret", std::string timestamp = "1767323060") {
    ServerRequest request;
    request.headers = {{"X-Slack-Request-Timestamp", timestamp},
                       {"X-Slack-Signature", sinks::slack::signature_of(secret, timestamp, body)}};
    request.body = std::move(body);
    return loop.run(clicks.handle(std::move(request)));
  }
  ServerResponse click(const std::string& what) { return give(net::http::build_query({{"payload", what}})); }

  bool take(const std::string& line, const std::string& what) { return loop.run(clicks.take(line, what)); }

  double counted(const std::string& outcome, const std::string& way = "http") {
    return metrics
        .counter("tocsin_clicks_total", "Clicks on buttons that came, by the way they came and what became of them.",
                 {{"way", way}, {"outcome", outcome}})
        .Value();
  }

  FakeSlack slack;
  base::ManualClock clock{kNow};
  base::Metrics metrics;
  fakes::IoThread loop;
  std::unique_ptr<net::http::Client> http = net::http::make_client({}, loop.executor());
  sinks::Services services{.http = *http, .file_pool = loop.executor(), .clock = clock};
  std::shared_ptr<fakes::BusLevers> levers = std::make_shared<fakes::BusLevers>();
  fakes::FakeBus bus{levers};
  Clicks clicks{bus, clock, metrics};
};

TEST_F(ClicksTest, AnswersOnceTheCommandIsInTheLog) {
  auto response = click(payload());

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  auto appends = levers->appends();
  ASSERT_THAT(appends, SizeIs(1));
  const auto& record = appends.front().records.front();
  EXPECT_EQ(record.topic, "commands");
  EXPECT_EQ(record.key, "key");
  auto command = schemas::decode_command(record.value);
  ASSERT_TRUE(command);
  EXPECT_EQ(command.value().sink, "main");
  EXPECT_EQ(command.value().by, "<@U1>");
  EXPECT_EQ(counted("accepted"), 1);
}

TEST_F(ClicksTest, WhatCannotBeKeptIsNotAccepted) {
  levers->fail_with(base::passing(base::Reason::kFull, "the log is full"));

  EXPECT_EQ(click(payload()).status, 503);
  EXPECT_EQ(counted("unavailable"), 1);
}

TEST_F(ClicksTest, RefusesWhatIsNotSignedByTheApp) {
  auto forged = give("payload=%7B%7D", "another");
  auto stale = give("payload=%7B%7D", "s3cret", "1767322000");
  auto unsigned_one = loop.run(clicks.handle({}));

  EXPECT_EQ(forged.status, 401);
  EXPECT_THAT(forged.body, HasSubstr("signing_secret"));
  EXPECT_EQ(stale.status, 401);
  EXPECT_THAT(stale.body, HasSubstr("five minutes"));
  EXPECT_EQ(unsigned_one.status, 401);
  EXPECT_THAT(unsigned_one.body, HasSubstr("X-Slack-Signature"));
  EXPECT_EQ(counted("forged") + counted("stale") + counted("unsigned"), 3);
  EXPECT_THAT(levers->appends(), IsEmpty());
}

TEST_F(ClicksTest, RefusesWhatIsNoClickOfOurs) {
  EXPECT_EQ(give("another=field").status, 400);
  EXPECT_EQ(click("{}").status, 400);
  EXPECT_THAT(click(payload("gone")).body, HasSubstr("not configured"));
  EXPECT_THAT(click(payload("main", "T0000000002")).body, HasSubstr("another workspace"));
  EXPECT_THAT(click(payload("main", FakeSlack::kTeam, "restart")).body, HasSubstr("action_id"));

  EXPECT_EQ(counted("unreadable"), 2);
  EXPECT_EQ(counted("unknown_sink"), 1);
  EXPECT_EQ(counted("other_workspace"), 1);
  EXPECT_EQ(counted("unknown_action"), 1);
  EXPECT_THAT(levers->appends(), IsEmpty());
}

TEST_F(ClicksTest, ALinkThatSomebodyFollowsIsFineAndAsksNothing) {
  EXPECT_EQ(click(payload("main", FakeSlack::kTeam, "link_0")).status, 200);
  EXPECT_THAT(levers->appends(), IsEmpty());
}

TEST_F(ClicksTest, OneAppMayHaveSeveralSinksAndEachAppItsOwn) {
  clicks.use({{"main", inbox("main", "s3cret", slack, services)},
              {"other", inbox("other", "s3cret", slack, services)},
              {"foreign", inbox("foreign", "another", slack, services)}});

  EXPECT_EQ(click(payload("other")).status, 200);
  EXPECT_EQ(click(payload("foreign")).status, 400) << "its app has another secret";
}

TEST_F(ClicksTest, WhereSlackCannotTellTheWorkspaceItIsNotNow) {
  slack.answer_status("auth.test", 500);

  EXPECT_EQ(click(payload()).status, 503);
  EXPECT_EQ(click(payload()).status, 200);
}

TEST_F(ClicksTest, WhatComesOverASocketIsKeptTheSameWay) {
  auto own = inbox("main", FakeSlack::kAppToken, slack, services);
  auto other = inbox("other", FakeSlack::kAppToken, slack, services);
  auto foreign = inbox("foreign", "xapp-of-another-app", slack, services);
  clicks.use({{"main", own}, {"other", other}, {"foreign", foreign}});
  ASSERT_EQ(own->line(), other->line());

  EXPECT_TRUE(take(own->line(), payload()));
  EXPECT_TRUE(take(own->line(), payload("other")));
  EXPECT_FALSE(take(own->line(), payload("foreign"))) << "its clicks come over another line";
  EXPECT_FALSE(take(own->line(), "no click"));
  EXPECT_FALSE(take("a line that is gone", payload()));
  levers->fail_with(base::passing(base::Reason::kFull, "the log is full"));
  EXPECT_FALSE(take(own->line(), payload()));

  auto appends = levers->appends();
  ASSERT_GE(appends.size(), 2u);
  EXPECT_EQ(appends[0].records.front().topic, "commands");
  EXPECT_EQ(counted("accepted", "socket"), 2);
  EXPECT_EQ(counted("unknown_sink", "socket"), 2);
  EXPECT_EQ(counted("unreadable", "socket"), 1);
  EXPECT_EQ(counted("unavailable", "socket"), 1);
}

TEST_F(ClicksTest, ARedeliveredClickIsTheSameCommand) {
  auto own = inbox("main", FakeSlack::kAppToken, slack, services);
  clicks.use({{"main", own}});

  ASSERT_TRUE(take(own->line(), payload()));
  ASSERT_TRUE(take(own->line(), payload()));

  auto appends = levers->appends();
  ASSERT_THAT(appends, SizeIs(2));
  auto id = [&](std::size_t i) { return schemas::decode_command(appends[i].records.front().value).value().id; };
  EXPECT_EQ(id(0), id(1));
}

TEST_F(ClicksTest, WithAnAppTokenAloneNothingIsTakenOverHttp) {
  clicks.use({{"main", inbox("main", FakeSlack::kAppToken, slack, services)}});

  EXPECT_EQ(click(payload()).status, 403);
}

TEST_F(ClicksTest, WithoutASigningSecretItIsOff) {
  clicks.use({});

  EXPECT_EQ(click(payload()).status, 403);
}

}  // namespace
}  // namespace app
