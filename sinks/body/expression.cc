// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sinks/body/syntax.h"

namespace sinks::body {

namespace {

using Kind = Expression::Kind;

struct FilterShape {
  std::string_view name;
  std::size_t arguments;
};
constexpr std::array<FilterShape, 7> kFilters{
    {{"default", 1}, {"join", 1}, {"json", 0}, {"length", 0}, {"lower", 0}, {"truncate", 1}, {"upper", 0}}};

constexpr std::array<std::string_view, 4> kWords{"and", "or", "not", "in"};

bool is_name_char(char c, bool first) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (!first && c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent. The first error is kept and the rest of the text skipped, so that every loop ends.
class Parser {
 public:
  Parser(std::string_view text, int line, SyntaxError& error) : text_(text), line_(line), error_(error) {}

  std::optional<Expression> all() {
    Expression found = alternative();
    skip_blanks();
    if (!failed_ && at_ < text_.size()) fail(fmt::format("'{}' is not expected here", rest()));
    return failed_ ? std::nullopt : std::optional(std::move(found));
  }

 private:
  // Deeper is a mistake, and would cost stack.
  static constexpr int kDeepest = 32;

  Expression alternative() {
    Expression left = conjunction();
    while (word("or")) left = combine(Kind::kOr, std::move(left), conjunction());
    return left;
  }
  Expression conjunction() {
    Expression left = negation();
    while (word("and")) left = combine(Kind::kAnd, std::move(left), negation());
    return left;
  }
  Expression negation() {
    if (!word("not")) return comparison();
    if (!enter()) return {};
    Expression all{.kind = Kind::kNot};
    all.operands.push_back(negation());
    --depth_;
    return all;
  }
  Expression comparison() {
    Expression left = filtered();
    if (sign("==")) return combine(Kind::kEqual, std::move(left), filtered());
    if (sign("!=")) return combine(Kind::kDiffers, std::move(left), filtered());
    if (word("in")) return combine(Kind::kIn, std::move(left), filtered());
    return left;
  }
  Expression filtered() {
    Expression value = primary();
    while (sign("|")) value = filter(std::move(value));
    return value;
  }

  Expression filter(Expression input) {
    std::string name = read_name();
    auto shape = std::find_if(kFilters.begin(), kFilters.end(), [&](const auto& one) { return one.name == name; });
    if (shape == kFilters.end()) return fail(fmt::format("there is no filter '{}'", name));
    Expression found{.kind = Kind::kFilter, .filter = name};
    found.operands.push_back(std::move(input));
    if (sign("(")) {
      if (!sign(")")) {
        do found.operands.push_back(alternative_within());
        while (sign(","));
        if (!sign(")")) return fail("')' is missing");
      }
    }
    if (found.operands.size() != shape->arguments + 1) {
      return fail(
          fmt::format("the filter '{}' takes {}", name, shape->arguments == 0 ? "no argument" : "one argument"));
    }
    return found;
  }

  Expression alternative_within() {
    if (!enter()) return {};
    Expression found = alternative();
    --depth_;
    return found;
  }

  Expression primary() {
    if (sign("(")) {
      Expression inner = alternative_within();
      if (!failed_ && !sign(")")) return fail("')' is missing");
      return inner;
    }
    skip_blanks();
    if (at_ >= text_.size()) return fail("a value is missing");
    char c = text_[at_];
    if (c == '"' || c == '\'') return literal(read_text(c));
    if (c == '[') return list();
    if (is_digit(c) || c == '-') return literal(read_number());
    if (!is_name_char(c, true)) return fail(fmt::format("'{}' is not expected here", rest()));
    return name_or_path();
  }

  Expression list() {
    Expression found{.kind = Kind::kList};
    sign("[");
    if (sign("]")) return found;
    do found.operands.push_back(alternative_within());
    while (sign(","));
    if (!failed_ && !sign("]")) return fail("']' is missing");
    return found;
  }

  Expression name_or_path() {
    std::string name = read_name();
    if (name == "true" || name == "false") return literal(name == "true");
    if (name == "none" || name == "null") return literal(nullptr);
    if (std::find(kWords.begin(), kWords.end(), name) != kWords.end()) return fail("a value is missing before " + name);
    Expression found{.kind = Kind::kPath, .path = {.steps = {name}, .line = line_}};
    while (!failed_ && at_ < text_.size() && (text_[at_] == '.' || text_[at_] == '[')) {
      found.path.steps.push_back(text_[at_++] == '.' ? read_name() : read_index());
    }
    return found;
  }

  std::string read_name() {
    skip_blanks();
    std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_], at_ == begin)) ++at_;
    if (at_ == begin) fail("a name is missing");
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string read_index() {
    skip_blanks();
    std::string found;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      found = read_text(text_[at_]);
    } else {
      while (at_ < text_.size() && is_digit(text_[at_])) found += text_[at_++];
      if (found.empty()) fail("[ ] takes a text or a number");
    }
    if (!sign("]")) fail("']' is missing");
    return found;
  }

  std::string read_text(char quote) {
    std::string found;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      found += text_[at_] == 'n' && text_[at_ - 1] == '\\' ? '\n' : text_[at_];
    }
    if (at_ >= text_.size()) fail("a text is not closed");
    ++at_;
    return found;
  }

  nlohmann::json read_number() {
    std::size_t begin = at_;
    if (text_[at_] == '-') ++at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    auto number = nlohmann::json::parse(text_.substr(begin, at_ - begin), nullptr, false);
    if (!number.is_number()) fail(fmt::format("'{}' is not a number", text_.substr(begin, at_ - begin)));
    return number;
  }

  Expression literal(nlohmann::json value) {
    return {.kind = Kind::kLiteral, .literal = std::make_shared<const nlohmann::json>(std::move(value))};
  }
  Expression combine(Kind kind, Expression left, Expression right) {
    Expression found{.kind = kind};
    found.operands.push_back(std::move(left));
    found.operands.push_back(std::move(right));
    return found;
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      if (text_[at_] == '\n') ++line_;
      ++at_;
    }
  }
  bool sign(std::string_view what) {
    skip_blanks();
    if (failed_ || text_.substr(std::min(at_, text_.size()), what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  bool word(std::string_view what) {
    skip_blanks();
    std::size_t end = at_ + what.size();
    if (failed_ || text_.substr(std::min(at_, text_.size()), what.size()) != what) return false;
    if (end < text_.size() && is_name_char(text_[end], false)) return false;
    at_ = end;
    return true;
  }
  bool enter() {
    if (++depth_ <= kDeepest) return true;
    fail("too many brackets within each other");
    return false;
  }
  std::string rest() const { return std::string(text_.substr(at_, 20)); }
  Expression fail(std::string message) {
    if (!failed_) error_ = {line_, std::move(message)};
    failed_ = true;
    at_ = text_.size();
    return literal(nullptr);
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  int line_;
  int depth_ = 0;
  SyntaxError& error_;
  bool failed_ = false;
};

}  // namespace

std::optional<Expression> parse_expression(std::string_view text, int line, SyntaxError& error) {
  return Parser(text, line, error).all();
}

}  // namespace sinks::body
