// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/block.h"
#include "sinks/render/terminal.h"
#include "sinks/render/text.h"

namespace sinks {

// Lines as they come, indented by what they belong to.
class TextPage {
 public:
  explicit TextPage(const TextOptions& options);

  const Paint& paint() const { return paint_; }
  std::size_t width() const { return width_ - indent_; }  // What is left beside the indent.
  std::size_t max_lines() const { return max_lines_; }

  void line(std::string_view text);
  // An empty line, unless one was just written.
  void gap();
  void lines(const std::vector<std::string>& texts);
  // Wraps a text into the page; it is cleaned first.
  void paragraph(std::string_view text);
  void heading(std::string_view text);
  // "… 12 more rows", if any.
  void left_out(std::size_t count, std::string_view what);

  void indent(std::size_t by) { indent_ += by; }
  void outdent(std::size_t by) { indent_ -= by; }

  std::string take() { return std::move(text_); }

 private:
  Paint paint_;
  std::size_t width_;
  std::size_t max_lines_;
  std::size_t indent_ = 0;
  std::string text_;
};

void write_block(const schemas::Block& block, TextPage& page);

}  // namespace sinks
