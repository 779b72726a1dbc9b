// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/promql_selectors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "enrichers/graph/promql.h"
#include "enrichers/graph/promql_tokens.h"

namespace enrichers::promql {

namespace {

using Kind = Token::Kind;

// What modifies a binary operator; none of them can be a metric's name.
// https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
constexpr std::array<std::string_view, 4> kMatching = {"on", "ignoring", "group_left", "group_right"};

bool same(std::string_view word, std::string_view keyword) {
  return std::ranges::equal(word, keyword, [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  });
}

bool is_matching(std::string_view word) {
  return std::ranges::any_of(kMatching, [&](std::string_view keyword) { return same(word, keyword); });
}

bool is_grouping(std::string_view word) { return same(word, "by") || same(word, "without"); }

// Walks over the tokens and notes where text is to be put in. Whether a word is a metric or a keyword is told by
// whether an operand or an operator is due: metrics may be called "count" or "on".
class Walk {
 public:
  Walk(std::string_view expression, std::string matchers)
      : expression_(expression), matchers_(std::move(matchers)), tokens_(tokens(expression)) {}

  base::Result<std::string> run() {
    for (at_ = 0; at_ < tokens_.size();) {
      if (is_template()) {
        return base::permanent(base::Reason::kBadRequest,
                               "prometheus_additional_labels can't be put into a query with a WITH template");
      }
      step();
    }
    return out_ + std::string(expression_.substr(copied_));
  }

 private:
  const Token* peek(std::size_t ahead) const { return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr; }
  bool next_is(std::size_t ahead, std::string_view symbol) const {
    const Token* token = peek(ahead);
    return token != nullptr && token->is(symbol);
  }
  // "sum by (...) (...)": the name of an aggregation, whichever there are.
  bool is_aggregation() const {
    const Token* next = peek(1);
    return next != nullptr && next->kind == Kind::kWord && is_grouping(next->text) && next_is(2, "(");
  }
  bool is_template() const {
    return wants_operand_ && tokens_[at_].kind == Kind::kWord && same(tokens_[at_].text, "with") && next_is(1, "(");
  }

  void insert(std::size_t where, const std::string& text) {
    out_ += expression_.substr(copied_, where - copied_);
    out_ += text;
    copied_ = where;
  }

  void step() {
    const Token& token = tokens_[at_];
    if (token.is("{")) {
      selector_braces();
    } else if (token.is("[")) {
      at_ = closing(tokens_, at_) + 1;
    } else if (token.is("@")) {
      skip_moment();
    } else if (token.kind == Kind::kWord) {
      wants_operand_ ? operand_word() : operator_word();
    } else {
      wants_operand_ = token.kind == Kind::kSymbol && !token.is_close();
      ++at_;
    }
  }

  void operand_word() {
    const Token& word = tokens_[at_];
    if (is_matching(word.text)) {
      skip_label_list();
    } else if (is_aggregation()) {
      ++at_;
      skip_label_list();
    } else if (next_is(1, "(") || same(word.text, "bool")) {
      ++at_;
    } else {
      bool is_literal = same(word.text, "inf") || same(word.text, "nan");
      if (!is_literal && !next_is(1, "{")) insert(word.end(), "{" + matchers_ + "}");
      ++at_;
      wants_operand_ = false;
    }
  }

  // What stands behind an operand: "by (...)", "offset 5m", or a binary operator.
  void operator_word() {
    std::string_view word = tokens_[at_].text;
    if (is_grouping(word)) {
      skip_label_list();
    } else if (same(word, "offset") || same(word, "limit")) {
      ++at_;
      skip_signed();
    } else {
      ++at_;
      wants_operand_ = !same(word, "keep_metric_names");
    }
  }

  void skip_label_list() {
    ++at_;
    if (at_ < tokens_.size() && tokens_[at_].is("(")) at_ = closing(tokens_, at_) + 1;
  }

  // "@ 1609746000", "@ -1", "@ start()".
  void skip_moment() {
    ++at_;
    skip_signed();
    if (at_ < tokens_.size() && tokens_[at_].is("(")) at_ = closing(tokens_, at_) + 1;
  }
  void skip_signed() {
    while (at_ < tokens_.size() && (tokens_[at_].is("-") || tokens_[at_].is("+"))) ++at_;
    if (at_ < tokens_.size() && tokens_[at_].is("(")) {
      at_ = closing(tokens_, at_) + 1;
    } else if (at_ < tokens_.size()) {
      ++at_;
    }
  }

  // MetricsQL has alternatives between braces: {a="b" or c="d"}.
  void selector_braces() {
    std::size_t end = closing(tokens_, at_);
    for (++at_; at_ < end; ++at_) {
      bool is_or = tokens_[at_].kind == Kind::kWord && same(tokens_[at_].text, "or");
      if (is_or && at_ + 1 < end && tokens_[at_ + 1].kind != Kind::kSymbol) add_matchers();
    }
    if (at_ < tokens_.size()) add_matchers();
    ++at_;
    wants_operand_ = false;
  }
  // Before the token that the walk is at.
  void add_matchers() {
    const Token& before = tokens_[at_ - 1];
    bool is_first = before.is("{") || before.is(",");
    insert(before.end(), (is_first ? "" : ",") + matchers_);
  }

  const std::string_view expression_;
  const std::string matchers_;
  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
  bool wants_operand_ = true;
  std::string out_;
  std::size_t copied_ = 0;
};

}  // namespace

base::Result<std::string> add_labels(std::string_view expression, const std::map<std::string, std::string>& labels) {
  if (labels.empty()) return std::string(expression);
  std::string matchers;
  for (const auto& [name, value] : labels) {
    matchers += (matchers.empty() ? "" : ",") + name + "=\"" + escape(value) + '"';
  }
  return Walk(expression, std::move(matchers)).run();
}

}  // namespace enrichers::promql
