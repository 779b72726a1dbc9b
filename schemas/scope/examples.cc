// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope/examples.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "schemas/scope.h"

namespace schemas {

namespace {

using base::yaml::Node;

// More combinations of values than this are not looked at: then nothing is claimed.
constexpr std::size_t kMostExamples = 64;
// What an attribute is that no condition names: nearly every regex that accepts both accepts anything.
constexpr std::array<std::string_view, 2> kFillers = {"\x01", ""};
constexpr std::array<std::string_view, 6> kSeverities = {"DEBUG", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};

// Something that a condition describes.
struct Example {
  std::map<std::string, std::string, std::less<>> texts;
  Labels labels;
  Labels annotations;
};
using Examples = std::vector<Example>;

bool is_plain(std::string_view text) { return text.find_first_of("\\.+*?()|[]{}^$") == std::string_view::npos; }

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Puts "a=x,b!=y" into the labels. False where they can't be so: the example is none.
bool put_labels(std::string_view written, Labels& labels) {
  while (!written.empty()) {
    std::string_view part = written.substr(0, written.find(','));
    written.remove_prefix(std::min(written.size(), part.size() + 1));
    std::size_t equals = part.find('=');
    bool negated = equals > 0 && part[equals - 1] == '!';
    std::string name(trim(part.substr(0, equals - (negated ? 1 : 0))));
    std::string value(trim(part.substr(equals + 1)));
    auto found = labels.find(name);
    if (negated && found == labels.end()) {
      labels.emplace(name, kFillers.front());
    } else if (negated ? found->second == value : !labels.emplace(name, value).second && labels[name] != value) {
      return false;
    }
  }
  return true;
}

// Each example with each value of one key; nullopt where a value is no plain text.
std::optional<Examples> extended(const Examples& examples, const Node::Entry& entry) {
  if (entry.key == "severity") return examples;  // All of them are tried.
  std::vector<Node> values = entry.value.is_sequence() ? entry.value.items : std::vector<Node>{entry.value};
  Examples made;
  for (const Node& value : values) {
    bool is_label = entry.key == "labels" || entry.key == "annotations";
    if (!is_plain(value.scalar) || (!is_label && entry.key == "namespace_labels")) return std::nullopt;
    for (Example example : examples) {
      if (!is_label) {
        example.texts[entry.key] = value.scalar;
      } else if (!put_labels(value.scalar, entry.key == "labels" ? example.labels : example.annotations)) {
        continue;
      }
      made.push_back(std::move(example));
    }
    if (made.size() > kMostExamples) return std::nullopt;
  }
  return made;
}

// What one condition describes, or all of them.
std::optional<Examples> examples_of(const Node& condition, const Labels& known) {
  std::optional<Examples> examples = Examples{Example{.texts = {}, .labels = known, .annotations = {}}};
  for (const Node::Entry& entry : condition.entries) {
    if (examples) examples = extended(*examples, entry);
  }
  return examples;
}

// `scope.include` decides alone where it is there; else `match` does.
std::optional<Examples> examples_of(const Filter& filter) {
  const Node* include = filter.scope == nullptr ? nullptr : filter.scope->find("include");
  if (include == nullptr || include->is_null()) {
    return examples_of(filter.match == nullptr ? Node{} : *filter.match, filter.labels);
  }
  Examples all;
  for (const Node& condition : include->items) {
    auto examples = examples_of(condition, filter.labels);
    if (!examples) return std::nullopt;
    all.insert(all.end(), examples->begin(), examples->end());
  }
  return all;
}

// A filter in the form that judges.
class Judge {
 public:
  explicit Judge(const Filter& filter) : names_(filter.attributes) {
    base::yaml::Problems ignored;
    if (filter.scope != nullptr) scope_ = Scope::read(*filter.scope, names_, filter.medium_is_named, ignored);
    if (filter.match != nullptr) match_ = Match::read(*filter.match, names_, filter.medium_is_named, ignored);
  }

  bool accepts(const Example& example, std::string_view severity, std::string_view filler) const {
    Attributes attributes;
    for (const std::string& name : names_) {
      auto found = example.texts.find(name);
      attributes.texts.emplace_back(name, name == "severity"             ? severity
                                          : found == example.texts.end() ? filler
                                                                         : std::string_view(found->second));
    }
    attributes.labels = &example.labels;
    attributes.annotations = &example.annotations;
    Scope::Verdict verdict = scope_.judge(attributes);
    return verdict == Scope::Verdict::kIncluded || (verdict == Scope::Verdict::kNoScope && match_.accepts(attributes));
  }

 private:
  const std::vector<std::string>& names_;
  Scope scope_;
  Match match_;
};

// Calls `visit(example, severity, filler)` for everything that stands for what a filter may accept, until it says
// false.
template <class Visit>
bool for_all(const Examples& examples, Visit visit) {
  for (const Example& example : examples) {
    for (std::string_view severity : kSeverities) {
      for (std::string_view filler : kFillers) {
        if (!visit(example, severity, filler)) return false;
      }
    }
  }
  return true;
}

bool is_absent(const Node* node) { return node == nullptr || node->is_null(); }

bool same(const Node* a, const Node* b) {
  return is_absent(a) || is_absent(b) ? is_absent(a) && is_absent(b) : base::yaml::says_the_same(*a, *b);
}

}  // namespace

bool passes_nothing(const Filter& filter) {
  auto examples = examples_of(filter);
  if (!examples) return false;
  Judge judge(filter);
  return for_all(*examples, [&](auto&... example) { return !judge.accepts(example...); });
}

bool covers(const Filter& wide, const Filter& narrow) {
  if (is_absent(wide.scope) && is_absent(wide.match)) return true;
  if (same(wide.scope, narrow.scope) && same(wide.match, narrow.match)) return true;
  // What it excludes may be what the narrow one leaves open.
  if (!is_absent(wide.scope) && wide.scope->find("exclude") != nullptr) return false;
  auto examples = examples_of(narrow);
  if (!examples || examples->empty()) return false;
  Judge by_wide(wide);
  Judge by_narrow(narrow);
  return for_all(*examples,
                 [&](auto&... example) { return !by_narrow.accepts(example...) || by_wide.accepts(example...); });
}

}  // namespace schemas
