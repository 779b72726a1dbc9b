// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/options/value_types.h"

namespace schemas {

namespace {

// Longest in Robusta's own documentation is under 100 bytes; a generated list of 100 names of 20 bytes fits.
constexpr std::size_t kLongestPattern = 4096;
// Of one compiled regex with its caches. RE2's own default of 8 MB would let 100 playbooks take a gigabyte.
constexpr std::int64_t kPatternMemory = 1024 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b, Pattern::Case letters) {
  if (letters == Pattern::Case::kMatters) return a == b;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string explain(const re2::RE2& regex) {
  switch (regex.error_code()) {
    // "(?!", "(?=", "(?<": RE2 answers with what it doesn't know (https://github.com/google/re2/wiki/Syntax).
    case re2::RE2::ErrorBadPerlOp:
      return "lookahead and lookbehind are not available (RE2); use 'exclude' or '!=' instead";
    case re2::RE2::ErrorRepeatArgument:
      return "a repetition has nothing to repeat; write '.*' for any text";
    case re2::RE2::ErrorBadEscape:
      return regex.error() + "; back-references are not available (RE2)";
    case re2::RE2::ErrorPatternTooLarge:
      return "it is too large";
    default:
      return regex.error();
  }
}

}  // namespace

std::optional<Pattern> Pattern::read(const base::yaml::Node& node, std::string_view text, Extent extent, Case letters,
                                     base::yaml::Problems& problems) {
  Pattern pattern = exact(text);
  pattern.extent_ = extent;
  pattern.letters_ = letters;
  if (text.size() > kLongestPattern) {
    problems.error(node.mark,
                   fmt::format("a regular expression of {} bytes; {} are allowed", text.size(), kLongestPattern));
    return std::nullopt;
  }
  if (text.find_first_of("\\.+*?()|[]{}^$") == std::string_view::npos) return pattern;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  options.set_case_sensitive(letters == Case::kMatters);
  auto regex = std::make_shared<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!regex->ok()) {
    problems.error(node.mark,
                   fmt::format("{} is not a regular expression: {}", base::options::shown(node), explain(*regex)));
    return std::nullopt;
  }
  pattern.literal_.clear();
  pattern.regex_ = std::move(regex);
  return pattern;
}

Pattern Pattern::exact(std::string_view text) {
  Pattern pattern;
  pattern.literal_ = text;
  return pattern;
}

bool Pattern::matches(std::string_view text) const {
  if (!regex_) {
    std::string_view compared = extent_ == Extent::kStart ? text.substr(0, literal_.size()) : text;
    return same(compared, literal_, letters_);
  }
  auto anchor = extent_ == Extent::kStart ? re2::RE2::ANCHOR_START : re2::RE2::ANCHOR_BOTH;
  return regex_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), anchor, nullptr, 0);
}

std::optional<std::vector<std::string>> Pattern::groups(std::string_view text) const {
  if (!regex_) return matches(text) ? std::optional(std::vector<std::string>()) : std::nullopt;
  auto anchor = extent_ == Extent::kStart ? re2::RE2::ANCHOR_START : re2::RE2::ANCHOR_BOTH;
  std::vector<re2::StringPiece> caught(static_cast<std::size_t>(regex_->NumberOfCapturingGroups()) + 1);
  bool matched = regex_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), anchor, caught.data(),
                               static_cast<int>(caught.size()));
  if (!matched) return std::nullopt;
  std::vector<std::string> groups;
  for (std::size_t i = 1; i < caught.size(); ++i) groups.emplace_back(caught[i].data(), caught[i].size());
  return groups;
}

std::vector<Beginning> Pattern::beginnings() const {
  if (extent_ != Extent::kWhole || letters_ != Case::kMatters) return {};
  if (regex_) return schemas::beginnings(regex_->pattern());
  return literal_.empty() ? std::vector<Beginning>() : std::vector<Beginning>{{literal_, true}};
}

}  // namespace schemas
