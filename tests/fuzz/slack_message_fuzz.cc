// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sinks/slack/message.h"
#include "tests/fakes/slack/block_kit.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

schemas::Delivery delivery_of(const std::string& text) {
  schemas::Delivery delivery;
  auto& finding = delivery.transition.finding;
  finding.title = finding.description = finding.subject.name = text;
  finding.mentions = {text};
  finding.links = {{text, "https://example.org/"}, {text, text}};
  finding.enrichments = {
      {"text", text, "", {schemas::MarkdownBlock{text}, schemas::ListBlock{{text}}}},
      {"logs", "", "", {schemas::FileBlock{text, "", text}}},
      {"table",
       "",
       "",
       {schemas::TableBlock{text, {text, ""}, {{text, text}}}, schemas::KeyValuesBlock{"", {{text, text}}}}},
      {"ai_analysis", "", "", {schemas::MarkdownBlock{text}}},
  };
  return delivery;
}

void expect_taken(const std::string& message) {
  expect(fakes::slack::problems_of(nlohmann::json::parse(message)).empty(), "Slack takes every message");
}

}  // namespace

void slack_message(std::string_view input) {
  auto delivery = delivery_of(std::string(input));
  sinks::slack::Style style{.max_log_file_limit_kb = 10, .uploads = input.size() % 2 == 0};
  auto evidence = sinks::slack::draw(delivery.transition.finding, style);
  expect(evidence.json.size() <= sinks::slack::kEvidenceBytes, "evidence fits into a note");
  sinks::slack::Shown shown{.evidence = evidence.json, .file_ids = {}, .actions = "[]"};
  expect_taken(compose(delivery, shown, style));
  expect_taken(compose_reply(delivery, shown, style));
  expect_taken(compose_minimal(delivery, style));
  // A note may be anything too: that of another version, or one cut short.
  shown.evidence = std::string(input);
  (void)compose(delivery, shown, style);
}

}  // namespace fuzz
