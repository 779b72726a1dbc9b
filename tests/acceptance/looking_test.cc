// SPDX-License-Identifier: Apache-2.0
// The verbs that look, at what a real run left behind.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {
namespace {

using nlohmann::json;

std::string config(const harness::HttpReceiver& chat, const harness::HttpReceiver& pager) {
  return R"(clusterName: looks
customPlaybooks:
  - name: quiet
    triggers: [{on_prometheus_alert: {alert_name: Boring}}]
    actions: [{name_silencer: {names: [Boring]}}]
  - name: everything
    triggers: [{on_prometheus_alert: {}}]
    actions: [{default_enricher: {}}]
sinksConfig:
  - webhook_sink: {name: chat, url: ")" +
         chat.url("/chat") + R"("}
  - webhook_sink: {name: pager, url: ")" +
         pager.url("/pager") + R"("}
  - webhook_sink: {name: boss, match: {severity: CRITICAL}, url: ")" +
         chat.url("/boss") + "\"}\n";
}

json named(const std::string& fingerprint, const std::string& name) {
  json made = alert(fingerprint);
  made["labels"]["alertname"] = name;
  made["labels"]["severity"] = "warning";
  return made;
}

bool is_settled(const json& ledger) {
  return ledger.is_object() && ledger["events"]["received"] == 4 && !ledger["events"]["outcomes"].contains("pending") &&
         ledger["deliveries"]["made"] == 6 && !ledger["deliveries"]["outcomes"].contains("pending");
}

TEST(Looking, TellsWhatARunDidAndWhy) {
  harness::HttpReceiver chat;
  harness::HttpReceiver pager;
  pager.answer_with(400, "no such service");
  Tocsin tocsin(config(chat, pager));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  tocsin.post_alerts(body_of({named("a", "CartDown"), named("b", "Boring")}));
  tocsin.post_alerts(body_of({named("a", "CartDown")}, "again"));
  tocsin.post_alerts(body_of({named("c", "OtherDown")}));

  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return is_settled(tocsin.ledger()); }))
      << tocsin.ledger().dump(1) << tocsin.log();
  json books = tocsin.ledger();
  EXPECT_EQ(books["difference"], 0);
  EXPECT_EQ(books["sources"]["alertmanager"]["received"], 4);
  EXPECT_EQ(books["sources"]["alertmanager"]["difference"], 0);
  EXPECT_EQ(books["sources"]["alertmanager"]["outcomes"]["in_incident"]["total"], 2);
  EXPECT_EQ(books["sources"]["alertmanager"]["outcomes"]["duplicate"]["total"], 1);
  EXPECT_EQ(books["playbooks"]["quiet"], json({{"silenced", 1}}));
  EXPECT_EQ(books["playbooks"]["everything"], json({{"silenced", 1}, {"told", 2}}));
  EXPECT_EQ(books["sinks"]["chat"]["outcomes"]["delivered"]["total"], 2);
  EXPECT_EQ(books["sinks"]["pager"]["outcomes"]["dead_lettered"]["by_reason"], json({{"bad_request", 2}}));
  EXPECT_EQ(books["sinks"]["boss"]["outcomes"]["suppressed"]["by_reason"], json({{"no_match", 2}}));
  EXPECT_EQ(books["sinks"]["boss"]["difference"], 0);

  json findings = tocsin.look({"findings", "list"});
  ASSERT_EQ(findings.size(), 2u);
  const json& cart =
      findings[0]["title"].get<std::string>().find("Cart") != std::string::npos ? findings[0] : findings[1];
  json why = tocsin.look({"explain", cart["event_id"].get<std::string>()});
  EXPECT_EQ(why["finding_id"], cart["id"]);
  EXPECT_EQ(why["arrivals"].size(), 2u) << why.dump(1);
  EXPECT_EQ(why["arrivals"][1]["as"], "duplicate");
  EXPECT_EQ(why["transitions"][0]["state"], "opened");
  std::map<std::string, std::string> answers;
  for (const json& receipt : why["receipts"]) answers[receipt["sink"]] = receipt["outcome"];
  EXPECT_EQ(answers, (std::map<std::string, std::string>{
                         {"boss", "suppressed"}, {"chat", "delivered"}, {"pager", "dead_lettered"}}));

  json incident = tocsin.look({"explain", cart["incident"]["key"].get<std::string>()});
  EXPECT_EQ(incident["incident"]["id"], why["transitions"][0]["incident"]);
  EXPECT_EQ(incident["stories"].size(), 1u);

  auto none =
      harness::run({program(), "dlq", "replay", "zzz", "--server", "127.0.0.1:" + std::to_string(tocsin.port())});
  EXPECT_EQ(none.exit.code, 1);
  EXPECT_EQ(none.err, "tocsin: dlq replay: no dead letter has an id like zzz\n");

  json history = tocsin.look({"history", "--sink", "pager", "--outcome", "dead_lettered", "--since", "1h"});
  ASSERT_EQ(history.size(), 2u) << history.dump(1);
  EXPECT_LE(history[0]["at"].get<std::string>(), history[1]["at"].get<std::string>());
  EXPECT_EQ(history[0]["state"], "opened");
  EXPECT_EQ(tocsin.look({"history"}).size(), 6u);
  EXPECT_EQ(tocsin.look({"history", "--limit", "4"}).size(), 4u);
  EXPECT_EQ(tocsin.look({"history", "--severity", "CRITICAL"}).size(), 0u);
}

}  // namespace
}  // namespace acceptance
