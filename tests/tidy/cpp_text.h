// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidy {

// The C++ text with comments, string and character literals blanked out by spaces: every line keeps its number and
// every character its column.
std::string without_comments_and_literals(std::string_view text);

// An #include line.
struct Include {
  std::string path;
  bool angled = false;  // <path>, as opposed to "path".
  int line = 0;
};
std::vector<Include> includes_of(std::string_view text);

// A function's outermost body, from the line of its opening brace to that of its closing brace.
//
// Found by a brace scanner, not by a parser: good enough to measure lengths, blind to functions that macros make.
struct Body {
  int first_line = 0;
  int last_line = 0;
  int lines() const { return last_line - first_line + 1; }
};
std::vector<Body> bodies_of(std::string_view text);

// Whether `word` stands in `line` with no letter, digit or underscore beside it.
bool has_word(std::string_view line, std::string_view word);

}  // namespace tidy
