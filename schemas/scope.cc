// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/options/value_types.h"
#include "schemas/scope/condition.h"

namespace schemas {

namespace {

using base::yaml::Node;
using base::yaml::Problems;

std::vector<Condition> read_list(const Node& node, std::string_view name, const Dialect& dialect, Problems& problems) {
  std::vector<Condition> conditions;
  if (!node.is_sequence() || node.items.empty()) {
    problems.error(node.mark, fmt::format("'{}' must be a list of at least one condition, found {}", name,
                                          node.is_sequence() ? "none" : base::options::shown(node)));
    return conditions;
  }
  for (const Node& item : node.items) {
    auto condition = Condition::read(item, fmt::format("'{}'", name), dialect, problems);
    if (condition && item.entries.empty()) {
      problems.error(item.mark, fmt::format("a condition of '{}' names no attribute", name));
    } else if (condition) {
      conditions.push_back(std::move(*condition));
    }
  }
  return conditions;
}

// What the conditions lack, as far as one line holds it.
std::string reasons(const std::vector<Condition>& conditions, const Attributes& attributes) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(conditions.size(), kShown); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : "; ", conditions[i].failing(attributes));
  }
  if (conditions.size() > kShown) text += fmt::format("; and {} more", conditions.size() - kShown);
  return text;
}

}  // namespace

std::string_view Attributes::text(std::string_view name) const {
  for (const auto& [key, value] : texts) {
    if (key == name) return value;
  }
  return {};
}

struct Scope::Conditions {
  std::vector<Condition> include;
  std::vector<Condition> exclude;
};

Scope Scope::read(const Node& node, const std::vector<std::string>& attributes, bool medium_is_named,
                  Problems& problems) {
  if (node.is_null()) return {};
  if (!node.is_mapping()) {
    problems.error(node.mark, fmt::format("a scope must be a mapping, found {}", base::options::shown(node)));
    return {};
  }
  Dialect dialect{Pattern::Extent::kWhole, true, medium_is_named, attributes};
  auto conditions = std::make_shared<Conditions>();
  bool any = false;
  for (const Node::Entry& entry : node.entries) {
    if (entry.key != "include" && entry.key != "exclude") {
      std::string help = base::yaml::suggest(entry.key, {"include", "exclude"});
      if (help.empty()) help = "known are include, exclude";
      problems.error(entry.key_mark, fmt::format("unknown key '{}' in a scope: {}", entry.key, help));
    } else if (!entry.value.is_null()) {
      auto& list = entry.key == "include" ? conditions->include : conditions->exclude;
      list = read_list(entry.value, entry.key, dialect, problems);
      any = true;
    }
  }
  if (!any) problems.error(node.mark, "a scope needs 'include' or 'exclude'");
  Scope scope;
  scope.conditions_ = std::move(conditions);
  return scope;
}

Scope::Verdict Scope::judge(const Attributes& attributes, std::string* why) const {
  if (!conditions_) return Verdict::kNoScope;
  for (const Condition& condition : conditions_->exclude) {
    if (!condition.matches(attributes)) continue;
    if (why != nullptr) *why = "excluded by " + condition.text();
    return Verdict::kExcluded;
  }
  if (conditions_->include.empty()) return Verdict::kNoScope;
  for (const Condition& condition : conditions_->include) {
    if (!condition.matches(attributes)) continue;
    if (why != nullptr) *why = "included by " + condition.text();
    return Verdict::kIncluded;
  }
  if (why != nullptr) *why = "not included: " + reasons(conditions_->include, attributes);
  return Verdict::kNotIncluded;
}

bool Scope::accepts(const Attributes& attributes) const {
  Verdict verdict = judge(attributes);
  return verdict == Verdict::kIncluded || verdict == Verdict::kNoScope;
}

std::vector<LabelClue> Scope::clues() const {
  std::vector<LabelClue> all;
  if (!conditions_) return all;
  for (const Condition& condition : conditions_->include) {
    std::vector<LabelClue> clues = condition.clues();
    if (clues.empty()) return {};
    all.insert(all.end(), clues.begin(), clues.end());
  }
  return all;
}

struct Match::Conditions {
  Condition all;
};

Match Match::read(const Node& node, const std::vector<std::string>& attributes, bool medium_is_named,
                  Problems& problems) {
  if (node.is_null()) return {};
  Dialect dialect{Pattern::Extent::kStart, false, medium_is_named, attributes};
  std::erase(dialect.keys, "namespace_labels");
  auto condition = Condition::read(node, "'match'", dialect, problems);
  Match match;
  if (condition) match.conditions_ = std::make_shared<Conditions>(Conditions{std::move(*condition)});
  return match;
}

bool Match::accepts(const Attributes& attributes, std::string* why) const {
  if (!conditions_) return true;
  if (conditions_->all.matches(attributes)) return true;
  if (why != nullptr) *why = conditions_->all.failing(attributes);
  return false;
}

bool names_medium(const Node& scope_or_match) {
  auto is_medium = [](const Node& value) {
    constexpr std::string_view kMedium = "MEDIUM";
    auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    std::string text = value.scalar;
    std::transform(text.begin(), text.end(), text.begin(), upper);
    return text.find(kMedium) != std::string::npos;
  };
  auto in_value = [&](const Node& value) {
    return is_medium(value) || std::any_of(value.items.begin(), value.items.end(), is_medium);
  };
  for (const Node::Entry& entry : scope_or_match.entries) {
    if (entry.key == "severity" && in_value(entry.value)) return true;
    bool is_list = entry.key == "include" || entry.key == "exclude";
    if (is_list && std::any_of(entry.value.items.begin(), entry.value.items.end(), names_medium)) return true;
  }
  return false;
}

}  // namespace schemas
