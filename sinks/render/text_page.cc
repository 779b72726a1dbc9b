// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/text_page.h"

#include <fmt/format.h>

#include <algorithm>

namespace sinks {

TextPage::TextPage(const TextOptions& options)
    : paint_(options.colour), width_(std::max<std::size_t>(options.width, 40)), max_lines_(options.max_lines) {}

void TextPage::line(std::string_view text) {
  if (!text.empty()) text_.append(indent_, ' ');
  text_ += text;
  text_ += '\n';
}

void TextPage::gap() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
}

void TextPage::lines(const std::vector<std::string>& texts) {
  for (const auto& text : texts) line(text);
}

void TextPage::paragraph(std::string_view text) { lines(wrap(clean_for_terminal(text), width())); }

void TextPage::heading(std::string_view text) { line(paint_(Style::kBold, clean_for_terminal(text))); }

void TextPage::left_out(std::size_t count, std::string_view what) {
  if (count > 0) line(paint_(Style::kDim, fmt::format("… {} more {}", count, what)));
}

}  // namespace sinks
