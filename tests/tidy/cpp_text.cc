// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/cpp_text.h"

#include <algorithm>
#include <cctype>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Blanks what is neither newline nor beyond `end`.
void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < std::min(end, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

// The end of the literal that begins with the quote at `begin`.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
  char quote = text[begin];
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

// The end of R"tag(...)tag", where `quote` is the position of its first quote.
std::size_t end_of_raw(std::string_view text, std::size_t quote) {
  std::size_t open = text.find('(', quote);
  if (open == std::string_view::npos) return text.size();
  std::string closing = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  std::size_t close = text.find(closing, open);
  return close == std::string_view::npos ? text.size() : close + closing.size();
}

// What an opening brace begins, judged by the text since the last statement ended.
enum class BraceKind { kScope, kFunction, kOther };

BraceKind kind_of(std::string_view head) {
  for (std::string_view word : {"namespace", "class", "struct", "union", "enum", "extern"}) {
    std::size_t open = head.find('(');
    if (has_word(head.substr(0, open), word)) return BraceKind::kScope;
  }
  std::size_t open = head.find('(');
  if (open == std::string_view::npos) return BraceKind::kOther;
  std::string_view before = head.substr(0, open);
  bool is_operator = has_word(before, "operator");
  if (!is_operator && before.find('=') != std::string_view::npos) return BraceKind::kOther;
  return BraceKind::kFunction;
}

std::string without_directives(std::string text) {
  bool continued = false;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    std::size_t first = text.find_first_not_of(" \t", begin);
    bool directive = continued || (first < end && text[first] == '#');
    continued = directive && end > begin && text[end - 1] == '\\';
    if (directive) blank(text, begin, end);
    begin = end + 1;
  }
  return text;
}

}  // namespace

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    std::size_t end = at + word.size();
    if ((at == 0 || !is_word_character(line[at - 1])) && (end == line.size() || !is_word_character(line[end])))
      return true;
  }
  return false;
}

std::string without_comments_and_literals(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (text.substr(i, 2) == "//") {
      end = std::min(text.find('\n', i), text.size());
      blank(out, i, end);
    } else if (text.substr(i, 2) == "/*") {
      std::size_t close = text.find("*/", i + 2);
      end = close == std::string_view::npos ? text.size() : close + 2;
      blank(out, i, end);
    } else if (text[i] == '"') {
      bool raw = i > 0 && text[i - 1] == 'R' && (i == 1 || !is_word_character(text[i - 2]) || text[i - 2] == '8');
      end = raw ? end_of_raw(text, i) : end_of_quoted(text, i);
      blank(out, i, end);
    } else if (text[i] == '\'' && (i == 0 || !is_word_character(text[i - 1]))) {  // 1'000 is a number.
      end = end_of_quoted(text, i);
      blank(out, i, end);
    }
    i = end;
  }
  return out;
}

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> includes;
  for_each_line(text, [&](std::string_view line, int number) {
    std::size_t at = line.find_first_not_of(" \t");
    if (at == std::string_view::npos || line[at] != '#') return;
    std::size_t keyword = line.find("include", at);
    std::size_t open = line.find_first_of("\"<", at);
    if (keyword == std::string_view::npos || open == std::string_view::npos || keyword > open) return;
    std::size_t close = line.find_first_of("\">", open + 1);
    if (close == std::string_view::npos) return;
    includes.push_back({std::string(line.substr(open + 1, close - open - 1)), line[open] == '<', number});
  });
  return includes;
}

std::vector<Body> bodies_of(std::string_view text) {
  std::string code = without_directives(without_comments_and_literals(text));
  std::vector<Body> bodies;
  std::size_t statement = 0;  // Where the present statement begins.
  int inside = 0;             // Open braces since the outermost that is no scope.
  bool in_function = false;
  int line = 1;
  int first_line = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    char c = code[i];
    if (c == '\n') ++line;
    if (c == '{' && inside == 0) {
      BraceKind kind = kind_of(std::string_view(code).substr(statement, i - statement));
      if (kind != BraceKind::kScope) {
        inside = 1;
        in_function = kind == BraceKind::kFunction;
        first_line = line;
      }
    } else if (c == '{') {
      ++inside;
    } else if (c == '}' && inside > 0 && --inside == 0 && in_function) {
      bodies.push_back({first_line, line});
    }
    if (inside == 0 && (c == ';' || c == '{' || c == '}')) statement = i + 1;
  }
  return bodies;
}

}  // namespace tidy
