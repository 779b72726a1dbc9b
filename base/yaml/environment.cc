// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/environment.h"

#include <fmt/format.h>

#include <cstdlib>

namespace base::yaml {

namespace {

// Fills a placeholder up to the length of its reference; no part of a variable's name.
constexpr char kFiller = '=';

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

struct Reference {
  std::string_view name;
  std::size_t length = 0;
};

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// The reference that begins at the start of `text`, or one of length 0.
Reference reference_at(std::string_view text) {
  constexpr std::string_view kPrefix = "env.";
  std::size_t at = skip_blanks(text, 2);
  if (text.substr(at, kPrefix.size()) != kPrefix) return {};
  at += kPrefix.size();
  std::size_t begin = at;
  while (at < text.size() && is_name_char(text[at])) ++at;
  std::string_view name = text.substr(begin, at - begin);
  at = skip_blanks(text, at);
  if (name.empty() || text.substr(at, 2) != "}}") return {};
  return {name, at + 2};
}

// Calls literal(text) and reference(name) for the parts of a text with hidden references.
template <class Literal, class OnReference>
void split(std::string_view text, Literal literal, OnReference reference) {
  while (!text.empty()) {
    std::size_t open = text.find(kReferenceOpen);
    std::size_t close = open == std::string_view::npos ? open : text.find(kReferenceClose, open);
    if (close == std::string_view::npos) break;
    literal(text.substr(0, open));
    std::size_t begin = open + kReferenceOpen.size();
    std::string_view name = text.substr(begin, close - begin);
    reference(name.substr(0, name.find(kFiller)));
    text.remove_prefix(close + kReferenceClose.size());
  }
  literal(text);
}

}  // namespace

std::string hide_references(std::string_view text) {
  std::string hidden;
  hidden.reserve(text.size());
  while (!text.empty()) {
    std::size_t open = text.find("{{");
    hidden += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    Reference found = reference_at(text);
    if (found.length == 0) {
      hidden += '{';
      text.remove_prefix(1);
      continue;
    }
    // "{{env.X}}" is the shortest: eight bytes and the name, of which the placeholder needs six and the name.
    std::size_t fill = found.length - found.name.size() - kReferenceOpen.size() - kReferenceClose.size();
    hidden += kReferenceOpen;
    hidden += found.name;
    hidden.append(fill, kFiller);
    hidden += kReferenceClose;
    text.remove_prefix(found.length);
  }
  return hidden;
}

std::string show_references(std::string_view text) {
  std::string shown;
  split(
      text, [&](std::string_view literal) { shown += literal; },
      [&](std::string_view name) { shown += fmt::format("{{{{ env.{} }}}}", name); });
  return shown;
}

Substituted substitute(std::string_view text, const Environment& environment, Mark mark, Problems& problems) {
  Substituted result;
  bool literals = false;
  int references = 0;
  auto on_literal = [&](std::string_view literal) {
    literals = literals || !literal.empty();
    result.text += literal;
  };
  auto on_reference = [&](std::string_view name) {
    ++references;
    auto value = environment(std::string(name));
    if (value) {
      result.text += *value;
    } else {
      problems.error(mark, fmt::format("environment variable '{}' is not set", name));
    }
  };
  split(text, on_literal, on_reference);
  result.any = references > 0;
  result.whole = references == 1 && !literals;
  return result;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing here ever sets one.
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

}  // namespace base::yaml
