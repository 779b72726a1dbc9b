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
  // kNoFile: a file that the configuration names can't be read here; see Problems.
  enum class Kind { kError, kWarning, kNoFile };
  Kind kind;
  Mark mark;
  std::string message;
};

// The problems of one file, as they are found.
class Problems {
 public:
  // What a file that can't be read is: kWarning where the configuration is looked at on another machine than it runs
  // on.
  explicit Problems(Problem::Kind no_file = Problem::Kind::kError) : no_file_(no_file) {}

  void error(Mark mark, std::string message) { add({Problem::Kind::kError, mark, std::move(message)}); }
  void warning(Mark mark, std::string message) { add({Problem::Kind::kWarning, mark, std::move(message)}); }

  void no_file(Mark mark, std::string message) { add({Problem::Kind::kNoFile, mark, std::move(message)}); }
  void add(const Problems& found);
  // Adds what was found in the value of an option. Each message names it, as "option: what is wrong", if it doesn't
  // yet.
  void add_of(std::string_view option, const Problems& found);

  bool has_errors() const;
  // In the order of the file, each once; errors and warnings.
  std::vector<Problem> sorted() const;

 private:
  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  Problem::Kind judged(Problem::Kind kind) const { return kind == Problem::Kind::kNoFile ? no_file_ : kind; }

  std::vector<Problem> problems_;
  Problem::Kind no_file_;
};

// "file:line:column: error: message", the form that editors jump to.
std::string to_string(const Problem& problem, std::string_view file);

// "did you mean 'x'?" for the nearest of `valid` within an edit distance of a third of the name, else an empty string.
std::string suggest(std::string_view name, const std::vector<std::string>& valid);

}  // namespace base::yaml
