// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace tidy {
namespace {

namespace fs = std::filesystem;

bool is_skipped(const fs::path& relative) {
  static const std::set<std::string> kOutput = {"build", "run"};
  std::string name = relative.filename();
  return name.starts_with('.') || (relative.parent_path().empty() && kOutput.contains(name));
}

}  // namespace

std::string_view SourceFile::folder() const {
  std::size_t slash = path.find('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash);
}

std::string_view SourceFile::name() const {
  std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string_view(path) : std::string_view(path).substr(slash + 1);
}

bool SourceFile::is_header() const { return path.ends_with(".h"); }
bool SourceFile::is_cc() const { return path.ends_with(".cc"); }

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Files read_tree(const std::string& root) {
  Files files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    fs::path relative = fs::relative(entry->path(), root);
    if (is_skipped(relative)) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back({relative.generic_string(), read_file(entry->path())});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string describe(const Violations& violations) {
  std::string out;
  for (const Violation& violation : violations) {
    out += violation.path + (violation.line > 0 ? ":" + std::to_string(violation.line) : "") + ": " + violation.what +
           "\n";
  }
  return out;
}

void for_each_line(std::string_view text, const std::function<void(std::string_view, int)>& visit) {
  int number = 1;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    visit(text.substr(0, end), number++);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

int count_lines(std::string_view text) {
  return static_cast<int>(std::ranges::count(text, '\n')) + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

}  // namespace tidy
