// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sinks/body/template.h"

namespace sinks::body {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes the first word off.
std::string_view take_word(std::string_view& text) {
  auto end = std::min(text.find_first_of(kBlanks), text.size());
  auto word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

// Where texts of JSON begin and end (RFC 8259 section 7).
struct JsonState {
  bool in_string = false;
  bool escaped = false;
  void pass(std::string_view text) {
    for (char c : text) {
      if (!in_string) {
        in_string = c == '"';
      } else if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        in_string = false;
      }
    }
  }
};

// Cuts the text at its marks and builds the parts, with a stack of the blocks that are open.
class Builder {
 public:
  Builder(std::string_view text, Escape escape) : rest_(text), escape_(escape) { open_.push_back({}); }

  bool build() {
    while (!failed_ && !rest_.empty()) step();
    if (!failed_ && open_.size() > 1) fail(open_.back().line, fmt::format("'{}' is not closed", open_.back().word));
    return !failed_;
  }

  std::vector<Part> take_parts() { return std::move(open_.front().branches.front().parts); }
  std::vector<Path> take_names() { return std::move(names_); }
  const SyntaxError& error() const { return error_; }

 private:
  // Deeper is a mistake, and would cost stack.
  static constexpr std::size_t kDeepest = 16;

  // A block that is not closed yet; the first is the template itself.
  struct Open {
    std::string word;
    std::string variable;
    Expression list;
    std::vector<Branch> branches{Branch{}};
    JsonState before;  // At the beginning of each branch.
    JsonState after;   // At the end of the branches so far.
    int line = 1;
  };

  void step() {
    std::size_t mark = 0;
    while (true) {
      mark = rest_.find('{', mark);
      if (mark == std::string_view::npos || mark + 1 >= rest_.size()) return add_text(rest_.size());
      if (std::string_view("{%#").find(rest_[mark + 1]) != std::string_view::npos) break;
      ++mark;
    }
    add_text(mark);
    char kind = rest_[1];
    std::string_view close = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    auto end = find_close(close, kind != '#');
    if (end == std::string_view::npos) return fail(line_, fmt::format("'{}' is missing", close));
    std::string_view inside = rest_.substr(2, end - 2);
    trims_next_ = inside.ends_with('-');
    if (trims_next_) inside.remove_suffix(1);
    if (inside.starts_with('-')) inside.remove_prefix(1);
    if (kind == '{') add_value(inside);
    if (kind == '%') add_statement(trim(inside));
    pass(end + 2);
  }

  // The end mark, not one within a text of the expression.
  std::size_t find_close(std::string_view close, bool has_texts) const {
    char quote = 0;
    for (std::size_t at = 2; at < rest_.size(); ++at) {
      char c = rest_[at];
      if (quote != 0) {
        if (c == '\\') ++at;
        if (c == quote) quote = 0;
      } else if (rest_.substr(at, 2) == close) {
        return at;
      } else if (has_texts && (c == '"' || c == '\'')) {
        quote = c;
      }
    }
    return std::string_view::npos;
  }

  void add_text(std::size_t length) {
    std::string_view text = rest_.substr(0, length);
    std::string_view kept = text;
    if (std::exchange(trims_next_, false)) kept.remove_prefix(std::min(kept.find_first_not_of(kBlanks), kept.size()));
    if (rest_.substr(length).size() > 2 && rest_[length + 2] == '-') {
      kept = kept.substr(0, kept.find_last_not_of(kBlanks) + 1);
    }
    state_.pass(kept);
    if (!kept.empty()) parts().push_back({.kind = Part::Kind::kText, .text = std::string(kept), .line = line_});
    pass(length);
  }

  void add_value(std::string_view inside) {
    if (escape_ == Escape::kJson && state_.escaped) return fail(line_, "a value can't stand behind a backslash");
    auto value = expression(inside);
    if (!value) return;
    parts().push_back(
        {.kind = Part::Kind::kValue, .value = std::move(*value), .in_string = state_.in_string, .line = line_});
  }

  void add_statement(std::string_view text) {
    std::string word(take_word(text));
    if (word == "if") return begin_if(text);
    if (word == "for") return begin_for(text);
    if (word == "elif" || word == "else") return next_branch(word, text);
    if (word == "endif" || word == "endfor") return end_block(word, text);
    fail(line_, fmt::format("'{}' is none of if, elif, else, endif, for, endfor", word));
  }

