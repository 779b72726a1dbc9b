// SPDX-License-Identifier: Apache-2.0
// The whole program with a Slack that misbehaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/slack_config.h"
#include "tests/acceptance/tocsin.h"
#include "tests/fakes/slack/fake_slack.h"
#include "tests/harness/http_receiver.h"
#include "tests/harness/process.h"
#include "tests/harness/temp_dir.h"

namespace acceptance {
namespace {

using fakes::slack::FakeSlack;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Fault = FakeSlack::Fault;

int from_environment(const char* name, int otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::atoi(given) : otherwise;
}

std::string with_hold_down(const FakeSlack& slack, const std::string& more, const std::string& actions = {}) {
  return slack_config(slack, "      stable_for: 1s\n" + more, actions);
}

std::string incident_of(const FakeSlack::Message& message) {
  return message.content.at("metadata").at("event_payload").at("incident");
}

// How many opening messages each incident has.
std::map<std::string, int> openings(const FakeSlack& slack) {
  std::map<std::string, int> count;
  for (const auto& top : slack.tops()) ++count[incident_of(top)];
  return count;
}

// Whether so many deliveries were made, and every one of them arrived.
bool is_settled(const Tocsin& tocsin, int deliveries) {
  auto ledger = tocsin.ledger();
  auto sink = ledger.value(json::json_pointer("/sinks/main/made"), -1);
  auto arrived = ledger.value(json::json_pointer("/sinks/main/outcomes/delivered/total"), -1);
  return sink == deliveries && arrived == deliveries;
}

TEST(Slack, TellsAnAlertInOneMessageWithAGraphUntilItIsOver) {
  FakeSlack slack;
  slack.set_looks_until_usable(1);
  harness::HttpReceiver prometheus;
  prometheus.answer_with(200, R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"a"},)"
                              R"("values":[[1767323045,"1"],[1767323105,"2"],[1767323165,"3"]]}]}})");
  Tocsin tocsin(with_hold_down(slack, "globalConfig:\n  prometheus_url: " + prometheus.url("") + "\n",
                               "      - custom_graph_enricher: {promql_query: up, graph_title: Up}\n"));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  tocsin.post_alerts(body_of({alert("one")}));
  ASSERT_TRUE(slack.wait_until([&] { return slack.tops().size() == 1; })) << tocsin.log();
  auto opened = slack.tops().front();
  EXPECT_THAT(opened.content.dump(), HasSubstr("slack_file"));
  tocsin.crash();
  ASSERT_TRUE(tocsin.start());
  tocsin.post_alerts(body_of({alert("one", true)}));
  ASSERT_TRUE(slack.wait_until([&] { return slack.tops().front().content["text"] != opened.content["text"]; }));

  ASSERT_THAT(slack.tops(), SizeIs(1));
  EXPECT_NE(slack.tops().front().content["attachments"][0]["color"], opened.content["attachments"][0]["color"]);
  EXPECT_THAT(slack.tops().front().content.dump(), HasSubstr("slack_file"));
  EXPECT_THAT(slack.problems(), IsEmpty());
  EXPECT_THAT(tocsin.log(), Not(HasSubstr("secret-of-the-bot")));
}

TEST(Slack, AKillBetweenTheSendAndItsReceiptOpensNothingTwice) {
  const int kills = from_environment("TOCSIN_SLACK_KILLS", 20);
  FakeSlack slack;
  Tocsin tocsin(with_hold_down(slack, ""));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  for (int i = 0; i < kills; ++i) {
    slack.fail("chat.postMessage", Fault::kHang);
    tocsin.post_alerts(body_of({alert("kill-" + std::to_string(i))}));
    ASSERT_TRUE(slack.wait_until([&] { return slack.tops().size() == static_cast<std::size_t>(i) + 1; }))
        << i << "\n"
        << tocsin.log();
    tocsin.crash();
    ASSERT_TRUE(tocsin.start()) << tocsin.log();
  }
  ASSERT_TRUE(slack.wait_until([&] { return is_settled(tocsin, kills); })) << tocsin.ledger().dump(1);

  auto found = openings(slack);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(kills));
  EXPECT_THAT(slack.tops(), SizeIs(kills));
  for (const auto& top : slack.tops()) EXPECT_THAT(top.content.dump(), Not(HasSubstr("perhaps a repeat")));
  EXPECT_EQ(tocsin.ledger().at("difference"), 0);
}

