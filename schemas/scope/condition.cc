// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope/condition.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/options/value_types.h"

namespace schemas {

namespace {

using base::options::shown;

constexpr std::string_view kSeverity = "severity";

bool is_label_key(std::string_view key) { return key == "labels" || key == "annotations" || key == "namespace_labels"; }

const Labels* labels_of(const Attributes& attributes, std::string_view key) {
  if (key == "labels") return attributes.labels;
  return key == "annotations" ? attributes.annotations : attributes.namespace_labels;
}

// Robusta names these in capitals and we in small letters.
Pattern::Case letters_of(std::string_view key) {
  return key == "source" || key == "type" || key == "kind" ? Pattern::Case::kIgnored : Pattern::Case::kMatters;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The parts between commas. In regexes a comma inside of brackets is no separator: "app=a{1,3}".
std::vector<std::string_view> split(std::string_view text, bool regexes) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (regexes && c == '\\') {
      ++i;
    } else if (regexes && (c == '(' || c == '[' || c == '{')) {
      ++depth;
    } else if (regexes && (c == ')' || c == ']' || c == '}')) {
      depth = std::max(depth - 1, 0);
    } else if (c == ',' && depth == 0) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trim(text.substr(begin)));
  return parts;
}

std::string listed(const std::vector<base::yaml::Node>& values) {
  std::string text;
  for (const base::yaml::Node& value : values) {
    std::string quoted = shown(value);
    std::string_view plain = quoted;
    if (plain.starts_with('\'')) plain = plain.substr(1, plain.size() - 2);
    text += fmt::format("{}{}", text.empty() ? "" : ", ", plain);
  }
  return values.size() == 1 ? text : fmt::format("[{}]", text);
}

bool check_key(const base::yaml::Node::Entry& entry, std::string_view what, const Dialect& dialect,
               base::yaml::Problems& problems) {
  std::vector<std::string> valid = dialect.keys;
  for (const char* key : {"labels", "annotations"}) {
    if (std::find(valid.begin(), valid.end(), key) == valid.end()) valid.emplace_back(key);
  }
  if (std::find(valid.begin(), valid.end(), entry.key) != valid.end()) return true;
  std::string help = base::yaml::suggest(entry.key, valid);
  if (help.empty()) help = fmt::format("known are {}", fmt::join(valid, ", "));
  problems.error(entry.key_mark, fmt::format("unknown attribute '{}' in {}: {}", entry.key, what, help));
  return false;
}

}  // namespace

std::optional<Condition> Condition::read(const base::yaml::Node& node, std::string_view what, const Dialect& dialect,
                                         base::yaml::Problems& problems) {
  if (!node.is_mapping()) {
    problems.error(node.mark, fmt::format("{} must be a mapping of attributes, found {}", what, shown(node)));
    return std::nullopt;
  }
  Condition condition;
  bool good = true;
  for (const base::yaml::Node::Entry& entry : node.entries) {
    if (!check_key(entry, what, dialect, problems)) {
      good = false;
      continue;
    }
    std::vector<base::yaml::Node> values = entry.value.items;
    if (!entry.value.is_sequence()) values.push_back(entry.value);
    if (values.empty() || entry.value.is_null()) {
      problems.error(entry.key_mark, fmt::format("'{}' in {} has no value", entry.key, what));
      good = false;
      continue;
    }
    KeyTest test{.key = entry.key, .written = listed(values), .patterns = {}, .severities = {}, .labels = {}};
    base::yaml::Problems found;
    for (const base::yaml::Node& value : values) good = read_value(value, dialect, test, found) && good;
    problems.add_of(entry.key, found);
    condition.tests_.push_back(std::move(test));
  }
  return good ? std::optional(std::move(condition)) : std::nullopt;
}

bool Condition::read_value(const base::yaml::Node& value, const Dialect& dialect, KeyTest& test,
                           base::yaml::Problems& problems) {
  if (!value.is_scalar()) {
    problems.error(value.mark, fmt::format("a value of '{}' must be text, found {}", test.key, shown(value)));
    return false;
  }
  if (is_label_key(test.key)) return read_labels(value, dialect, test, problems);
  if (test.key == kSeverity) {
    auto severities = SeveritySet::read(value, dialect.extent, dialect.medium_is_named, problems);
    if (severities) test.severities.add(*severities);
    return severities.has_value();
  }
  auto pattern = Pattern::read(value, value.scalar, dialect.extent, letters_of(test.key), problems);
  if (pattern) test.patterns.push_back(std::move(*pattern));
  return pattern.has_value();
}

