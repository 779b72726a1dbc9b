// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "charts/chart.h"
#include "charts/names.h"
#include "sinks/render/text_page.h"
#include "sinks/render/text_table.h"

namespace sinks {

namespace {

std::string clock_text(base::Time time) { return base::to_rfc3339(time).substr(11, 5); }

// "**bold**" as bold or without its stars; the rest of Markdown reads well as it is.
std::string inline_markdown(std::string text, const Paint& paint) {
  for (auto begin = text.find("**"); begin != std::string::npos; begin = text.find("**", begin)) {
    auto end = text.find("**", begin + 2);
    if (end == std::string::npos || end == begin + 2) break;
    auto bold = paint(Style::kBold, text.substr(begin + 2, end - begin - 2));
    text.replace(begin, end + 2 - begin, bold);
    begin += bold.size();
  }
  return text;
}

void quote(std::string_view line, TextPage& page) {
  page.line(page.paint()(Style::kDim, "│") + " " + fit_line(line, page.width() - 2));
}

void write(const schemas::MarkdownBlock& block, TextPage& page) {
  auto text = clean_for_terminal(block.text);
  bool is_code = false;
  for (auto line : lines_of(text)) {
    if (line.starts_with("```")) {
      is_code = !is_code;
    } else if (is_code) {
      quote(line, page);
    } else {
      line.remove_prefix(line.starts_with('#') ? std::min(line.find_first_not_of("# "), line.size()) : 0);
      for (auto& part : wrap(line, page.width())) page.line(inline_markdown(std::move(part), page.paint()));
    }
  }
}

void write(const schemas::HeaderBlock& block, TextPage& page) { page.heading(block.text); }

void write(const schemas::DividerBlock&, TextPage& page) { page.gap(); }

void write(const schemas::ListBlock& block, TextPage& page) {
  std::size_t shown = std::min(block.items.size(), page.max_lines());
  for (std::size_t i = 0; i < shown; ++i) {
    auto lines = wrap(clean_for_terminal(block.items[i]), page.width() - 2);
    for (std::size_t n = 0; n < lines.size(); ++n) page.line((n == 0 ? "• " : "  ") + lines[n]);
  }
  page.left_out(block.items.size() - shown, "items");
}

void write_title(const std::string& name, TextPage& page) {
  if (!name.empty()) page.heading(name);
}

void write(const schemas::TableBlock& block, TextPage& page) {
  write_title(block.name, page);
  std::vector<std::string> headers;
  for (const auto& header : block.headers) headers.push_back(clean_for_terminal(header));
  std::vector<std::vector<std::string>> rows;
  std::size_t shown = std::min(block.rows.size(), page.max_lines());
  for (std::size_t i = 0; i < shown; ++i) {
    auto& row = rows.emplace_back();
    for (const auto& cell : block.rows[i]) row.push_back(clean_for_terminal(cell));
  }
  page.lines(table_lines(headers, rows, page.width(), page.paint()));
  page.left_out(block.rows.size() - shown, "rows");
}

// Names to the left in a column of their own, values wrapped beside them.
void write_pairs(const std::vector<std::pair<std::string, std::string>>& pairs, TextPage& page) {
  constexpr std::size_t kWidestName = 32;
  std::size_t width = 0;
  for (const auto& [name, value] : pairs) width = std::max(width, columns(clean_for_terminal(name)));
  width = std::min(width, kWidestName);
  for (const auto& [name, value] : pairs) {
    auto lines = wrap(clean_for_terminal(value), page.width() - width - 2);
    if (lines.empty()) lines.emplace_back();
    auto label = page.paint()(Style::kDim, fit(clean_for_terminal(name), width));
    for (const auto& line : lines) {
      page.line(label + "  " + line);
      label = std::string(width, ' ');
    }
  }
}

void write(const schemas::KeyValuesBlock& block, TextPage& page) {
  write_title(block.name, page);
  write_pairs(block.pairs, page);
}

void write(const schemas::FileBlock& block, TextPage& page) {
  bool is_text = block.media_type.empty() || block.media_type.starts_with("text/") ||
                 block.media_type.ends_with("json") || block.media_type.ends_with("yaml");
  if (!is_text) return page.line(fmt::format("{} ({} bytes)", clean_for_terminal(block.name), block.contents.size()));
  auto text = clean_for_terminal(block.contents);
  auto lines = lines_of(text);
  std::size_t skipped = lines.size() - std::min(lines.size(), page.max_lines());
  auto name = page.paint()(Style::kBold, clean_for_terminal(block.name));
  if (skipped > 0)
    name += page.paint()(Style::kDim, fmt::format("  last {} of {} lines", page.max_lines(), lines.size()));
  page.line(name);
  for (std::size_t i = skipped; i < lines.size(); ++i) quote(lines[i], page);
}

void write(const schemas::JsonBlock& block, TextPage& page) {
  auto json = nlohmann::json::parse(block.json, nullptr, false);
  auto text = clean_for_terminal(
      json.is_discarded() ? block.json : json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  auto lines = lines_of(text);
  std::size_t shown = std::min(lines.size(), page.max_lines());
  for (std::size_t i = 0; i < shown; ++i) quote(lines[i], page);
  page.left_out(lines.size() - shown, "lines");
}

void write(const schemas::DiffBlock& block, TextPage& page) {
  write_title(block.name, page);
  std::size_t shown = std::min(block.changes.size(), page.max_lines());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& change = block.changes[i];
    page.line(clean_for_terminal(change.path));
    page.line(page.paint()(Style::kRed, "- " + fit_line(clean_for_terminal(change.before), page.width() - 2)));
    page.line(page.paint()(Style::kGreen, "+ " + fit_line(clean_for_terminal(change.after), page.width() - 2)));
  }
  page.left_out(block.changes.size() - shown, "changes");
}

void write(const schemas::LinksBlock& block, TextPage& page) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& link : block.links) pairs.emplace_back(link.name, link.url);
  write_pairs(pairs, page);
}

