// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/pieces.h"

#include <fmt/format.h>

#include <algorithm>

#include "sinks/slack/drawer.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

namespace {

using schemas::Enrichment;
using schemas::Finding;

// How early an enrichment is of use; its pieces stay together.
int rank_of(const Enrichment& enrichment, const std::vector<Piece>& pieces) {
  const auto& type = enrichment.type;
  if (type == "ai_analysis") return 8;
  if (type == "alert_definition") return 9;
  if (type.starts_with("alert_")) return 10;
  int rank = 5;
  for (const auto& piece : pieces) {
    int own = 5;
    switch (piece.kind) {
      case PieceKind::kFields:
        own = 0;
        break;
      case PieceKind::kLog:
        own = 1;
        break;
      case PieceKind::kChart:
      case PieceKind::kPicture:
        own = 2;
        break;
      case PieceKind::kEvents:
        own = 6;
        break;
      case PieceKind::kTable:
        own = 7;
        break;
      case PieceKind::kText:
        own = std::holds_alternative<schemas::DiffBlock>(*piece.source) ? 3 : 5;
        break;
      case PieceKind::kAnalysis:
      case PieceKind::kLabels:
      case PieceKind::kFile:
        own = 8;
        break;
    }
    bool is_first = &piece == &pieces.front();
    // A text that introduces a table goes with it.
    rank =
        is_first || std::holds_alternative<schemas::MarkdownBlock>(*pieces.front().source) ? own : std::min(rank, own);
  }
  return rank;
}

void add_links(const Finding& finding, Drawing& drawing) {
  constexpr std::size_t kMostLinks = 10;
  constexpr std::size_t kLinkBytes = 3000;
  auto given = std::exchange(drawing.links, {});
  given.insert(given.begin(), finding.links.begin(), finding.links.end());
  std::size_t bytes = 0;
  for (const auto& link : given) {
    bool is_known = std::any_of(drawing.links.begin(), drawing.links.end(),
                                [&](const schemas::Link& known) { return known.url == link.url; });
    if (!is_link(link.url) || is_known) continue;
    if (drawing.links.size() == kMostLinks || bytes + link.url.size() > kLinkBytes) {
      ++drawing.left_out;
      continue;
    }
    constexpr std::size_t kLongestName = 60;
    auto name = cut(clean_line(std::string_view(link.name).substr(0, 512)), kLongestName);
    drawing.links.push_back({name.empty() ? "Link" : name, link.url});
    bytes += link.url.size();
  }
}

void add_missing(const Finding& finding, Drawing& drawing) {
  constexpr std::size_t kMost = 4;
  constexpr std::size_t kLongest = 160;
  for (std::size_t i = 0; i < std::min(kMost, finding.missing.size()); ++i) {
    const auto& missing = finding.missing[i];
    auto why = missing.message.empty() ? missing.reason : missing.message;
    drawing.missing.push_back(cut(clean_line(missing.action.substr(0, 256) + ": " + why.substr(0, 1024)), kLongest));
  }
  if (finding.missing.size() > kMost) drawing.missing.push_back(fmt::format("{} more", finding.missing.size() - kMost));
}

}  // namespace

Drawing drawing_of(const Finding& finding, const Style& style) {
  constexpr std::size_t kLongestDescription = 1500;
  constexpr std::size_t kMostMentions = 10;
  Drawing drawing;
  drawing.describe = [text = clean(std::string_view(finding.description).substr(0, 8192))](std::size_t units) {
    return escaped(text, units);
  };
  drawing.description = drawing.describe(kLongestDescription);
  for (const auto& given : finding.mentions) {
    if (drawing.mentions.size() == kMostMentions) break;
    if (auto written = mention(given); !written.empty()) drawing.mentions.push_back(std::move(written));
  }
  std::vector<std::pair<int, std::vector<Piece>>> drawn;
  for (const auto& enrichment : finding.enrichments) {
    // Its text repeats who is called.
    if (enrichment.action == "mention_enricher" && !drawing.mentions.empty()) continue;
    bool is_analysis = enrichment.type == "ai_analysis" ||
                       (finding.type == schemas::FindingType::kAiAnalysis && enrichment.type == "text");
    auto pieces = draw_enrichment(enrichment, is_analysis, style, kMostPieces, drawing.links);
    if (!pieces.empty()) drawn.emplace_back(rank_of(enrichment, pieces), std::move(pieces));
  }
  std::stable_sort(drawn.begin(), drawn.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [rank, pieces] : drawn) {
    for (auto& piece : pieces) {
      if (drawing.pieces.size() < kMostPieces) {
        drawing.pieces.push_back(std::move(piece));
      } else {
        ++drawing.left_out;
      }
    }
  }
  add_missing(finding, drawing);
  add_links(finding, drawing);
  return drawing;
}

}  // namespace sinks::slack