bool Condition::read_labels(const base::yaml::Node& value, const Dialect& dialect, KeyTest& test,
                            base::yaml::Problems& problems) {
  std::vector<LabelTest> all_of;
  for (std::string_view part : split(value.scalar, dialect.regex_labels)) {
    std::size_t equals = part.find('=');
    bool negated = dialect.regex_labels && equals != std::string_view::npos && equals > 0 && part[equals - 1] == '!';
    std::string_view name = equals == std::string_view::npos ? "" : trim(part.substr(0, equals - (negated ? 1 : 0)));
    if (name.empty()) {
      std::string_view form = dialect.regex_labels ? "'name=regex' or 'name!=regex'" : "'name=value'";
      problems.error(value.mark, fmt::format("{} in '{}' is not {}", shown(value), test.key, form));
      return false;
    }
    std::string_view expected = trim(part.substr(equals + 1));
    auto pattern = dialect.regex_labels
                       ? Pattern::read(value, expected, Pattern::Extent::kWhole, Pattern::Case::kMatters, problems)
                       : Pattern::exact(expected);
    if (!pattern) return false;
    all_of.push_back({std::string(name), negated, std::move(*pattern)});
  }
  test.labels.push_back(std::move(all_of));
  return true;
}

std::vector<LabelClue> Condition::clues() const {
  for (const KeyTest& test : tests_) {
    if (test.key != "labels") continue;
    if (auto found = clues(test); !found.empty()) return found;
  }
  return {};
}

std::vector<LabelClue> Condition::clues(const KeyTest& test) {
  std::vector<LabelClue> all;
  for (const std::vector<LabelTest>& all_of : test.labels) {
    auto found = clues(all_of);
    if (found.empty()) return {};
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

// Of the part that says most: one value rather than some, some rather than beginnings.
std::vector<LabelClue> Condition::clues(const std::vector<LabelTest>& all_of) {
  std::vector<LabelClue> best;
  std::size_t least_vague = 0;
  for (const LabelTest& test : all_of) {
    if (test.negated) continue;
    auto values = test.pattern.beginnings();
    std::size_t vague = values.size();
    for (const Beginning& value : values) vague += value.is_whole ? 0 : 100;
    if (values.empty() || (!best.empty() && vague >= least_vague)) continue;
    best.clear();
    least_vague = vague;
    for (Beginning& value : values) best.push_back({test.name, std::move(value)});
  }
  return best;
}

const Condition::KeyTest* Condition::first_failing(const Attributes& attributes) const {
  for (const KeyTest& test : tests_) {
    if (!holds(test, attributes)) return &test;
  }
  return nullptr;
}

std::string Condition::failing(const Attributes& attributes) const {
  const KeyTest* test = first_failing(attributes);
  if (test == nullptr) return "";
  std::string start = fmt::format("{}: {} does not match", test->key, test->written);
  return is_label_key(test->key) ? start : fmt::format("{} '{}'", start, attributes.text(test->key));
}

std::string Condition::text() const {
  std::string text;
  for (const KeyTest& test : tests_) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", test.key, test.written);
  }
  return text;
}

bool Condition::holds(const KeyTest& test, const Attributes& attributes) {
  if (is_label_key(test.key)) {
    const Labels* labels = labels_of(attributes, test.key);
    auto all_hold = [&](const std::vector<LabelTest>& all_of) { return holds(all_of, *labels); };
    return labels != nullptr && std::any_of(test.labels.begin(), test.labels.end(), all_hold);
  }
  std::string_view actual = attributes.text(test.key);
  if (test.key == kSeverity) {
    auto severity = parse_severity(actual);
    return severity && test.severities.has(*severity);
  }
  return std::any_of(test.patterns.begin(), test.patterns.end(),
                     [&](const Pattern& pattern) { return pattern.matches(actual); });
}

bool Condition::holds(const std::vector<LabelTest>& all_of, const Labels& labels) {
  return std::all_of(all_of.begin(), all_of.end(), [&](const LabelTest& test) {
    auto found = labels.find(test.name);
    return found != labels.end() && test.pattern.matches(trim(found->second)) != test.negated;
  });
}

}  // namespace schemas
