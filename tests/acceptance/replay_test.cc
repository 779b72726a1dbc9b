// SPDX-License-Identifier: Apache-2.0
// `tocsin replay`: what a recording says is what comes out, each time the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/acceptance/tocsin.h"

namespace acceptance {
namespace {

using nlohmann::json;

constexpr const char* kConfig = R"(
clusterName: replayed
sinksConfig:
  - file_sink: {name: file, file_name: never-written.jsonl}
customPlaybooks:
  - triggers: [on_prometheus_alert: {}]
    actions: [default_enricher: {}]
)";

std::string at(int milliseconds) {
  return fmt::format("2026-01-02T00:{:02}:{:02}.{:03}Z", milliseconds / 60000, milliseconds / 1000 % 60,
                     milliseconds % 1000);
}

// A line of a recording: a body with one alert, which came and began `milliseconds` after midnight.
std::string line(const std::string& name, const std::string& status, int milliseconds, int began) {
  json alert = {{"status", status},
                {"labels", {{"alertname", name}, {"severity", "warning"}}},
                {"startsAt", at(began)},
                {"endsAt", status == "resolved" ? at(milliseconds) : "0001-01-01T00:00:00Z"}};
  json body = {{"version", "4"}, {"groupKey", name}, {"alerts", {alert}}};
  return fmt::format(R"({{"schema":"tocsin.intake/1","source":"alertmanager","received":"{}","body":{}}})"
                     "\n",
                     at(milliseconds), body.dump());
}

std::string replayed(const std::string& recording) {
  harness::TempDir dir;
  auto config = dir.write("tocsin.yaml", kConfig);
  auto played =
      harness::run({program(), "replay", "--config", config, "-o", "json", dir.write("alerts.jsonl", recording)});
  EXPECT_TRUE(played.exit.is_success()) << played.err;
  return played.out;
}

TEST(Replay, OfTheSameRecordingGivesTheSameBytes) {
  std::string recording;
  for (int i = 0; i < 300; ++i) recording += line("Alert" + std::to_string(i * 7919 % 300), "firing", 3 * i, 0);

  std::string once = replayed(recording);

  EXPECT_EQ(json::parse(once)["transitions"].size(), 300U);
  EXPECT_EQ(once, replayed(recording));
}

TEST(Replay, TellsWhatFollowsWithinAMomentInItsOrder) {
  std::string recording =
      line("Flap", "firing", 0, 0) + line("Flap", "resolved", 10, 0) + line("Flap", "firing", 20, 20);

  json transitions = json::parse(replayed(recording))["transitions"];

  ASSERT_EQ(transitions.size(), 3U) << transitions.dump(2);
  EXPECT_EQ(transitions[0]["state"], "opened");
  EXPECT_EQ(transitions[1]["state"], "resolved");
  EXPECT_EQ(transitions[2]["state"], "reopened");
}

TEST(Replay, RefusesADirectoryThatHoldsALog) {
  harness::TempDir dir;
  auto config = dir.write("tocsin.yaml", kConfig);
  auto recording = dir.write("alerts.jsonl", line("Down", "firing", 0, 0));
  auto data = dir.path() + "/data";
  std::vector<std::string> replay = {program(), "replay", "--config", config, "--data-dir", data, recording};
  std::vector<std::string> ledger = {program(), "ledger", "--data-dir", data, "-o", "json"};

  ASSERT_EQ(harness::run(replay).exit.code, 0);
  auto before = harness::run(ledger).out;
  auto again = harness::run(replay);

  EXPECT_EQ(again.exit.code, 1);
  EXPECT_NE(again.err.find(data + ": is not empty"), std::string::npos) << again.err;
  EXPECT_EQ(harness::run(ledger).out, before);
}

TEST(Replay, TakesNoDirectoryFromTheEnvironment) {
  harness::TempDir dir;
  auto config = dir.write("tocsin.yaml", kConfig);
  auto recording = dir.write("alerts.jsonl", line("Down", "firing", 0, 0));
  auto data = dir.path() + "/data";

  auto played = harness::run({"env", "TOCSIN_DATA_DIR=" + data, program(), "replay", "--config", config, recording});

  EXPECT_EQ(played.exit.code, 0) << played.err;
  EXPECT_FALSE(std::filesystem::exists(data));
}

}  // namespace
}  // namespace acceptance
