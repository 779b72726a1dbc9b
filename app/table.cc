// SPDX-License-Identifier: Apache-2.0
#include "app/table.h"

#include <algorithm>

namespace app {

namespace {

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

std::size_t columns(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_code_point));
}

std::string shorten(std::string_view utf8, std::size_t at_most) {
  std::string text;
  std::size_t taken = 0;
  bool is_cut = columns(utf8) > at_most;
  for (char c : utf8) {
    if (starts_code_point(c) && ++taken > (is_cut ? at_most - 1 : at_most)) break;
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return is_cut ? text + "…" : text;
}

Table::Table(std::vector<std::string> headers) { rows_.push_back(std::move(headers)); }

void Table::add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string Table::to_string() const {
  std::vector<std::size_t> widths(rows_[0].size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - columns(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace app
