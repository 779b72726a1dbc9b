// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace base::yaml {

namespace {

// Names longer than this are not worth a guess; it also bounds the work on hostile input.
constexpr std::size_t kLongestGuess = 80;

// Optimal string alignment: a swap of neighbours counts as one edit, as typing errors go.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// Without case and separators: "slackChannel", "slack-channel" and "slack_channel" are one name to a reader.
std::string without_accent(std::string_view name) {
  std::string plain;
  for (char c : name) {
    if (c == '_' || c == '-' || c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

}  // namespace

void Problems::add(const Problems& found) {
  problems_.insert(problems_.end(), found.problems_.begin(), found.problems_.end());
}

void Problems::add_of(std::string_view option, const Problems& found) {
  std::string quoted = fmt::format("'{}'", option);
  for (Problem problem : found.problems_) {
    bool names_it = problem.message.find(quoted) != std::string::npos;
    if (!names_it) problem.message = fmt::format("{}: {}", option, problem.message);
    add(std::move(problem));
  }
}

bool Problems::has_errors() const {
  return std::any_of(problems_.begin(), problems_.end(),
                     [this](const Problem& problem) { return judged(problem.kind) == Problem::Kind::kError; });
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> sorted = problems_;
  for (Problem& problem : sorted) problem.kind = judged(problem.kind);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) { return a.mark < b.mark; });
  // What several aliases bring in is one mistake at one place.
  auto same = [](const Problem& a, const Problem& b) {
    return std::tie(a.kind, a.mark, a.message) == std::tie(b.kind, b.mark, b.message);
  };
  std::vector<Problem> unique;
  for (Problem& problem : sorted) {
    bool known = false;
    for (auto it = unique.rbegin(); it != unique.rend() && it->mark == problem.mark && !known; ++it) {
      known = same(*it, problem);
    }
    if (!known) unique.push_back(std::move(problem));
  }
  return unique;
}

std::string to_string(const Problem& problem, std::string_view file) {
  std::string_view kind = problem.kind == Problem::Kind::kError ? "error" : "warning";
  if (problem.mark.line == 0) return fmt::format("{}: {}: {}", file, kind, problem.message);
  return fmt::format("{}:{}:{}: {}: {}", file, problem.mark.line, problem.mark.column, kind, problem.message);
}

std::string suggest(std::string_view name, const std::vector<std::string>& valid) {
  if (name.size() > kLongestGuess) return "";
  const std::string* nearest = nullptr;
  std::size_t least = name.size() / 3 + 1;
  std::string plain = without_accent(name);
  for (const std::string& candidate : valid) {
    if (candidate.size() > kLongestGuess || candidate == name) continue;
    std::size_t distance = std::min(edit_distance(name, candidate), edit_distance(plain, without_accent(candidate)));
    if (distance >= least) continue;
    least = distance;
    nearest = &candidate;
  }
  return nearest == nullptr ? "" : fmt::format("did you mean '{}'?", *nearest);
}

}  // namespace base::yaml
