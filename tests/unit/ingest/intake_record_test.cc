// SPDX-License-Identifier: Apache-2.0
#include "ingest/intake_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

const base::Time kNow = base::parse_rfc3339("2026-01-02T03:04:05.5Z").value().value();

TEST(IntakeRecord, IsOneJsonDocument) {
  auto json = nlohmann::json::parse(ingest::encode("grafana", kNow, "{\"alerts\": []}\n"));

  EXPECT_EQ(json["schema"], "tocsin.intake/1");
  EXPECT_EQ(json["source"], "grafana");
  EXPECT_EQ(json["received"], "2026-01-02T03:04:05.5Z");
  EXPECT_TRUE(json["body"]["alerts"].is_array());
}

TEST(IntakeRecord, GivesTheBodyBackByteForByte) {
  const std::string body = "{\"x\": \"\\\",\\\"body\\\":\",  \"alerts\": []}\n";

  auto record = ingest::decode_intake(ingest::encode("alertmanager", kNow, body));

  ASSERT_TRUE(record);
  EXPECT_EQ(record.value().source, "alertmanager");
  EXPECT_EQ(record.value().received, kNow);
  EXPECT_EQ(record.value().body, body);
}

TEST(IntakeRecord, RefusesWhatItDidNotWrite) {
  EXPECT_FALSE(ingest::decode_intake(""));
  EXPECT_FALSE(ingest::decode_intake("{}"));
  EXPECT_FALSE(ingest::decode_intake(R"({"schema":"tocsin.intake/2","source":"a","received":"","body":{}})"));
  EXPECT_FALSE(ingest::decode_intake(R"({"schema":"tocsin.intake/1","source":"alertmanager"})"));
}

}  // namespace
