// SPDX-License-Identifier: Apache-2.0
#include "ingest/splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bus/dead_letter.h"
#include "ingest/intake_record.h"
#include "schemas/event.h"
#include "schemas/topics.h"
#include "tests/fakes/fake_stage.h"

namespace {

const base::Time kNow = base::parse_rfc3339("2026-01-02T03:04:05Z").value().value();

const char kTwoGoodOneBad[] = R"({"version":"4","groupKey":"g","alerts":[
  {"status":"firing","labels":{"alertname":"A","namespace":"shop","pod":"a"},"startsAt":"2026-01-02T03:00:00Z"},
  {"status":"odd"},
  {"status":"firing","labels":{"alertname":"B"},"startsAt":"2026-01-02T03:00:00Z","fingerprint":"00ff"}]})";

class Splitter : public ::testing::Test {
 protected:
  base::Metrics metrics_;
  base::ManualClock clock_{kNow};
  ingest::Splitter splitter_{"prod", {}, metrics_};
  fakes::FakeStage stage_{splitter_, clock_};

  std::vector<fakes::FakeTransaction::Emitted> emitted(std::string_view topic) const {
    std::vector<fakes::FakeTransaction::Emitted> found;
    for (const auto& record : stage_.emitted) {
      if (record.topic == topic) found.push_back(record);
    }
    return found;
  }
};

TEST_F(Splitter, MakesAnEventOfEachGoodAlert) {
  ASSERT_TRUE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, kTwoGoodOneBad)));

  auto events = emitted(schemas::topics::kEvents);
  ASSERT_EQ(events.size(), 2u);
  auto event = schemas::decode_event(events[0].value);
  ASSERT_TRUE(event);
  EXPECT_EQ(event.value().cluster, "prod");
  EXPECT_EQ(event.value().source, "alertmanager");
  EXPECT_EQ(event.value().received, kNow);
  EXPECT_EQ(event.value().alert->name(), "A");
  EXPECT_EQ(events[0].key, event.value().subject);
  EXPECT_NE(events[0].key, events[1].key);
}

TEST_F(Splitter, BuriesTheBadAlertAlone) {
  ASSERT_TRUE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, kTwoGoodOneBad)));

  auto letters = emitted(bus::kDeadLetters);
  ASSERT_EQ(letters.size(), 1u);
  auto letter = bus::decode_dead_letter(letters[0].value);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter.value().topic, "intake");
  EXPECT_EQ(letter.value().reason, "bad_request");
  EXPECT_EQ(ingest::weigh_intake(letter.value().value).events, 1);
  EXPECT_EQ(stage_.counters["events/dead_lettered/bad_request"], 1);
}

TEST_F(Splitter, LogsWhatItBuriesOnceAMinute) {
  auto record = ingest::encode("alertmanager", kNow, kTwoGoodOneBad);

  testing::internal::CaptureStderr();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(stage_.handle("intake", "g", record));
  EXPECT_FALSE(stage_.handle("intake", "g", "not a record"));
  stage_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(stage_.handle("intake", "g", record));
  auto log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(std::ranges::count(log, '\n'), 3) << log;
  EXPECT_THAT(log, testing::ContainsRegex("alertmanager.*bad_request.*times.{1,2}1[^0-9].*times.{1,2}40[^0-9]"));
}

TEST_F(Splitter, GivesTheSameEventTheSameIdWhoeverBringsIt) {
  ASSERT_TRUE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, kTwoGoodOneBad)));
  ASSERT_TRUE(
      stage_.handle("intake", "g", ingest::encode("alertmanager", kNow + std::chrono::seconds(5), kTwoGoodOneBad)));

  auto events = emitted(schemas::topics::kEvents);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(schemas::decode_event(events[0].value).value().id, schemas::decode_event(events[2].value).value().id);
}

TEST_F(Splitter, BuriesABodyThatWouldBecomeTooMuchWhole) {
  std::string body = R"({"version":"4","groupKey":"g","alerts":[{})";
  for (int i = 1; i < 60'000; ++i) body += ",{}";

  EXPECT_FALSE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, body + "]}")));

  EXPECT_EQ(stage_.counters["events/dead_lettered/too_large"], 60'000);
}

TEST_F(Splitter, CountsEveryAlertOfARecordThatCantBeRead) {
  EXPECT_FALSE(stage_.handle("intake", "g", "not a record"));

  EXPECT_EQ(stage_.counters["events/dead_lettered/bad_request"], 1);
}

TEST_F(Splitter, RelabelsAnAlertBeforeItsSubjectIsDerived) {
  splitter_.replace({ingest::Relabel({{"pod_name", "pod", ingest::RelabelRule::Operation::kReplace}})});
  const char body[] = R"({"version":"4","groupKey":"g","alerts":[{"status":"firing","labels":{"alertname":"A",
    "namespace":"shop","pod_name":"a"},"startsAt":"2026-01-02T03:00:00Z","fingerprint":"00ff"}]})";

  ASSERT_TRUE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, body)));

  auto events = emitted(schemas::topics::kEvents);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].key, "prod/shop/pod/a");
  auto event = schemas::decode_event(events[0].value);
  EXPECT_EQ(event.value().alert->labels, (schemas::Labels{{"alertname", "A"}, {"namespace", "shop"}, {"pod", "a"}}));
  EXPECT_EQ(event.value().alert->fingerprint, "00ff");
}

TEST_F(Splitter, GivesTheWatchdogAKeyOfItsOwn) {
  ingest::Watchdog watchdog;
  watchdog.alert = "A";
  splitter_.replace({{}, watchdog});
  ASSERT_TRUE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, kTwoGoodOneBad)));
  watchdog.labels = {{"pod", "another"}};
  splitter_.replace({{}, watchdog});
  ASSERT_TRUE(stage_.handle("intake", "g", ingest::encode("alertmanager", kNow, kTwoGoodOneBad)));

  auto events = emitted(schemas::topics::kEvents);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].key, ingest::kWatchdogKey);
  EXPECT_EQ(schemas::decode_event(events[0].value).value().subject, ingest::kWatchdogKey);
  EXPECT_NE(events[1].key, ingest::kWatchdogKey);
  EXPECT_EQ(events[2].key, "prod/shop/pod/a");
}

}  // namespace