void write(const schemas::ChartBlock& block, TextPage& page) {
  const auto& chart = block.chart;
  const auto& paint = page.paint();
  page.line(paint(Style::kBold, clean_for_terminal(chart.title)) +
            paint(Style::kDim, fmt::format("  {} – {} UTC", clock_text(chart.from), clock_text(chart.to))));
  page.indent(2);
  auto names = charts::legend_names(chart.series);
  std::size_t width = 0;
  for (auto& name : names) {
    name = clean_for_terminal(name);
    width = std::max(width, columns(name));
  }
  for (const auto& line : chart.lines) width = std::max(width, columns(clean_for_terminal(line.name)));
  // Half the page for the curve; the value behind it is short.
  width = std::min(width, page.width() / 3);
  int curve = static_cast<int>(std::min<std::size_t>(60, page.width() - width - 16));
  std::size_t shown = std::min(chart.series.size(), page.max_lines());
  for (std::size_t i = 0; i < shown; ++i) {
    page.line(fit(names[i], width) + "  " + charts::sparkline(chart.series[i], chart, curve));
  }
  if (chart.series.empty()) page.line(paint(Style::kDim, "no data"));
  page.left_out(chart.series.size() - shown, "series");
  for (const auto& line : chart.lines) {
    page.line(paint(Style::kDim,
                    fit(clean_for_terminal(line.name), width) + "  " + charts::format_value(line.value, chart.unit)));
  }
  for (const auto& marker : chart.markers) {
    page.line(paint(Style::kDim, fit(clock_text(marker.time), width) + "  " + clean_for_terminal(marker.name)));
  }
  page.outdent(2);
}

void write(const schemas::ImageBlock& block, TextPage& page) {
  const auto& name = block.alt.empty() ? block.name : block.alt;
  page.line(page.paint()(Style::kDim, fmt::format("[picture: {}]", clean_for_terminal(name))));
}

}  // namespace

void write_block(const schemas::Block& block, TextPage& page) {
  std::visit([&](const auto& kind) { write(kind, page); }, block);
}

}  // namespace sinks
