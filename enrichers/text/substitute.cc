// SPDX-License-Identifier: Apache-2.0
#include "enrichers/text/substitute.h"

#include <cctype>

namespace enrichers {

namespace {

constexpr std::string_view kMissing = "<missing>";

bool is_name(char c, bool braced) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || (braced && (c == '/' || c == '-'));
}

// The name at the front of `rest`, which begins behind the dollar sign; `used` is how much of it the reference takes.
std::string_view take_name(std::string_view rest, std::size_t* used) {
  bool braced = rest.starts_with('{');
  std::size_t begin = braced ? 1 : 0;
  std::size_t end = begin;
  while (end < rest.size() && is_name(rest[end], braced)) ++end;
  if (braced && (end >= rest.size() || rest[end] != '}')) return {};
  // A full stop that ends a sentence is not part of a name.
  while (!braced && end > begin && rest[end - 1] == '.') --end;
  *used = end + (braced ? 1 : 0);
  return rest.substr(begin, end - begin);
}

std::optional<std::string> find_label(const schemas::Labels& labels, std::string_view name) {
  auto it = labels.find(name);
  return it == labels.end() ? std::nullopt : std::optional(it->second);
}

std::optional<std::string> field_of(const schemas::Subject& subject, std::string_view name) {
  auto known = [](const std::string& value) { return value.empty() ? std::nullopt : std::optional(value); };
  if (name == "name") return known(subject.name);
  if (name == "kind") return known(subject.kind);
  if (name == "namespace") return known(subject.name_space);
  if (name == "node") return known(subject.node);
  if (name == "container") return known(subject.container);
  return std::nullopt;
}

}  // namespace

std::string substitute(std::string_view text, const Lookup& lookup) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    std::string_view rest = text.substr(at + 1);
    std::size_t used = 0;
    std::string_view name = take_name(rest, &used);
    if (name.empty()) {
      out += '$';
      at += rest.starts_with('$') ? 2 : 1;
      continue;
    }
    out += lookup(name).value_or(std::string(kMissing));
    at += 1 + used;
  }
  return out;
}

Lookup names_of(const Input& input) {
  return [&input](std::string_view name) -> std::optional<std::string> {
    const schemas::Subject& subject = input.draft.subject;
    constexpr std::string_view kLabels = "labels.";
    constexpr std::string_view kAnnotations = "annotations.";
    if (name.starts_with(kLabels)) return find_label(subject.labels, name.substr(kLabels.size()));
    if (name.starts_with(kAnnotations)) return find_label(subject.annotations, name.substr(kAnnotations.size()));
    if (auto label = find_label(subject.labels, name)) return label;
    if (auto field = field_of(subject, name)) return field;
    return find_label(subject.annotations, name);
  };
}

}  // namespace enrichers
