// SPDX-License-Identifier: Apache-2.0
// The whole program with a Slack that no public address is needed for: clicks come over Socket Mode.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/servers.h"
#include "tests/acceptance/slack_config.h"
#include "tests/acceptance/tocsin.h"
#include "tests/fakes/slack/fake_slack.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

using fakes::slack::FakeSlack;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct SlackSocketMode : testing::Test {
  void SetUp() override {
    if (auto missing = what_is_missing(); !missing.empty()) GTEST_SKIP() << missing;
    tocsin.emplace(slack_config(slack, std::string("      app_token: ") + FakeSlack::kAppToken + "\n"));
    ASSERT_TRUE(tocsin->start()) << tocsin->log();
    alertmanager.emplace("http://127.0.0.1:" + std::to_string(tocsin->port()) + "/api/alerts");
    ASSERT_TRUE(harness::eventually(kGenerous, [&] {
      return alertmanager->is_ready() && alertmanager->fire("KubePodCrashLooping") && slack.tops().size() == 1;
    })) << tocsin->log();
    ASSERT_TRUE(slack.wait_until([&] { return is_connected(); })) << tocsin->log();
  }
  bool is_connected() const {
    return harness::http_get(tocsin->port(), "/metrics").body.find(R"(tocsin_slack_socket_connected{sink="main"} 1)") !=
           std::string::npos;
  }
  std::string ts() const { return slack.tops().at(0).ts; }
  std::string shown() const { return slack.tops().at(0).content.dump(); }
  bool is_acknowledged(const std::string& envelope) {
    return slack.wait_until([&] { return testing::Value(slack.socket().acknowledged(), Contains(envelope)); });
  }

  FakeSlack slack;
  std::optional<Tocsin> tocsin;
  std::optional<Alertmanager> alertmanager;
};

TEST_F(SlackSocketMode, AClickIsDoneOnceThoughItIsSentAgainAndTheProcessIsKilled) {
  auto click = slack.click(ts(), "tocsin_acknowledge");

  ASSERT_TRUE(is_acknowledged(slack.socket().send_envelope(click))) << tocsin->log();
  tocsin->crash();  // What was acknowledged is not lost.
  ASSERT_TRUE(tocsin->start()) << tocsin->log();
  ASSERT_TRUE(slack.wait_until([&] { return is_connected(); })) << tocsin->log();
  ASSERT_TRUE(slack.wait_until([&] { return shown().find("Acknowledged by <@U0000000ANN>") != std::string::npos; }))
      << tocsin->log();
  ASSERT_TRUE(is_acknowledged(slack.socket().send_envelope(click))) << tocsin->log();

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_EQ(tocsin->ledger().at("difference"), 0);
  EXPECT_THAT(slack.problems(), IsEmpty());
  EXPECT_THAT(harness::http_get(tocsin->port(), "/metrics").body,
              HasSubstr(R"(tocsin_clicks_total{outcome="accepted",way="socket"} 1)"));
  EXPECT_THAT(tocsin->log(), Not(HasSubstr(FakeSlack::kAppToken)));
  EXPECT_THAT(tocsin->log(), Not(HasSubstr("s3cret-ticket")));
}

TEST_F(SlackSocketMode, ALostConnectionIsOpenedAgainAndDoesNotMakeTheProcessUnready) {
  slack.refuse("apps.connections.open", "missing_scope");
  slack.socket().cut();

  ASSERT_TRUE(slack.wait_until([&] {
    auto ready = harness::http_get(tocsin->port(), "/readyz?verbose");
    return ready.status == 200 && ready.body.find("connections:write") != std::string::npos;
  })) << harness::http_get(tocsin->port(), "/readyz?verbose").body;
}

}  // namespace
}  // namespace acceptance
