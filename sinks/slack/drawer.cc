// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/drawer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "charts/chart.h"
#include "charts/names.h"
#include "sinks/render/terminal.h"
#include "sinks/slack/headline.h"
#include "sinks/slack/markdown.h"
#include "sinks/slack/message.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

namespace {

using schemas::Enrichment;

// A section takes 3,000; the title's line is 160 of them.
constexpr std::size_t kLongestText = 2800;
constexpr std::size_t kLongestTitle = 140;
constexpr std::size_t kLongestCell = 120;
// With more, what comes after the log is scrolled out of sight; all of it is in the thread.
constexpr std::size_t kMostLogLines = 15;
constexpr std::size_t kLongestLogLine = 300;
// A table takes 100 rows, a reader at night fewer; where no file has the others, more are shown.
constexpr std::size_t kMostRows = 15;
constexpr std::size_t kMostEvents = 10;
constexpr std::size_t kMostRowsWithoutFile = 40;
constexpr std::size_t kMostColumns = 20;
constexpr std::size_t kMostFields = 10;
constexpr std::size_t kLongestField = 300;

bool is_text(const schemas::FileBlock& file) {
  return file.media_type.empty() || file.media_type.starts_with("text/") || file.media_type.ends_with("json") ||
         file.media_type.ends_with("yaml");
}

std::string title_text(std::string_view text) { return cut(clean_line(text.substr(0, 1024)), kLongestTitle); }

std::string cell_text(std::string_view text) {
  auto cell = cut(clean_line(text.substr(0, 1024)), kLongestCell);
  return cell.empty() ? "-" : cell;
}

// The pieces of one enrichment, block by block.
class Drawer {
 public:
  Drawer(const Enrichment& enrichment, bool is_analysis, const Style& style, std::vector<schemas::Link>& links)
      : enrichment_(enrichment), is_analysis_(is_analysis), style_(style), links_(links) {
    title_ = title_text(enrichment.title);
  }

  std::vector<Piece> take(std::size_t most) {
    for (const auto& block : enrichment_.blocks) {
      if (pieces_.size() >= most) break;
      std::size_t before = pieces_.size();
      std::visit([this](const auto& kind) { draw(kind); }, block);
      for (std::size_t i = before; i < pieces_.size(); ++i) pieces_[i].source = &block;
    }
    return std::move(pieces_);
  }

 private:
  // The enrichment's title stands over its first piece, a block's own name over that.
  Piece& add(PieceKind kind, std::string_view name = {}) {
    Piece piece{.kind = kind};
    auto own = title_text(name);
    auto given = std::exchange(title_, {});
    piece.title = own.empty() || own == given ? given : given.empty() ? own : given + ": " + own;
    piece.title = cut(piece.title, kLongestTitle);
    pieces_.push_back(std::move(piece));
    return pieces_.back();
  }

  void draw(const schemas::MarkdownBlock& block) { add_text(block.text.substr(0, 8 * kLongestText)); }

  void add_text(std::string markdown) {
    auto links = is_analysis_ ? Links::kWrittenOut : Links::kLive;
    auto text = mrkdwn_of(markdown, kLongestText, links);
    if (text.empty()) return;
    auto& piece = add(is_analysis_ ? PieceKind::kAnalysis : PieceKind::kText);
    piece.text = std::move(text);
    piece.rewrite = [markdown = std::move(markdown), links](std::size_t units) {
      return mrkdwn_of(markdown, units, links);
    };
  }

  void draw(const schemas::HeaderBlock& block) {
    auto name = title_text(block.text);
    title_ = title_.empty() || title_ == name ? name : cut(title_ + ": " + name, kLongestTitle);
  }

  void draw(const schemas::DividerBlock&) {}

  void draw(const schemas::ListBlock& block) {
    std::string markdown;
    for (const auto& entry : block.items) {
      if (markdown.size() > 2 * kLongestText) break;
      markdown += "- " + clean_line(std::string_view(entry).substr(0, kLongestText)) + "\n";
    }
    add_text(std::move(markdown));
  }

