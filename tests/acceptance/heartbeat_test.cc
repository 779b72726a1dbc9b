// SPDX-License-Identifier: Apache-2.0
// The heartbeat of the real program: it beats while every stage works, and when one does not, it stops and says where.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/servers.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {
namespace {

using nlohmann::json;

std::string config(const harness::HttpReceiver& dead_mans_switch) {
  return "heartbeat: {interval: 1s, url: \"" + dead_mans_switch.url("/ping") + "\"}\nsinksConfig: []\n";
}

bool says(const Tocsin& tocsin, const std::string& what) {
  return tocsin.readiness().body.find(what) != std::string::npos;
}

TEST(Heartbeats, ReachTheSwitchAndOpenNoIncident) {
  harness::HttpReceiver dead_mans_switch;
  Tocsin tocsin(config(dead_mans_switch));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  ASSERT_TRUE(dead_mans_switch.wait_until(kGenerous, [](const auto& calls) { return calls.size() >= 3; }))
      << tocsin.log() << tocsin.readiness().body;

  EXPECT_TRUE(says(tocsin, "[+]heartbeat ok")) << tocsin.readiness().body;
  ASSERT_TRUE(tocsin.stop());
  json books = tocsin.ledger();
  EXPECT_EQ(books["difference"], 0) << books.dump(1);
  EXPECT_EQ(books["sources"]["heartbeat"]["difference"], 0);
  EXPECT_GE(books["events"]["outcomes"]["heartbeat"]["by_reason"]["beat"], 3);
  EXPECT_FALSE(books["events"]["outcomes"].contains("in_incident"));
  EXPECT_GE(books["sinks"]["heartbeat"]["outcomes"]["delivered"]["total"], 3);
  EXPECT_EQ(tocsin.look({"findings", "list"}), json::array());
}

TEST(Heartbeats, StopAtALogThatTakesNothing) {
  harness::HttpReceiver dead_mans_switch;
  Tocsin tocsin(config(dead_mans_switch));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  ASSERT_TRUE(dead_mans_switch.wait_until(kGenerous, [](const auto& calls) { return !calls.empty(); }));

  tocsin.fill_disk(true);
  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return says(tocsin, "stopped at ingest"); }))
      << tocsin.readiness().body;
  tocsin.fill_disk(false);

  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return says(tocsin, "[+]heartbeat ok"); }))
      << tocsin.readiness().body;
}

TEST(Heartbeats, StopAtASwitchThatDoesNotAnswerAndLeaveNoDeadLetters) {
  harness::HttpReceiver dead_mans_switch;
  dead_mans_switch.answer_with(500);
  Tocsin tocsin(config(dead_mans_switch));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return says(tocsin, "stopped at sink.heartbeat"); }))
      << tocsin.readiness().body;
  dead_mans_switch.answer_with(200);
  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return says(tocsin, "[+]heartbeat ok"); }))
      << tocsin.readiness().body;

  ASSERT_TRUE(tocsin.stop());
  EXPECT_EQ(tocsin.look({"dlq", "list"}), json::array());
  EXPECT_EQ(tocsin.ledger()["difference"], 0) << tocsin.ledger().dump(1);
}

TEST(Heartbeats, GoToASinkThatIsNamed) {
  harness::HttpReceiver chat;
  Tocsin tocsin("heartbeat: {interval: 1s, sink: chat}\nsinksConfig:\n  - webhook_sink: {name: chat, url: \"" +
                chat.url("/chat") + "\"}\n");
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  ASSERT_TRUE(chat.wait_until(kGenerous, [](const auto& calls) { return calls.size() >= 2; })) << tocsin.log();

  json first = transition_of(chat.received().at(0));
  json second = transition_of(chat.received().at(1));
  EXPECT_EQ(first["cause"], "heartbeat");
  EXPECT_EQ(first["incident"]["id"], second["incident"]["id"]);
  EXPECT_TRUE(harness::eventually(kGenerous, [&] { return says(tocsin, "[+]heartbeat ok"); }));
}

