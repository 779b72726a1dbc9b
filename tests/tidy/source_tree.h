// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

// One text file of the source tree; `path` is relative to its root and has forward slashes.
struct SourceFile {
  std::string path;
  std::string text;

  std::string_view folder() const;  // "sinks" of "sinks/file/file_sink.h"; empty for a file at the top.
  std::string_view name() const;    // "file_sink.h"
  bool is_header() const;
  bool is_cc() const;
  bool is_cpp() const { return is_header() || is_cc(); }
};

// What a rule objects to. `line` counts from 1; 0 speaks of the whole file.
struct Violation {
  std::string path;
  int line = 0;
  std::string what;
};

using Files = std::vector<SourceFile>;
using Violations = std::vector<Violation>;

// Every file below `root` except build output and hidden folders, sorted by path. Throws std::filesystem errors:
// without the tree there is nothing to test.
Files read_tree(const std::string& root);
std::string read_file(const std::string& path);

// "path:line: what", one a line, for the message of a failed test.
std::string describe(const Violations& violations);

// Calls `visit` with each line (without its end) and its number from 1.
void for_each_line(std::string_view text, const std::function<void(std::string_view line, int number)>& visit);
int count_lines(std::string_view text);

}  // namespace tidy
