// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/sizes.h"

#include <algorithm>

#include "tests/tidy/cpp_text.h"

namespace tidy {
namespace {

bool says_why_it_is_long(std::string_view text, int first_line) {
  bool says = false;
  for_each_line(text, [&](std::string_view line, int number) {
    if (number == first_line || number == first_line - 1)
      says = says || line.find("// long: ") != std::string_view::npos;
  });
  return says;
}

}  // namespace

Violations check_sizes(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    if (!file.is_cpp()) continue;
    int lines = count_lines(file.text);
    if (lines > kLongestFile) {
      out.push_back({file.path, 0, std::to_string(lines) + " lines; the limit is " + std::to_string(kLongestFile)});
    }
    for (const Body& body : bodies_of(file.text)) {
      if (body.lines() > kLongestFunction && !says_why_it_is_long(file.text, body.first_line)) {
        out.push_back({file.path, body.first_line,
                       "a function of " + std::to_string(body.lines()) + " lines; the limit is " +
                           std::to_string(kLongestFunction)});
      }
    }
  }
  return out;
}

Violations check_median_header(const Files& files) {
  std::vector<int> lengths;
  for (const SourceFile& file : files) {
    if (file.is_header()) lengths.push_back(count_lines(file.text));
  }
  if (lengths.empty()) return {};
  auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::ranges::nth_element(lengths, middle);
  if (*middle <= kMedianHeader) return {};
  return {{"(all headers)", 0,
           "their median is " + std::to_string(*middle) + " lines; it should stay within " +
               std::to_string(kMedianHeader)}};
}

}  // namespace tidy