TEST(Heartbeats, FollowAReload) {
  harness::HttpReceiver dead_mans_switch;
  const std::string no_heartbeat = "sinksConfig: []\n";
  auto calls = [&](const char* path) {
    return dead_mans_switch.wait_until(kGenerous, [&](const auto& all) {
      return std::ranges::any_of(all, [&](const auto& call) { return call.target == path; });
    });
  };
  Tocsin tocsin(no_heartbeat);
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  EXPECT_FALSE(says(tocsin, "heartbeat"));

  for (const char* path : {"/one", "/two"}) {
    tocsin.write_config("heartbeat: {interval: 1s, url: \"" + dead_mans_switch.url(path) + "\"}\n" + no_heartbeat);
    ASSERT_TRUE(tocsin.reload().is_success()) << tocsin.log();
    EXPECT_TRUE(calls(path)) << tocsin.readiness().body << tocsin.log();
  }
  tocsin.write_config(no_heartbeat);
  ASSERT_TRUE(tocsin.reload().is_success()) << tocsin.log();

  EXPECT_FALSE(says(tocsin, "heartbeat"));
  ASSERT_TRUE(tocsin.stop());
  EXPECT_EQ(tocsin.ledger()["difference"], 0) << tocsin.ledger().dump(1);
}

json watchdog() {
  json made = alert("watchdog");
  made["labels"]["alertname"] = "Watchdog";
  return made;
}

TEST(Watchdogs, AreALeaseWhoseAbsenceIsAnIncident) {
  harness::HttpReceiver chat;
  Tocsin tocsin("watchdog: {lease: 2s}\nsinksConfig:\n  - webhook_sink: {name: chat, url: \"" + chat.url("/chat") +
                "\"}\n");
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  tocsin.post_alerts(body_of({watchdog()}));

  auto told = [&](const char* state) {
    return chat.wait_until(kGenerous, [&](const auto& calls) {
      return !calls.empty() && transition_of(calls.back()).value("state", "") == state;
    });
  };
  ASSERT_TRUE(told("opened")) << tocsin.log();
  EXPECT_EQ(transition_of(chat.received().back())["incident"]["title"], "Watchdog is absent: alerts may not arrive");
  tocsin.post_alerts(body_of({watchdog()}, "again"));
  ASSERT_TRUE(told("resolved")) << tocsin.log();

  ASSERT_TRUE(tocsin.stop());
  json books = tocsin.ledger();
  EXPECT_EQ(books["difference"], 0) << books.dump(1);
  EXPECT_EQ(books["events"]["outcomes"]["heartbeat"]["by_reason"]["watchdog"], 2);
}

TEST(Watchdogs, AreRenewedByTheRepeatsOfARealAlertmanager) {
  if (!what_is_missing().empty()) GTEST_SKIP() << what_is_missing();
  harness::HttpReceiver chat;
  Tocsin tocsin("watchdog: {lease: 20s}\nsinksConfig:\n  - webhook_sink: {name: chat, url: \"" + chat.url("/chat") +
                "\"}\n");
  ASSERT_TRUE(tocsin.start()) << tocsin.log();
  std::string webhook = "http://127.0.0.1:" + std::to_string(tocsin.port()) + "/api/alerts";
  auto alertmanager = std::make_unique<Alertmanager>(webhook, "1s");
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return alertmanager->is_ready(); })) << alertmanager->log();
  ASSERT_TRUE(alertmanager->fire("Watchdog"));

  auto renewals = [&] {
    json outcomes = tocsin.ledger()["events"]["outcomes"];
    return outcomes.contains("heartbeat") ? outcomes["heartbeat"]["by_reason"].value("watchdog", 0) : 0;
  };
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return renewals() >= 3; })) << alertmanager->log();
  EXPECT_TRUE(chat.received().empty());

  alertmanager.reset();
  auto told = [&](const char* state) {
    return chat.wait_until(kGenerous, [&](const auto& calls) {
      return !calls.empty() && transition_of(calls.back()).value("state", "") == state;
    });
  };
  ASSERT_TRUE(told("opened")) << tocsin.log();
  alertmanager = std::make_unique<Alertmanager>(webhook, "1s");
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return alertmanager->fire("Watchdog"); })) << alertmanager->log();
  EXPECT_TRUE(told("resolved")) << tocsin.log();
}

}  // namespace
}  // namespace acceptance
