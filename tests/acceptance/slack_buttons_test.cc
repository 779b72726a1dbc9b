// SPDX-License-Identifier: Apache-2.0
// The whole program with a Slack whose buttons are pressed, and Debian's Alertmanager to silence alerts in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "net/http/url.h"
#include "sinks/slack/click.h"
#include "tests/acceptance/servers.h"
#include "tests/acceptance/slack_config.h"
#include "tests/acceptance/tocsin.h"
#include "tests/fakes/slack/fake_slack.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

using fakes::slack::FakeSlack;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string config_with_buttons(const FakeSlack& slack, std::uint16_t alertmanager) {
  return slack_config(
      slack, std::string("      signing_secret: ") + FakeSlack::kSigningSecret +
                 "\n      silences: {alertmanager_url: 'http://127.0.0.1:" + std::to_string(alertmanager) + "'}\n");
}

// As Slack sends it.
harness::Answer press(const Tocsin& tocsin, const json& payload,
                      const std::string& secret = FakeSlack::kSigningSecret) {
  auto body = net::http::build_query({{"payload", payload.dump()}});
  auto now = std::to_string(std::time(nullptr));
  auto headers = "X-Slack-Request-Timestamp: " + now +
                 "\r\nX-Slack-Signature: " + sinks::slack::signature_of(secret, now, body) + "\r\n";
  return harness::http_post_with(tocsin.port(), "/api/slack/interactivity", headers, body,
                                 "application/x-www-form-urlencoded");
}

struct SlackButtons : testing::Test {
  void SetUp() override {
    if (auto missing = what_is_missing(); !missing.empty()) GTEST_SKIP() << missing;
    tocsin.emplace("");
    alertmanager.emplace("http://127.0.0.1:" + std::to_string(tocsin->port()) + "/api/alerts");
    tocsin->write_config(config_with_buttons(slack, alertmanager->port()));
    ASSERT_TRUE(tocsin->start()) << tocsin->log();
    ASSERT_TRUE(harness::eventually(kGenerous, [&] {
      return alertmanager->is_ready() && alertmanager->fire("KubePodCrashLooping") && slack.tops().size() == 1;
    })) << tocsin->log();
  }
  std::string ts() const { return slack.tops().at(0).ts; }
  std::string shown() const { return slack.tops().at(0).content.dump(); }
  json silences() const {
    return json::parse(harness::http_get(alertmanager->port(), "/api/v2/silences").body, nullptr, false);
  }

  FakeSlack slack;
  std::optional<Tocsin> tocsin;
  std::optional<Alertmanager> alertmanager;
};

TEST_F(SlackButtons, AnAcknowledgementIsShownAndSurvivesAKill) {
  auto click = slack.click(ts(), "tocsin_acknowledge");

  ASSERT_EQ(press(*tocsin, click).status, 200) << tocsin->log();
  tocsin->crash();  // What was accepted is not lost.
  ASSERT_TRUE(tocsin->start()) << tocsin->log();

  ASSERT_TRUE(slack.wait_until([&] { return shown().find("Acknowledged by <@U0000000ANN>") != std::string::npos; }))
      << tocsin->log();
  EXPECT_THAT(shown(), Not(HasSubstr("tocsin_acknowledge")));
  EXPECT_EQ(press(*tocsin, click).status, 200);
  EXPECT_THAT(slack.tops(), SizeIs(1));
  auto incident = slack.tops()[0].content.at("metadata").at("event_payload").at("incident").get<std::string>();
  EXPECT_THAT(tocsin->look({"explain", incident}).dump(), HasSubstr(R"("by":"ann")"));
  EXPECT_THAT(tocsin->look({"history"}).dump(), HasSubstr("acknowledged by ann"));
  EXPECT_EQ(tocsin->ledger().at("difference"), 0);
  EXPECT_THAT(slack.problems(), IsEmpty());
}

TEST_F(SlackButtons, ASilenceIsMadeInAlertmanagerOnceAndNamesWhoAskedForIt) {
  auto click = slack.click(ts(), "tocsin_silence_4");

  ASSERT_EQ(press(*tocsin, click).status, 200) << tocsin->log();
  ASSERT_EQ(press(*tocsin, click).status, 200) << "sent again";
  ASSERT_EQ(press(*tocsin, slack.click(ts(), "tocsin_silence_4")).status, 200) << "pressed again";
  ASSERT_TRUE(slack.wait_until([&] { return slack.replies_to(ts()).size() == 1; })) << tocsin->log();
  EXPECT_THAT(slack.replies_to(ts())[0].content.dump(), HasSubstr("Silenced for 4 h"));
  ASSERT_TRUE(slack.wait_until([&] {
    return tocsin->ledger().value("/sinks/main/outcomes/delivered/total"_json_pointer, 0) >= 3;
  })) << tocsin->ledger().dump(1);

  ASSERT_THAT(silences(), SizeIs(1));
  EXPECT_EQ(silences()[0]["createdBy"], "ann (Slack)");
  EXPECT_EQ(silences()[0]["status"]["state"], "active");
  EXPECT_EQ(silences()[0]["matchers"][0]["value"], "KubePodCrashLooping");
  EXPECT_THAT(slack.replies_to(ts()), SizeIs(1));
  auto history = tocsin->look({"history"}).dump();
  EXPECT_THAT(history, HasSubstr("asked by ann"));
  EXPECT_EQ(tocsin->ledger().at("difference"), 0);
}

TEST_F(SlackButtons, AlertmanagersErrorIsSaidInTheThread) {
  alertmanager.reset();

  ASSERT_EQ(press(*tocsin, slack.click(ts(), "tocsin_silence_1")).status, 200);
  ASSERT_TRUE(slack.wait_until([&] { return slack.replies_to(ts()).size() == 1; })) << tocsin->log();

  EXPECT_THAT(slack.replies_to(ts())[0].content.dump(), HasSubstr("Not silenced"));
}

TEST_F(SlackButtons, AForgedClickIsRefusedAndCounted) {
  auto click = slack.click(ts(), "tocsin_acknowledge");

  EXPECT_EQ(press(*tocsin, click, "another-secret").status, 401);
  EXPECT_THAT(tocsin->log(), HasSubstr("is not that of a slack_sink's signing_secret"));
  EXPECT_THAT(tocsin->log(), Not(HasSubstr(FakeSlack::kSigningSecret)));
  EXPECT_THAT(harness::http_get(tocsin->port(), "/metrics").body,
              HasSubstr(R"(tocsin_clicks_total{outcome="forged",way="http"} 1)"));
}

}  // namespace
}  // namespace acceptance