  void begin_if(std::string_view text) {
    auto condition = expression(text);
    if (!condition) return;
    Open block{.word = "if"};
    block.branches.front().condition = std::move(*condition);
    begin(std::move(block));
  }

  void begin_for(std::string_view text) {
    std::string variable(take_word(text));
    bool is_name = !variable.empty() && variable.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_") == std::string::npos;
    if (!is_name || take_word(text) != "in") return fail(line_, "expected: for NAME in LIST");
    auto list = expression(text);
    if (!list) return;
    begin({.word = "for", .variable = variable, .list = std::move(*list)});
  }

  void begin(Open block) {
    if (open_.size() > kDeepest) return fail(line_, "too many blocks within each other");
    block.before = state_;
    block.line = line_;
    open_.push_back(std::move(block));
  }

  void next_branch(const std::string& word, std::string_view text) {
    Open& block = open_.back();
    if (block.word != "if" || !block.branches.back().condition) {
      return fail(line_, fmt::format("'{}' has no 'if' before it", word));
    }
    if (!end_branch()) return;
    Branch branch;
    if (word == "elif") {
      auto condition = expression(text);
      if (!condition) return;
      branch.condition = std::move(*condition);
    }
    block.branches.push_back(std::move(branch));
    state_ = block.before;
  }

  void end_block(const std::string& word, std::string_view) {
    Open& block = open_.back();
    if (word != "end" + block.word) {
      return fail(line_, block.word.empty()
                             ? fmt::format("'{}' closes nothing", word)
                             : fmt::format("'{}' closes the '{}' of line {}", word, block.word, block.line));
    }
    if (!end_branch()) return;
    bool may_be_skipped = block.word == "for" || block.branches.back().condition.has_value();
    if (may_be_skipped && !ends_like(block.before)) return;
    Open done = std::move(open_.back());
    open_.pop_back();
    bool is_if = done.word == "if";
    parts().push_back({.kind = is_if ? Part::Kind::kIf : Part::Kind::kFor,
                       .text = std::move(done.variable),
                       .value = std::move(done.list),
                       .branches = std::move(done.branches),
                       .line = done.line});
  }

  // Whatever branch is taken, what follows must be inside or outside of a string of JSON.
  bool end_branch() {
    Open& block = open_.back();
    bool is_first = block.branches.size() == 1;
    if (!is_first && !ends_like(block.after)) return false;
    block.after = state_;
    return true;
  }
  bool ends_like(const JsonState& other) {
    if (escape_ != Escape::kJson || (state_.in_string == other.in_string && state_.escaped == other.escaped))
      return true;
    fail(line_,
         fmt::format("the quotes within the '{}' of line {} don't pair up", open_.back().word, open_.back().line));
    return false;
  }

  std::optional<Expression> expression(std::string_view text) {
    auto found = parse_expression(text, line_, error_);
    failed_ = failed_ || !found;
    if (found) note_names(*found);
    return found;
  }
  void note_names(const Expression& expression) {
    if (expression.kind == Expression::Kind::kPath && !is_variable(expression.path.steps.front())) {
      names_.push_back(expression.path);
    }
    for (const Expression& operand : expression.operands) note_names(operand);
  }
  bool is_variable(const std::string& name) const {
    return std::any_of(open_.begin(), open_.end(), [&](const Open& block) {
      return block.word == "for" && (block.variable == name || name == "loop");
    });
  }

  std::vector<Part>& parts() { return open_.back().branches.back().parts; }
  void pass(std::size_t length) {
    auto passed = rest_.substr(0, length);  // Nothing is left after a mistake.
    line_ += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
    rest_.remove_prefix(passed.size());
  }
  void fail(int line, std::string message) {
    if (!failed_) error_ = {line, std::move(message)};
    failed_ = true;
    rest_ = {};
  }

  std::string_view rest_;
  const Escape escape_;
  int line_ = 1;
  JsonState state_;
  bool trims_next_ = false;
  std::vector<Open> open_;
  std::vector<Path> names_;
  SyntaxError error_;
  bool failed_ = false;
};

}  // namespace

std::variant<Template, SyntaxError> Template::parse(std::string_view text, Escape escape) {
  Builder builder(text, escape);
  if (!builder.build()) return builder.error();
  Template made;
  made.parts_ = std::make_shared<const std::vector<Part>>(builder.take_parts());
  made.names_ = builder.take_names();
  made.escape_ = escape;
  return made;
}

}  // namespace sinks::body