  void draw(const schemas::TableBlock& block) {
    if (enrichment_.type.starts_with("alert_")) return draw_labels(pairs_of(block));
    if (enrichment_.type == "digest" && draw_incidents(block)) return;
    bool is_events = enrichment_.type == "k8s_events";
    if (block.rows.empty()) return;
    auto& piece = add(is_events ? PieceKind::kEvents : PieceKind::kTable, block.name);
    piece.total = block.rows.size();
    std::size_t most = !style_.uploads ? kMostRowsWithoutFile : is_events ? kMostEvents : kMostRows;
    std::size_t bytes = 0;
    auto put = [&](const std::vector<std::string>& cells) {
      auto& row = piece.rows.emplace_back();
      for (const auto& cell : cells) {
        if (row.size() == kMostColumns) break;
        bytes += row.emplace_back(cell_text(cell)).size() + 3;
      }
      if (row.empty()) row.emplace_back("-");
    };
    piece.has_header = !block.headers.empty();
    if (piece.has_header) put(block.headers);
    for (const auto& row : block.rows) {
      if (shown_count(piece) == most || bytes > kEvidenceBytes) break;
      put(row);
    }
  }

  // A digest's incidents are a line each: as a table they would be a column of long titles. False: it has other tables.
  bool draw_incidents(const schemas::TableBlock& block) {
    auto column = [&](std::string_view name) {
      return static_cast<std::size_t>(std::find(block.headers.begin(), block.headers.end(), name) -
                                      block.headers.begin());
    };
    std::size_t severity = column("severity");
    std::size_t state = column("state");
    std::size_t title = column("title");
    std::size_t where = column("where");
    std::size_t last = std::max({severity, state, title, where});
    if (last >= block.headers.size()) return false;
    constexpr std::size_t kMostIncidents = 20;
    std::string text;
    std::size_t shown = 0;
    for (const auto& row : block.rows) {
      if (shown == kMostIncidents || length(text) > kLongestText - 300) break;
      if (row.size() <= last) continue;
      bool is_over = row[state] == "resolved";
      auto line = is_over ? std::string("✅")
                          : emoji_of(schemas::parse_severity(row[severity]).value_or(schemas::Severity::kInfo));
      line += " " + escaped(cell_text(row[title]), kLongestCell);
      if (!row[where].empty()) line += "  ·  _" + escaped(cell_text(row[where]), kLongestCell) + "_";
      text += (text.empty() ? "" : "\n") + line;
      ++shown;
    }
    if (text.empty()) return false;
    auto& piece = add(PieceKind::kText, block.name);
    piece.text = std::move(text);
    if (shown < block.rows.size()) piece.note = fmt::format("{} of {}", shown, block.rows.size());
    return true;
  }

