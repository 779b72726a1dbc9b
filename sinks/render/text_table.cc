// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/text_table.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace sinks {

namespace {

constexpr std::size_t kBetween = 2;
constexpr std::size_t kNarrowest = 6;

struct Column {
  std::size_t width = 0;
  bool is_numeric = true;
};

// "12", "-3.5", "40%", "512 MiB", "250m": begins like a number and has no second word but a unit.
bool looks_numeric(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (at >= text.size() || !std::isdigit(static_cast<unsigned char>(text[at]))) return false;
  constexpr std::size_t kLongestNumber = 12;
  return text.size() <= kLongestNumber && text.find_first_of(":/") == std::string_view::npos &&
         text.find('-', 1) == std::string_view::npos;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::vector<Column> measure(const std::vector<std::string>& headers,
                            const std::vector<std::vector<std::string>>& rows) {
  std::vector<Column> columns_found(headers.size());
  for (const auto& row : rows) columns_found.resize(std::max(columns_found.size(), row.size()));
  for (std::size_t i = 0; i < headers.size(); ++i) columns_found[i].width = columns(headers[i]);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      columns_found[i].width = std::max(columns_found[i].width, columns(one_line(row[i])));
      if (!row[i].empty() && !looks_numeric(row[i])) columns_found[i].is_numeric = false;
    }
  }
  return columns_found;
}

// Takes from the widest column until the table fits, or no column can give any more.
void narrow(std::vector<Column>& found, std::size_t width) {
  auto total = [&] {
    return std::accumulate(found.begin(), found.end(), std::size_t{0},
                           [](std::size_t sum, const Column& column) { return sum + column.width; }) +
           kBetween * (found.empty() ? 0 : found.size() - 1);
  };
  for (std::size_t now = total(); now > width; --now) {
    auto widest = std::max_element(found.begin(), found.end(),
                                   [](const Column& a, const Column& b) { return a.width < b.width; });
    if (widest->width <= kNarrowest) return;
    --widest->width;
  }
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<Column>& found) {
  std::string line;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i > 0) line.append(kBetween, ' ');
    line += fit(i < cells.size() ? one_line(cells[i]) : "", found[i].width, found[i].is_numeric);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::vector<std::string> table_lines(const std::vector<std::string>& headers,
                                     const std::vector<std::vector<std::string>>& rows, std::size_t width,
                                     const Paint& paint) {
  auto found = measure(headers, rows);
  narrow(found, width);
  std::vector<std::string> lines;
  if (!headers.empty()) {
    lines.push_back(paint(Style::kBold, line_of(headers, found)));
    std::string rule;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i > 0) rule.append(kBetween, ' ');
      for (std::size_t n = 0; n < found[i].width; ++n) rule += "─";
    }
    lines.push_back(paint(Style::kDim, rule));
  }
  for (const auto& row : rows) lines.push_back(line_of(row, found));
  return lines;
}

}  // namespace sinks
