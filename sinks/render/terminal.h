// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sinks {

// Text that can be shown on a terminal: valid UTF-8 without control characters (escape sequences of a log line must not
// reach it), tabs as spaces. Line breaks are kept.
std::string clean_for_terminal(std::string_view text);

// The columns that a text takes: wide characters count two, combining ones none. Requires: clean.
std::size_t columns(std::string_view text);

// Exactly `width` columns: filled with spaces, or cut with "…". Requires: clean, one line.
std::string fit(std::string_view text, std::size_t width, bool right_aligned = false);

// At most `width` columns, cut with "…". Requires: clean, one line.
std::string fit_line(std::string_view text, std::size_t width);

// Lines of at most `width` columns, broken between words, words that are longer within. Requires: clean.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

std::vector<std::string_view> lines_of(std::string_view text);

enum class Style { kPlain, kBold, kDim, kRed, kYellow, kGreen, kBlue, kOnRed, kOnYellow, kOnBlue, kOnGreen };

// Puts ANSI colours round texts, or leaves them.
class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}
  bool has_colour() const { return colour_; }
  std::string operator()(Style style, std::string_view text) const;

 private:
  bool colour_;
};

}  // namespace sinks
