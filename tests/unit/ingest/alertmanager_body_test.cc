// SPDX-License-Identifier: Apache-2.0
#include "ingest/alertmanager_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using ::testing::HasSubstr;

std::string body(const std::string& alerts) {
  return R"({"version":"4","groupKey":"{}:{a=\"b\"}","receiver":"team\\.a","status":"firing","externalURL":"http://am",)"
         R"("alerts":[)" +
         alerts + "]}";
}

const char kGood[] = R"({"status":"firing","labels":{"alertname":"Down","pod":"a"},"annotations":{"summary":"x < y"},
  "startsAt":"2026-01-02T03:04:05.678Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prom","fingerprint":"00ff"})";

TEST(Summarize, CountsTheAlertsOfAnAlertmanagerBody) {
  auto summary = ingest::summarize(body(std::string(kGood) + "," + kGood));

  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary.value().source, "alertmanager");
  EXPECT_EQ(summary.value().group_key, R"({}:{a="b"})");
  EXPECT_EQ(summary.value().alerts, 2u);
}

TEST(Summarize, RecognisesGrafanaByItsVersionAndOrganisation) {
  auto summary = ingest::summarize(R"({"version":"1","orgId":1,"alerts":[]})");

  ASSERT_TRUE(summary);
  EXPECT_EQ(summary.value().source, "grafana");
}

struct Refusal {
  const char* name;
  const char* body;
  const char* message;
};

class SummarizeRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(SummarizeRefuses, WithAReason) {
  auto summary = ingest::summarize(GetParam().body);

  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().reason, base::Reason::kBadRequest);
  EXPECT_TRUE(summary.error().retry.is_never());
  EXPECT_THAT(summary.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, SummarizeRefuses,
    ::testing::Values(Refusal{"Empty", "", "not JSON"}, Refusal{"Text", "hello", "not JSON"},
                      Refusal{"CutShort", R"({"version":"4","alerts":[{"status":)", "not JSON"},
                      Refusal{"TrailingGarbage", R"({"version":"4","alerts":[]} x)", "not JSON"},
                      Refusal{"InvalidUtf8", "{\"version\":\"4\",\"alerts\":[\"\xff\"]}", "not JSON"},
                      Refusal{"List", "[]", "not a JSON object"},
                      Refusal{"NoVersion", R"({"alerts":[]})", "expected \"version\""},
                      Refusal{"UnknownVersion", R"({"version":"5","alerts":[]})", "expected \"version\""},
                      Refusal{"VersionAsNumber", R"({"version":4,"alerts":[]})", "expected \"version\""},
                      Refusal{"NoAlerts", R"({"version":"4"})", "\"alerts\""},
                      Refusal{"AlertsAsObject", R"({"version":"4","alerts":{}})", "\"alerts\""}),
    [](const auto& info) { return info.param.name; });

TEST(Summarize, RefusesWhatIsNestedTooDeep) {
  std::string deep = R"({"version":"4","alerts":[],"x":)" + std::string(5000, '[') + std::string(5000, ']') + "}";

  EXPECT_FALSE(ingest::summarize(deep));
}

TEST(ParseAlerts, ReadsEveryFieldOfAnAlert) {
  auto parsed = ingest::parse_alerts(body(kGood));

  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed.value().alerts.size(), 1u);
  const schemas::Alert& alert = parsed.value().alerts[0];
  EXPECT_EQ(alert.status, schemas::AlertStatus::kFiring);
  EXPECT_EQ(alert.name(), "Down");
  EXPECT_EQ(schemas::value_of(alert.annotations, "summary"), "x < y");
  EXPECT_EQ(base::to_rfc3339(alert.starts_at), "2026-01-02T03:04:05.678Z");
  EXPECT_FALSE(alert.ends_at);
  EXPECT_EQ(alert.generator_url, "http://prom");
  EXPECT_EQ(alert.fingerprint, "00ff");
  EXPECT_EQ(alert.receiver, "team\\.a");
  EXPECT_EQ(alert.external_url, "http://am");
}

TEST(ParseAlerts, KeepsTheEndOfAResolvedAlert) {
  auto parsed = ingest::parse_alerts(body(R"({"status":"resolved","labels":{"alertname":"A"},
    "startsAt":"2026-01-02T03:04:05Z","endsAt":"2026-01-02T04:19:05+01:00"})"));

  ASSERT_TRUE(parsed);
  ASSERT_TRUE(parsed.value().alerts.at(0).ends_at);
  EXPECT_EQ(base::to_rfc3339(*parsed.value().alerts[0].ends_at), "2026-01-02T03:19:05Z");
}

TEST(ParseAlerts, ComputesAMissingFingerprint) {
  auto parsed =
      ingest::parse_alerts(body(R"({"status":"firing","labels":{"alertname":"X"},"startsAt":"2026-01-02T03:04:05Z"})"));

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().alerts.at(0).fingerprint, "d2aeefc389ca7746");
}

TEST(ParseAlerts, LeavesGrafanasOwnLabelsOut) {
  auto parsed = ingest::parse_alerts(body(
      R"({"status":"firing","labels":{"alertname":"X","__alert_rule_uid__":"u"},"startsAt":"2026-01-02T03:04:05Z"})"));

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().alerts.at(0).labels.size(), 1u);
}

