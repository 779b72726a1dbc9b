// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml/node.h"

namespace base::yaml {

// What is wrong with a configuration. Readers add to it and go on, so that a user sees everything at once.
struct Problem {
  enum class Kind { kError, kWarning };
  Kind kind;
  Mark mark;
  std::string message;
};

// The problems of one file, as they are found.
class Problems {
 public:
  void error(Mark mark, std::string message) { add({Problem::Kind::kError, mark, std::move(message)}); }
  void warning(Mark mark, std::string message) { add({Problem::Kind::kWarning, mark, std::move(message)}); }

  bool has_errors() const { return errors_ > 0; }
  // In the order of the file.
  std::vector<Problem> sorted() const;

 private:
  void add(Problem problem);

  std::vector<Problem> problems_;
  int errors_ = 0;
};

// "file:line:column: error: message", the form that editors jump to.
std::string to_string(const Problem& problem, std::string_view file);

// "did you mean 'x'?" for the nearest of `valid` within an edit distance of a third of the name, else an empty string.
std::string suggest(std::string_view name, const std::vector<std::string>& valid);

}  // namespace base::yaml