  static std::vector<std::pair<std::string, std::string>> pairs_of(const schemas::TableBlock& block) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& row : block.rows) {
      if (row.size() >= 2) pairs.emplace_back(row[0], row[1]);
    }
    return pairs;
  }

  void draw(const schemas::KeyValuesBlock& block) {
    if (block.pairs.empty()) return;
    if (enrichment_.type.starts_with("alert_")) return draw_labels(block.pairs);
    if (block.pairs.size() > kMostFields) {
      schemas::TableBlock table{block.name, {}, {}};
      for (const auto& [name, value] : block.pairs) table.rows.push_back({name, value});
      return draw(table);
    }
    auto& piece = add(PieceKind::kFields, block.name);
    for (const auto& [name, value] : block.pairs) {
      piece.rows.push_back({title_text(name), cut(clean_line(value.substr(0, 1024)), kLongestField)});
    }
    piece.total = piece.rows.size();
  }

  void draw_labels(const std::vector<std::pair<std::string, std::string>>& pairs) {
    constexpr std::size_t kLongestLabels = 900;
    std::string text;
    std::size_t shown = 0;
    for (const auto& [name, value] : pairs) {
      auto label = escaped(clean_line(name.substr(0, 256) + "=" + value.substr(0, 1024)), kLongestCell);
      if (length(text) + length(label) > kLongestLabels) break;
      text += (text.empty() ? "" : "  ·  ") + label;
      ++shown;
    }
    if (text.empty()) return;
    auto& piece = add(PieceKind::kLabels);
    piece.text = std::move(text);
    if (shown < pairs.size()) piece.note = fmt::format("{} of {}", shown, pairs.size());
  }

  void draw(const schemas::FileBlock& block) {
    if (block.contents.empty()) return;
    if (!is_text(block)) {
      auto& piece = add(PieceKind::kFile, block.name.empty() ? "file" : block.name);
      piece.note = fmt::format("{} bytes", block.contents.size());
      return;
    }
    draw_log(block.name, block.contents);
  }

  void draw_log(std::string_view name, std::string_view contents) {
    // The last lines are shown; a hundred times what is shown is looked at, so that empty lines don't hide them.
    constexpr std::size_t kLookedAt = 256 * 1024;
    bool is_whole = contents.size() <= kLookedAt;
    std::size_t lines = static_cast<std::size_t>(std::count(contents.begin(), contents.end(), '\n'));
    if (!contents.ends_with('\n')) ++lines;
    auto text = clean(is_whole ? contents : contents.substr(contents.size() - kLookedAt));
    while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
    if (text.empty()) return;
    auto& piece = add(PieceKind::kLog, name);
    piece.total = lines;
    auto all = lines_of(text);
    std::size_t first = all.size() - std::min(all.size(), kMostLogLines);
    for (std::size_t i = first; i < all.size(); ++i) {
      if (!piece.text.empty()) piece.text += '\n';
      piece.text += cut(all[i], kLongestLogLine);
    }
    while (length(piece.text) > kLongestText) piece.text.erase(0, piece.text.find('\n') + 1);
  }

  void draw(const schemas::JsonBlock& block) {
    constexpr std::size_t kLargest = 64 * 1024;
    auto json = block.json.size() > kLargest ? nlohmann::json(nlohmann::json::value_t::discarded)
                                             : nlohmann::json::parse(block.json, nullptr, false);
    auto text = json.is_discarded() ? block.json.substr(0, kLargest)
                                    : json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    add_text("```\n" + without_fences(text.substr(0, 8 * kLongestText)) + "\n```");
  }

  void draw(const schemas::DiffBlock& block) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& change : block.changes) {
      auto line = code(change.path, 160) + "  " + code(change.before.empty() ? "none" : change.before, kLongestCell) +
                  " → " + code(change.after.empty() ? "none" : change.after, kLongestCell);
      if (length(text) + length(line) + 1 > kLongestText) break;
      text += (text.empty() ? "" : "\n") + line;
      ++shown;
    }
    if (text.empty()) return;
    auto& piece = add(PieceKind::kText, block.name);
    piece.text = std::move(text);
    if (shown < block.changes.size()) piece.note = fmt::format("{} of {} changes", shown, block.changes.size());
  }

  void draw(const schemas::LinksBlock& block) { links_.insert(links_.end(), block.links.begin(), block.links.end()); }

  void draw(const schemas::ChartBlock& block) {
    const auto& chart = block.chart;
    auto& piece = add(PieceKind::kChart, chart.title);
    std::size_t most = style_.uploads ? 3 : 6;
    constexpr int kCurve = 30;
    constexpr std::size_t kLongestName = 24;
    auto names = charts::legend_names(chart.series);
    piece.alt = piece.title.empty() ? "Graph" : piece.title;
    for (std::size_t i = 0; i < std::min(most, chart.series.size()); ++i) {
      auto curve = charts::sparkline(chart.series[i], chart, kCurve);
      if (!piece.text.empty()) piece.text += '\n';
      piece.text += fit(clean_line(names[i]), kLongestName) + "  " + curve;
      const auto& samples = chart.series[i].samples;
      if (!samples.empty()) {
        piece.alt +=
            fmt::format("; {} is {}", clean_line(names[i]), charts::format_value(samples.back().value, chart.unit));
      }
    }
    for (const auto& line : chart.lines) {
      piece.alt += fmt::format("; {} {}", clean_line(line.name), charts::format_value(line.value, chart.unit));
      if (piece.alt.size() > 1000) break;
    }
    piece.alt = cut(piece.alt, 400);
    if (chart.series.empty()) piece.text = "no data";
    if (chart.series.size() > most) piece.note = fmt::format("{} of {} series", most, chart.series.size());
  }

  void draw(const schemas::ImageBlock& block) {
    if (block.contents.empty()) return;
    auto& piece = add(PieceKind::kPicture, block.name);
    piece.alt = cut(clean_line(std::string_view(block.alt).substr(0, 1024)), 400);
    if (piece.alt.empty()) piece.alt = piece.title.empty() ? "Picture" : piece.title;
  }

  const Enrichment& enrichment_;
  bool is_analysis_;
  const Style& style_;
  std::vector<schemas::Link>& links_;
  std::string title_;
  std::vector<Piece> pieces_;
};

}  // namespace

std::size_t shown_count(const Piece& piece) {
  if (piece.kind == PieceKind::kLog) {
    return piece.text.empty() ? 0
                              : static_cast<std::size_t>(std::count(piece.text.begin(), piece.text.end(), '\n')) + 1;
  }
  return piece.rows.size() - (piece.has_header && !piece.rows.empty() ? 1 : 0);
}

std::vector<Piece> draw_enrichment(const Enrichment& enrichment, bool is_analysis, const Style& style, std::size_t most,
                                   std::vector<schemas::Link>& links) {
  return Drawer(enrichment, is_analysis, style, links).take(most);
}

}  // namespace sinks::slack
