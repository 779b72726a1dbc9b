// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/fake_archive.h"

namespace {

bus::Record record(const char* value = "{}") {
  bus::Record made;
  made.value = value;
  return made;
}

TEST(Ledgers, AddCountersAndWhatIsPending) {
  fakes::FakeArchive archive;
  archive.counts = {{"events/received", 5}, {"events/in_incident/opened", 2}, {"events/silenced/Watchdog", 1}};
  archive.pending[{"playbooks", "events"}] = {record(), record()};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_TRUE(archive.held);
  EXPECT_EQ(ledger.value().events.outcomes.at("pending").by_reason.at("playbooks"), 2);
  EXPECT_EQ(ledger.value().difference(), 0);
}

// On Kafka the next stage may be done with an event before the splitter's own position says that it made it.
TEST(Ledgers, DoNotCountTwiceWhatAStageIsAheadWith) {
  fakes::FakeArchive archive;
  archive.counts = {{"events/received", 2}, {"events/in_incident/opened", 1}};
  archive.pending[{"split", "intake"}] = {record(), record()};
  archive.ahead[{"playbooks", "events"}] = {record()};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger.value().events.outcomes.at("pending").by_reason.at("split"), 1);
  EXPECT_EQ(ledger.value().difference(), 0);
}

TEST(Ledgers, CountADeliveryAsMadeThatASinkIsAheadWith) {
  fakes::FakeArchive archive;
  archive.records["deliveries.pager"] = {};
  archive.counts = {{"deliveries/made/pager", 3}, {"deliveries/delivered/pager", 4}};
  archive.ahead[{"sink.pager", "deliveries.pager"}] = {record()};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger.value().deliveries.in, 4);
  EXPECT_EQ(ledger.value().difference(), 0);
}

TEST(Ledgers, AreBrokenDownBySourcePlaybookAndSink) {
  fakes::FakeArchive archive;
  archive.records["deliveries.chat"] = {};
  archive.counts = {{"events/received", 4},
                    {"sources/alertmanager/received", 3},
                    {"sources/grafana/received", 1},
                    {"events/in_incident/first_finding", 2},
                    {"sources/alertmanager/in_incident", 2},
                    {"events/silenced/a/b", 1},
                    {"sources/grafana/silenced", 1},
                    {"playbooks/a/b/silenced", 1},
                    {"playbooks/a/b/told", 2},
                    {"deliveries/made/chat", 4},
                    {"deliveries/delivered/chat", 1},
                    {"deliveries/suppressed/chat/stopped_by:pager", 3},
                    {"deliveries/made/pager", 1},
                    {"deliveries/dead_lettered/pager/auth", 1}};
  archive.pending[{"playbooks", "events"}] = {record(
      R"({"schema":"tocsin.event/1","id":"1","source":"alertmanager","subject":"s","received":"2026-01-02T03:04:05Z"})")};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger.value().difference(), 0);
  const app::Ledger& books = ledger.value();
  EXPECT_EQ(books.sources.at("alertmanager").in, 3);
  EXPECT_EQ(books.sources.at("alertmanager").outcomes.at("pending").by_reason.at("playbooks"), 1);
  EXPECT_EQ(books.sources.at("alertmanager").difference(), 0);
  EXPECT_EQ(books.sources.at("grafana").outcomes.at("silenced").total, 1);
  EXPECT_EQ(books.sources.at("grafana").difference(), 0);
  EXPECT_EQ(books.playbooks.at("a/b").at("told"), 2);
  EXPECT_EQ(books.playbooks.at("a/b").at("silenced"), 1);
  EXPECT_EQ(books.sinks.at("chat").outcomes.at("suppressed").by_reason.at("stopped_by:pager"), 3);
  EXPECT_EQ(books.sinks.at("chat").difference(), 0);
  EXPECT_EQ(books.sinks.at("pager").outcomes.at("dead_lettered").by_reason.at("auth"), 1);
  EXPECT_EQ(books.sinks.at("pager").difference(), 0);
}

TEST(Ledgers, KeepTheirShapeAsJson) {
  fakes::FakeArchive archive;
  archive.counts = {{"events/received", 1},
                    {"sources/grafana/received", 1},
                    {"events/limited/p", 1},
                    {"sources/grafana/limited", 1},
                    {"playbooks/p/limited", 1},
                    {"deliveries/made/chat", 1},
                    {"deliveries/suppressed/chat/muted", 1}};

  auto json = app::to_json(app::read_ledger(archive).value());

  EXPECT_EQ(json, nlohmann::json::parse(R"({
    "events": {"received": 1, "difference": 0, "outcomes": {"limited": {"total": 1, "by_reason": {"p": 1}}}},
    "deliveries": {"made": 1, "difference": 0,
                   "outcomes": {"suppressed": {"total": 1, "by_reason": {"chat/muted": 1}}}},
    "difference": 0,
    "sources": {"grafana": {"received": 1, "difference": 0, "outcomes": {"limited": {"total": 1, "by_reason": {}}}}},
    "playbooks": {"p": {"limited": 1}},
    "sinks": {"chat": {"made": 1, "difference": 0,
                       "outcomes": {"suppressed": {"total": 1, "by_reason": {"muted": 1}}}}}})"));
}

TEST(Ledgers, CountNoEventForACommand) {
  EXPECT_EQ(app::weigh_event("commands", "unreadable").events, 0);
  EXPECT_EQ(app::weigh_event("findings", "unreadable").events, 1);
}

}  // namespace
