// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/query_template.h"

#include <algorithm>
#include <optional>

#include "enrichers/graph/promql.h"

namespace enrichers {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_bare_word(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return is_name_char(c) || c == '.' || c == ':'; });
}

struct Placeholder {
  std::string_view name;  // "labels.x" or "x".
  std::size_t length = 0;
};

// The placeholder at the beginning of `text`; without a length when the dollar sign is just that, as at the end of a
// regular expression.
Placeholder placeholder_at(std::string_view text) {
  bool is_braced = text.starts_with("${");
  std::size_t begin = is_braced ? 2 : 1;
  std::size_t name = begin;
  for (std::string_view prefix : {"labels.", "annotations."}) {
    if (text.substr(begin).starts_with(prefix)) begin += prefix.size();
  }
  std::size_t end = begin;
  while (end < text.size() && is_name_char(text[end])) ++end;
  if (end == begin || (text[begin] >= '0' && text[begin] <= '9')) return {};
  if (is_braced && (end >= text.size() || text[end] != '}')) return {};
  return {text.substr(name, end - name), end + (is_braced ? 1 : 0)};
}

// Walks over a query and knows whether it is within quotes, and whether these hold a regular expression.
class Filler {
 public:
  Filler(std::string_view query, const Lookup& lookup) : query_(query), lookup_(lookup) {}

  base::Result<std::string> run() {
    while (at_ < query_.size()) {
      char c = query_[at_];
      if (c == '$') {
        BOOST_OUTCOME_TRY(bool is_done, fill());
        if (is_done) continue;
      }
      if (c == '\\' && (quote_ == '"' || quote_ == '\'')) {
        copy(2);
      } else {
        note_quote(c);
        copy(1);
      }
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t count) {
    out_ += query_.substr(at_, count);
    at_ += count;
  }

  void note_quote(char c) {
    if (quote_ == 0 && (c == '"' || c == '\'' || c == '`')) {
      quote_ = c;
      std::string_view before = query_.substr(0, at_);
      before = before.substr(0, before.find_last_not_of(" \t\n") + 1);
      is_regex_ = before.ends_with("=~") || before.ends_with("!~");
    } else if (c == quote_) {
      quote_ = 0;
    }
  }

  base::Result<bool> fill() {
    Placeholder found = placeholder_at(query_.substr(at_));
    if (found.length == 0) return false;
    std::optional<std::string> value = lookup_(found.name);
    if (!value) {
      return base::permanent(base::Reason::kNotFound,
                             "the event has no '" + std::string(found.name) + "', which the query names");
    }
    BOOST_OUTCOME_TRY(auto text, fitting(found.name, *value));
    out_ += text;
    at_ += found.length;
    return true;
  }

  base::Result<std::string> fitting(std::string_view name, const std::string& value) const {
    std::string text = is_regex_ && quote_ != 0 ? promql::escape_regex(value) : value;
    bool fits = quote_ == 0 ? is_bare_word(value) : quote_ != '`' || value.find('`') == std::string::npos;
    if (!fits) {
      return base::permanent(
          base::Reason::kBadRequest,
          "the value of '" + std::string(name) + "' can't stand there in the query: put double quotes round it");
    }
    return quote_ == '"' || quote_ == '\'' ? promql::escape(text, quote_) : text;
  }

  std::string_view query_;
  const Lookup& lookup_;
  std::size_t at_ = 0;
  char quote_ = 0;
  bool is_regex_ = false;
  std::string out_;
};

}  // namespace

base::Result<std::string> fill_query(std::string_view query, const Lookup& lookup) {
  return Filler(query, lookup).run();
}

}  // namespace enrichers