TEST(Slack, AStormOf429LosesNothingAndAsksNothingTooEarly) {
  const int alerts = from_environment("TOCSIN_SLACK_STORM", 2000);
  constexpr int kChannels = 20;
  FakeSlack slack;
  slack.set_channel_rate(8, 2);
  for (int i = 0; i < kChannels; ++i) {
    slack.add_channel("C00000010" + std::to_string(10 + i), "channel-" + std::to_string(i));
  }
  Tocsin tocsin(with_hold_down(slack, "      channel_override: labels.channel\n      rate_limit: {per_second: 0}\n"));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  std::vector<json> batch;
  for (int i = 0; i < alerts; ++i) {
    batch.push_back(alert("storm-" + std::to_string(i)));
    batch.back()["labels"]["channel"] = "channel-" + std::to_string(i % kChannels);
    if (batch.size() < 64 && i + 1 < alerts) continue;
    ASSERT_TRUE(tocsin.post_alerts(body_of(batch)).is_success());
    batch.clear();
  }
  ASSERT_TRUE(slack.wait_until([&] { return slack.tops().size() >= static_cast<std::size_t>(alerts); },
                               std::chrono::seconds(60 + alerts / 4)))
      << slack.tops().size();
  ASSERT_TRUE(slack.wait_until([&] { return is_settled(tocsin, alerts); }));

  EXPECT_EQ(openings(slack).size(), static_cast<std::size_t>(alerts));
  EXPECT_THAT(slack.tops(), SizeIs(alerts));
  EXPECT_GT(slack.calls("chat.postMessage"), alerts);  // There was a storm.
  EXPECT_EQ(slack.inside_a_wait(), 0);
  EXPECT_EQ(tocsin.ledger().at("difference"), 0);
}

