// SPDX-License-Identifier: Apache-2.0
// What Alertmanager sees of us, and what an operator does while alerts come in.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {
namespace {

using nlohmann::json;

class Intake : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(tocsin_.start()) << tocsin_.log(); }

  bool opens(const std::string& fingerprint) {
    return receiver_.wait_until(kGenerous, [&](const auto& received) {
      for (const harness::Received& request : received) {
        json transition = transition_of(request);
        if (transition.value("state", "") == "opened" && transition.at("finding").at("fingerprint") == fingerprint)
          return true;
      }
      return false;
    });
  }

  harness::HttpReceiver receiver_;
  Tocsin tocsin_{config_with_webhook(receiver_.url("/hook"))};
};

TEST_F(Intake, RefusesWhatTryingAgainCantHelp) {
  EXPECT_EQ(tocsin_.post_alerts("not json").status, 400);
  EXPECT_EQ(tocsin_.post_alerts("{\"version\":\"4\"").status, 400);
  EXPECT_EQ(tocsin_.post_alerts("{\"hello\":1}").status, 400);
  EXPECT_EQ(tocsin_.post_alerts(std::string(64 << 20, ' ')).status, 413);
  EXPECT_EQ(harness::http_get(tocsin_.port(), "/api/alerts").status, 405);
  EXPECT_EQ(harness::http_get(tocsin_.port(), "/nothing").status, 404);

  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("after-all-that")})).status, 200);
  EXPECT_TRUE(opens("after-all-that"));
}

TEST_F(Intake, KeepsTheGoodAlertsOfABodyAndTheBadOneAsADeadLetter) {
  json bad = alert("bad");
  bad["labels"] = "not a map";

  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("good-1"), bad, alert("good-2")})).status, 200);

  EXPECT_TRUE(opens("good-1"));
  EXPECT_TRUE(opens("good-2"));
  json ledger = tocsin_.ledger();
  EXPECT_EQ(ledger.at("difference"), 0) << ledger.dump(1);
  EXPECT_EQ(ledger.at("events").at("received"), 3) << ledger.dump(1);
  json letters = tocsin_.look({"dlq", "list"});
  EXPECT_EQ(letters.size(), 1u) << letters.dump(1);
}

TEST_F(Intake, Answers503WhileTheDiskIsFullAndGoesOnAfterwards) {
  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("before")})).status, 200);
  EXPECT_TRUE(opens("before"));

  tocsin_.fill_disk(true);
  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("meanwhile")})).status, 503);
  EXPECT_EQ(harness::http_get(tocsin_.port(), "/livez").status, 200);
  tocsin_.fill_disk(false);

  EXPECT_TRUE(
      harness::eventually(kGenerous, [&] { return tocsin_.post_alerts(body_of({alert("after")})).is_success(); }));
  EXPECT_TRUE(opens("after")) << tocsin_.log();
  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return tocsin_.is_ready(); }));
}

TEST_F(Intake, KeepsItsConfigurationWhenTheNewOneIsBroken) {
  tocsin_.write_config("sinksConfig: [unclosed\n");
  harness::Answer refused = tocsin_.reload();
  tocsin_.hang_up();

  EXPECT_FALSE(refused.is_success());
  EXPECT_NE(refused.body.find("tocsin.yaml"), std::string::npos) << refused.body;
  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("with-the-old-one")})).status, 200);
  EXPECT_TRUE(opens("with-the-old-one"));
}

TEST_F(Intake, TakesANewConfigurationWithoutARestart) {
  harness::HttpReceiver other;
  tocsin_.write_config(config_with_webhook(other.url("/new")));

  EXPECT_TRUE(tocsin_.reload().is_success());

  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("to-the-new-one")})).status, 200);
  EXPECT_TRUE(other.wait_until(kGenerous, [](const auto& received) { return !received.empty(); })) << tocsin_.log();
}

TEST_F(Intake, ShowsItsHealth) {
  EXPECT_TRUE(harness::http_get(tocsin_.port(), "/livez").is_success());
  EXPECT_TRUE(harness::http_get(tocsin_.port(), "/healthz").is_success());
  harness::Answer ready = harness::http_get(tocsin_.port(), "/readyz?verbose");
  EXPECT_GE(std::ranges::count(ready.body, '\n'), 2) << ready.body;
  EXPECT_NE(harness::http_get(tocsin_.port(), "/metrics").body.find("# TYPE tocsin_"), std::string::npos);
}

TEST_F(Intake, StopsCleanlyWhenAsked) {
  EXPECT_EQ(tocsin_.post_alerts(body_of({alert("last-words")})).status, 200);

  auto end = tocsin_.stop();

  ASSERT_TRUE(end);
  EXPECT_TRUE(end->is_success()) << tocsin_.log();
  ASSERT_TRUE(tocsin_.start()) << tocsin_.log();
  EXPECT_TRUE(opens("last-words"));
}

}  // namespace
}  // namespace acceptance
