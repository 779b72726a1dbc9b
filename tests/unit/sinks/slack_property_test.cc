// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sinks/slack/message.h"
#include "tests/fakes/random_records.h"
#include "tests/fakes/slack/block_kit.h"

namespace sinks::slack {
namespace {

using fakes::RandomRecords;
using nlohmann::json;

// Text that wants to be more than text, in every size.
class Hostile {
 public:
  explicit Hostile(RandomRecords& random) : random_(random) {}

  std::string text(std::size_t bytes) {
    static const std::vector<std::string> kPieces = {"<!channel>",
                                                     "<@U0123456>",
                                                     "<https://evil.example|x>",
                                                     "https://evil.example/",
                                                     "&amp;",
                                                     "&",
                                                     "<",
                                                     ">",
                                                     "```",
                                                     "`",
                                                     "*",
                                                     "_",
                                                     "**",
                                                     "~~",
                                                     "[a](https://evil.example)",
                                                     "![",
                                                     "](",
                                                     "\n",
                                                     "\n# ",
                                                     "\n- ",
                                                     "\n> ",
                                                     "\n|a|b|\n",
                                                     "\n```\n",
                                                     "\\",
                                                     "日本",
                                                     "🔥",
                                                     "e\u0301",
                                                     "\u202e",
                                                     "\xff",
                                                     "\xc3",
                                                     "\xf0\x9f",
                                                     std::string(1, '\0'),
                                                     "\033[31m",
                                                     "\t",
                                                     " ",
                                                     "word",
                                                     "kube_pod_status",
                                                     "0123456789"};
    std::string made;
    made.reserve(bytes);
    while (made.size() < bytes) {
      const auto& piece = kPieces[random_.below(kPieces.size())];
      for (std::size_t i = 1 + random_.below(random_.chance(5) ? 200 : 2); i > 0; --i) made += piece;
    }
    made.resize(bytes);
    return made;
  }

  // Spreads `bytes` over the parts of a finding.
  schemas::Delivery delivery(std::size_t bytes) {
    auto delivery = random_.delivery();
    auto& finding = delivery.transition.finding;
    std::size_t share = bytes / 8 + 1;
    finding.title = text(1 + random_.below(share));
    finding.description = text(random_.below(share));
    finding.subject.name = text(random_.below(std::min<std::size_t>(share, 2000)));
    finding.mentions = {text(random_.below(20)), "<!here>"};
    for (std::size_t used = 0; used < bytes && finding.enrichments.size() < 400;) {
      std::size_t size = 1 + random_.below(share);
      finding.enrichments.push_back(enrichment(size));
      used += size;
    }
    for (std::size_t i = random_.below(20); i > 0; --i) {
      std::string query;
      for (char c : text(random_.below(4000))) query += c > ' ' && c < 0x7F ? c : '+';
      finding.links.push_back({text(random_.below(100)), "https://example.org/?q=" + query});
    }
    return delivery;
  }

 private:
  schemas::Enrichment enrichment(std::size_t bytes) {
    static const std::vector<std::string> kTypes = {"logs",        "alert_labels", "k8s_events",
                                                    "ai_analysis", "text",         "digest"};
    return {kTypes[random_.below(kTypes.size())], text(random_.below(200)), "action", {block(bytes)}};
  }

  schemas::Block block(std::size_t bytes) {
    switch (random_.below(6)) {
      case 0:
        return schemas::FileBlock{text(10), "", text(bytes)};
      case 1:
        return schemas::MarkdownBlock{text(bytes)};
      case 2:
        return schemas::TableBlock{text(20), cells(20), rows(bytes)};
      case 3:
        return schemas::KeyValuesBlock{text(20), {{text(bytes / 3), text(bytes / 2)}, {"", ""}}};
      case 4:
        return schemas::ListBlock{cells(bytes)};
      default:
        return schemas::DiffBlock{text(20), {{text(bytes / 3), text(bytes / 3), text(bytes / 3)}}};
    }
  }

  std::vector<std::string> cells(std::size_t bytes) {
    std::vector<std::string> made;
    for (std::size_t i = random_.below(24); i > 0; --i) made.push_back(text(bytes / 24));
    return made;
  }
  std::vector<std::vector<std::string>> rows(std::size_t bytes) {
    std::vector<std::vector<std::string>> made;
    for (std::size_t i = std::min<std::size_t>(bytes / 50 + 1, 300); i > 0; --i) made.push_back(cells(bytes / 300));
    return made;
  }

  RandomRecords& random_;
};

void expect_taken(const std::string& message, std::size_t bytes) {
  for (const auto& problem : fakes::slack::problems_of(json::parse(message))) {
    ADD_FAILURE() << "of " << bytes << " bytes: " << to_string(problem);
  }
}

// What may be live: what the finding calls and links to. A Markdown text's own links are its author's.
void expect_nothing_else_live(const std::string& message, std::size_t bytes) {
  for (const auto& part : fakes::slack::live_parts_of(json::parse(message))) {
    bool is_mention = part == "<!here>";
    bool is_link = part.starts_with("https://") || part.starts_with("<https://");
    EXPECT_TRUE(is_mention || is_link) << "of " << bytes << " bytes: " << part;
  }
}

void check(const schemas::Delivery& delivery, const Style& style, bool are_uploaded, std::size_t bytes) {
  auto evidence = draw(delivery.transition.finding, style);
  EXPECT_LE(evidence.json.size(), kEvidenceBytes) << bytes;
  EXPECT_LE(evidence.uploads.size(), style.uploads ? kMostUploads : 0u);
  Shown shown{.evidence = evidence.json, .file_ids = {}, .actions = "[]"};
  for (std::size_t i = 0; i < evidence.uploads.size(); ++i) {
    const auto& upload = evidence.uploads[i];
    EXPECT_FALSE(upload.contents.empty());
    if (upload.media_type == "text/plain") EXPECT_LE(upload.contents.size(), style.max_log_file_limit_kb * 1000u);
    shown.file_ids.push_back(are_uploaded ? "F0TOCSIN" + std::to_string(i) : "");
  }
  for (const auto& message :
       {compose(delivery, shown, style), compose_reply(delivery, shown, style), compose_minimal(delivery, style)}) {
    expect_taken(message, bytes);
    expect_nothing_else_live(message, bytes);
  }
}

// Findings of 1 byte to 5 MB, each size about as often as any other.
TEST(SlackMessagesOfAnyFinding, AreTaken) {
  RandomRecords random(20260304);
  Hostile hostile(random);
  constexpr int kFindings = 30;
  for (int i = 0; i < kFindings; ++i) {
    auto bytes = static_cast<std::size_t>(std::pow(5e6, static_cast<double>(i) / (kFindings - 1)));
    Style style{.max_log_file_limit_kb = 200,
                .uploads = !random.chance(20),
                .link_buttons = random.chance(30),
                .title_prefix = {}};
    check(hostile.delivery(bytes), style, random.chance(70), bytes);
  }
}

TEST(SlackMessagesOfAnyFinding, AreTakenWhateverARecordHolds) {
  RandomRecords random(7);
  for (int i = 0; i < 150; ++i) check(random.delivery(), {}, random.chance(50), 0);
}

}  // namespace
}  // namespace sinks::slack
