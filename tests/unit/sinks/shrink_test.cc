// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/published_schema.h"

namespace sinks {
namespace {

using nlohmann::json;

schemas::Transition rich(std::size_t bytes) {
  schemas::Transition transition;
  transition.id = "t";
  transition.incident.id = "i";
  transition.incident.title = transition.finding.title = "Pod web-1 restarts";
  transition.finding.severity = schemas::Severity::kHigh;
  transition.finding.links = {{"Graph", "https://prometheus/graph"}};
  base::Chart chart{.title = "Memory", .step = std::chrono::seconds(15)};
  chart.series.push_back({.name = "web-1"});
  for (std::size_t i = 0; i < bytes / 100; ++i) {
    chart.series[0].samples.push_back({base::Time(std::chrono::seconds(15 * i)), 1.5 * static_cast<double>(i)});
  }
  schemas::TableBlock table{.name = "Pods", .headers = {"name", "status"}};
  for (std::size_t i = 0; i < bytes / 200; ++i) table.rows.push_back({"web-" + std::to_string(i), "Running"});
  std::string log;
  while (log.size() < bytes / 2) log += "line " + std::to_string(log.size()) + " of the log – é\n";
  log += "the last line";
  transition.finding.enrichments = {
      {"logs", "Logs", "logs_enricher", {schemas::FileBlock{"web.log", "text/plain", log}}},
      {"graph", "Graph", "graph_enricher", {schemas::ChartBlock{chart}}},
      {"pods", "Pods", "related_pods", {std::move(table)}}};
  return transition;
}

TEST(EncodeWithin, LeavesWhatFitsAsItIs) {
  auto transition = rich(2000);

  EXPECT_EQ(encode_within(transition, 1024 * 1024, "webhook_sink").value(), schemas::encode(transition));
}

TEST(EncodeWithin, CutsFilesFromTheirBeginningFirst) {
  auto body = encode_within(rich(100'000), 60'000, "webhook_sink").value();

  EXPECT_LE(body.size(), 60'000u);
  auto blocks = json::parse(body)["finding"]["enrichments"];
  std::string contents = blocks[0]["blocks"][0]["contents"];
  EXPECT_THAT(contents, testing::StartsWith("…"));
  EXPECT_THAT(contents, testing::EndsWith("the last line"));
  EXPECT_EQ(blocks[2]["blocks"][0]["rows"].size(), 500u);
}

TEST(EncodeWithin, SaysWhatWasCut) {
  auto body = encode_within(rich(100'000), 20'000, "webhook_sink").value();

  auto missing = json::parse(body)["finding"]["missing"];
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0]["action"], "webhook_sink");
  EXPECT_EQ(missing[0]["reason"], "too_large");
  EXPECT_EQ(missing[0]["message"], "cut to fit 20000 bytes: files shortened, charts thinned");
}

TEST(EncodeWithin, KeepsTitleSeverityAndLinks) {
  auto body = encode_within(rich(1'000'000), kSmallestLimit, "webhook_sink").value();

  auto finding = json::parse(body)["finding"];
  EXPECT_EQ(finding["title"], "Pod web-1 restarts");
  EXPECT_EQ(finding["severity"], "HIGH");
  EXPECT_EQ(finding["links"].size(), 1u);
}

TEST(EncodeWithin, KeepsThinnedChartsWithoutGaps) {
  auto body = encode_within(rich(100'000), 20'000, "webhook_sink").value();

  auto transition = schemas::decode_transition(body).value();
  const auto& chart = std::get<schemas::ChartBlock>(transition.finding.enrichments[1].blocks[0]).chart;
  const auto& samples = chart.series[0].samples;
  ASSERT_GE(samples.size(), 8u);
  for (std::size_t i = 1; i < samples.size(); ++i) {
    EXPECT_LE(samples[i].time - samples[i - 1].time, chart.step * 3 / 2);
  }
  EXPECT_EQ(samples.back().time, base::Time(std::chrono::seconds(15 * 999)));
}

TEST(EncodeWithin, FitsAndIsReadableFromOneByteToFiveMegabytes) {
  fakes::PublishedSchema published("transition");
  for (std::size_t bytes = 1; bytes <= 5'000'000; bytes = bytes * 9 + 1) {
    auto transition = rich(bytes);
    for (std::size_t limit = kSmallestLimit; limit <= 4'000'000; limit *= 30) {
      auto body = encode_within(transition, limit, "webhook_sink");
      ASSERT_TRUE(body.has_value()) << bytes << " in " << limit;
      EXPECT_LE(body.value().size(), limit) << bytes;
      EXPECT_EQ(published.complaints(body.value()), "") << bytes << " in " << limit;
    }
  }
}

TEST(EncodeWithin, FitsWhateverTheFieldsHold) {
  std::string wild = "\"\\\n\x01日本🔥";
  auto transition = rich(10'000);
  auto blow_up = [&](std::string& text) {
    while (text.size() < 50'000) text += wild;
  };
  blow_up(transition.finding.title);
  blow_up(transition.finding.description);
  blow_up(transition.finding.subject.name);
  blow_up(transition.incident.title);
  for (int i = 0; i < 2000; ++i) {
    transition.finding.subject.labels["label" + std::to_string(i)] = wild;
    transition.incident.members.push_back("member" + std::to_string(i));
    transition.finding.links.push_back({"link", "https://example.org/" + std::to_string(i)});
    transition.finding.missing.push_back({"action", "timeout", wild});
  }

  auto body = encode_within(transition, kSmallestLimit, "webhook_sink");

  ASSERT_TRUE(body.has_value());
  EXPECT_LE(body.value().size(), kSmallestLimit);
  EXPECT_EQ(fakes::PublishedSchema("transition").complaints(body.value()), "");
}

TEST(CutText, EndsBetweenCharacters) {
  for (std::size_t limit = 0; limit < 20; ++limit) {
    EXPECT_LE(cut_text("日本語日本語日本語", limit).size(), limit);
    EXPECT_LE(cut_front("日本語日本語日本語", limit).size(), limit);
  }
  EXPECT_EQ(cut_text("日本語", 8), "日…");
  EXPECT_EQ(cut_front("日本語", 8), "…語");
  EXPECT_EQ(cut_text("short", 5), "short");
}

}  // namespace
}  // namespace sinks