// Slack allows one post a second and channel; here it is four, so that 10,000 over 20 channels take two and a half
// minutes instead of ten. Every 25th post that the rate allows is limited for a second all the same, and of every 200th
// the answer is lost.
TEST(Slack, UsesTheRateOfEachChannelInAStormOf429AndCutAnswers) {
  const int alerts = from_environment("TOCSIN_SLACK_STORM", 600);
  constexpr int kChannels = 20;
  constexpr int kCutEvery = 200;
  FakeSlack slack;
  slack.set_channel_rate(4, 5);
  slack.storm(25, std::chrono::seconds(1), kCutEvery);
  for (int i = 0; i < kChannels; ++i) {
    slack.add_channel("C00000010" + std::to_string(10 + i), "channel-" + std::to_string(i));
  }
  Tocsin tocsin(with_hold_down(slack,
                               "      channel_override: labels.channel\n"
                               "      rate_limit: {per_second: 4, burst: 3}\n"
                               "      storm: {digest_after: 0}\n"));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  std::vector<json> batch;
  for (int i = 0; i < alerts; ++i) {
    batch.push_back(alert("rate-" + std::to_string(i)));
    batch.back()["labels"]["channel"] = "channel-" + std::to_string(i % kChannels);
    if (batch.size() < 64 && i + 1 < alerts) continue;
    ASSERT_TRUE(tocsin.post_alerts(body_of(batch)).is_success());
    batch.clear();
  }
  auto has_all = [&] {
    return slack.calls("chat.postMessage") >= alerts && openings(slack).size() >= static_cast<std::size_t>(alerts);
  };
  ASSERT_TRUE(slack.wait_until(has_all, std::chrono::seconds(120 + alerts / 10))) << tocsin.log();
  ASSERT_TRUE(slack.wait_until([&] { return is_settled(tocsin, alerts); })) << tocsin.ledger().dump(1);

  int repeats = 0;
  for (const auto& [incident, times] : openings(slack)) repeats += times - 1;
  std::cout << alerts << " alerts: " << slack.calls("chat.postMessage") << " posts asked for, " << repeats
            << " repeats, " << slack.rate_used() << " of the allowed rate used\n";
  EXPECT_EQ(openings(slack).size(), static_cast<std::size_t>(alerts));
  EXPECT_LE(repeats, alerts / kCutEvery);
  EXPECT_EQ(slack.inside_a_wait(), 0);
  EXPECT_EQ(tocsin.ledger().at("difference"), 0);
  // How much of a second was used is a question to a quiet machine.
  if (alerts >= 10'000) EXPECT_GE(slack.rate_used(), 0.95);
}

TEST(Slack, ACrashLeavesAGroupInItsOneMessage) {
  FakeSlack slack;
  Tocsin tocsin(with_hold_down(slack, "      grouping: {group_by: [cluster], notification_mode: {summary: {}}}\n"));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  tocsin.post_alerts(body_of({alert("one")}));
  ASSERT_TRUE(slack.wait_until([&] { return slack.messages().size() == 2; })) << tocsin.log();
  tocsin.crash();
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  tocsin.post_alerts(body_of({alert("two")}));
  auto is_told = [&] { return slack.tops().front().content.dump().find("2 fired, 0 resolved") != std::string::npos; };
  ASSERT_TRUE(slack.wait_until([&] { return slack.messages().size() == 3 && is_told(); })) << tocsin.log();

  ASSERT_THAT(slack.tops(), SizeIs(1));
  EXPECT_THAT(slack.replies_to(slack.tops().front().ts), SizeIs(2));
  EXPECT_THAT(slack.problems(), IsEmpty());
  ASSERT_TRUE(slack.wait_until([&] { return is_settled(tocsin, 2); })) << tocsin.ledger().dump(1);
  EXPECT_EQ(tocsin.ledger().at("difference"), 0);
}

TEST(Slack, AWrongTokenMakesTheSinkSickAndNothingElse) {
  FakeSlack slack;
  slack.set_token("xoxb-another");
  Tocsin tocsin(with_hold_down(slack, ""));

  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  ASSERT_TRUE(slack.wait_until([&] { return tocsin.readiness().body.find("auth since") != std::string::npos; }))
      << tocsin.readiness().body;
  EXPECT_TRUE(tocsin.is_ready());
  EXPECT_THAT(tocsin.log(), HasSubstr("invalid_auth"));
  EXPECT_THAT(tocsin.log(), Not(HasSubstr("secret-of-the-bot")));
}

TEST(Slack, CheckNamesWhatIsMissing) {
  FakeSlack slack;
  slack.set_scopes("chat:write,files:write,channels:read");
  harness::TempDir dir;
  auto file = dir.path() + "/tocsin.yaml";
  std::ofstream(file) << with_hold_down(slack, "");

  auto checked = harness::run({program(), "check", "--config", file, "--online"});

  EXPECT_EQ(checked.exit.code, 1);
  EXPECT_THAT(checked.out, HasSubstr("sink main: workspace Shop, as tocsin"));
  EXPECT_THAT(checked.out, HasSubstr("the token lacks the scope files:read"));
  EXPECT_THAT(checked.out, Not(HasSubstr("files:write")));
  EXPECT_THAT(checked.out, HasSubstr("channel #alerts, a member"));
  EXPECT_THAT(checked.out + checked.err, Not(HasSubstr("secret-of-the-bot")));
}

}  // namespace
}  // namespace acceptance