// A body with a group key of so many bytes and so many alerts.
std::string large_body(std::size_t key_bytes, std::size_t count, const std::string& alert) {
  std::string text = R"({"version":"4","groupKey":")" + std::string(key_bytes, 'k') + R"(","alerts":[)" + alert;
  for (std::size_t i = 1; i < count; ++i) text += "," + alert;
  return text + "]}";
}

void expect_too_large(const std::string& text, const std::string& why) {
  auto parsed = ingest::parse_alerts(text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason, base::Reason::kTooLarge);
  EXPECT_TRUE(parsed.error().retry.is_never());
  EXPECT_THAT(parsed.error().message, HasSubstr(why));
}

const char kSmallest[] = R"({"status":"firing","labels":{"a":""},"startsAt":"2026-01-02T03:04:05Z"})";

TEST(ParseAlerts, TakesTheLargestBodyOfTheSmallestAlerts) {
  std::string text = large_body(400, 42'000, kSmallest);

  EXPECT_TRUE(ingest::check_growth(ingest::summarize(text).value()));
  EXPECT_EQ(ingest::parse_alerts(text).value().alerts.size(), 42'000u);
}

TEST(ParseAlerts, RefusesAGroupKeyThatWouldGrowBeyondMemory) {
  std::string text = large_body(1'000'000, 1'000, kSmallest);

  EXPECT_FALSE(ingest::check_growth(ingest::summarize(text).value()));
  expect_too_large(text, "groupKey, receiver and externalURL of the body have 1000000 bytes");
}

TEST(ParseAlerts, RefusesMoreAlertsThanCanBePutOutAtOnce) {
  std::string text = large_body(1, 50'001, "{}");

  EXPECT_FALSE(ingest::check_growth(ingest::summarize(text).value()));
  expect_too_large(text, "50001 alerts");
}

TEST(ParseAlerts, RefusesMoreBadAlertsThanCanBeKeptOneByOne) {
  std::string text = large_body(1, 1'000, "{}");
  text.insert(1, R"("commonLabels":{"a":")" + std::string(1'000'000, 'x') + R"("},)");

  expect_too_large(text, "too many to be kept one by one");
}

class ABadAlert : public ::testing::TestWithParam<Refusal> {};

TEST_P(ABadAlert, DoesNotCostTheOthers) {
  auto parsed = ingest::parse_alerts(body(std::string(kGood) + "," + GetParam().body + "," + kGood));

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().alerts.size(), 2u);
  ASSERT_EQ(parsed.value().bad.size(), 1u);
  EXPECT_THAT(parsed.value().bad[0].error.message, HasSubstr(GetParam().message));
}

TEST_P(ABadAlert, KeepsWhatIsNeededToTryItAgain) {
  auto parsed = ingest::parse_alerts(body(GetParam().body));
  ASSERT_TRUE(parsed);

  auto again = ingest::parse_alerts(parsed.value().bad.at(0).body);

  ASSERT_TRUE(again) << again.error().message;
  ASSERT_EQ(again.value().bad.size(), 1u);
  EXPECT_EQ(again.value().bad[0].error.message, parsed.value().bad[0].error.message);
  EXPECT_EQ(ingest::summarize(parsed.value().bad[0].body).value().group_key, R"({}:{a="b"})");
}

INSTANTIATE_TEST_SUITE_P(
    Alerts, ABadAlert,
    ::testing::Values(
        Refusal{"NotAnObject", R"("text")", "not an object"}, Refusal{"Null", "null", "not an object"},
        Refusal{"NoStatus", R"({"labels":{"a":"b"},"startsAt":"2026-01-02T03:04:05Z"})", "status"},
        Refusal{"OddStatus", R"({"status":"on","labels":{"a":"b"},"startsAt":"2026-01-02T03:04:05Z"})", "status"},
        Refusal{"NoLabels", R"({"status":"firing","startsAt":"2026-01-02T03:04:05Z"})", "labels are missing"},
        Refusal{"LabelsAsList", R"({"status":"firing","labels":[],"startsAt":"2026-01-02T03:04:05Z"})",
                "labels is not an object"},
        Refusal{"LabelAsNumber", R"({"status":"firing","labels":{"a":1},"startsAt":"2026-01-02T03:04:05Z"})",
                "labels.a is not text"},
        Refusal{"AnnotationAsObject",
                R"({"status":"firing","labels":{"a":"b"},"annotations":{"c":{}},"startsAt":"2026-01-02T03:04:05Z"})",
                "annotations.c is not text"},
        Refusal{"NoStart", R"({"status":"firing","labels":{"a":"b"}})", "startsAt is missing"},
        Refusal{"ZeroStart", R"({"status":"firing","labels":{"a":"b"},"startsAt":"0001-01-01T00:00:00Z"})",
                "startsAt is missing"},
        Refusal{"OddStart", R"({"status":"firing","labels":{"a":"b"},"startsAt":"yesterday"})", "startsAt"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
