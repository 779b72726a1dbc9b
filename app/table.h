// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace app {

// Text for a terminal in aligned columns, two spaces between them, as kubectl prints it.
class Table {
 public:
  explicit Table(std::vector<std::string> headers);

  // Requires: as many cells as headers.
  void add(std::vector<std::string> cells);
  std::string to_string() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// How many columns a text takes, counting code points; enough for the scripts that alerts are written in.
std::size_t columns(std::string_view utf8);
// The text cut to some columns, with an ellipsis where something is missing; line breaks become spaces.
std::string shorten(std::string_view utf8, std::size_t at_most);

}  // namespace app
