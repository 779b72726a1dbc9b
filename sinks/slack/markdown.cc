// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/markdown.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "sinks/render/terminal.h"
#include "sinks/slack/markup_writer.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

namespace {

// Emphasis within emphasis is read this deep; further in it is text.
constexpr int kDeepest = 3;

struct Emphasis {
  std::string_view markdown;
  std::string_view mrkdwn;
};
// Longer marks first.
constexpr std::array<Emphasis, 5> kEmphases{{{"**", "*"}, {"__", "*"}, {"~~", "~"}, {"*", "_"}, {"_", "_"}}};

constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};

bool is_space(char c) { return c == ' ' || c == '\n'; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || (static_cast<unsigned char>(c) & 0x80); }

// One line's inline markup, written as it is read.
class Inline {
 public:
  Inline(MarkupWriter& writer, Links links) : writer_(writer), links_(links) {}

  void write(std::string_view line, int depth = 0) {
    std::size_t at = 0;
    while (at < line.size() && !writer_.is_full()) {
      std::size_t taken = is_plain(line[at]) ? 0 : take_markup(line, at, depth);
      if (taken > 0) {
        at += taken;
      } else {
        literal_ += line[at++];
      }
    }
    flush();
  }

 private:
  static bool is_plain(char c) { return std::string_view("\\&`[!<*_~").find(c) == std::string_view::npos; }

  void flush() {
    writer_.text(literal_);
    literal_.clear();
  }

  // How much of the line from `at` is markup that was written; 0: it is text.
  std::size_t take_markup(std::string_view line, std::size_t at, int depth) {
    auto rest = line.substr(at);
    switch (rest[0]) {
      case '\\':
        return take_escape(rest);
      case '&':
        return take_entity(rest);
      case '`':
        return take_code(rest);
      case '<':
        return take_autolink(rest);
      case '!':
        return rest.size() > 1 && rest[1] == '[' ? add_one(take_link(rest.substr(1))) : 0;
      case '[':
        return take_link(rest);
      default:
        return depth < kDeepest ? take_emphasis(line, at, depth) : 0;
    }
  }

  static std::size_t add_one(std::size_t taken) { return taken > 0 ? taken + 1 : 0; }

  std::size_t take_escape(std::string_view rest) {
    if (rest.size() < 2 || !std::ispunct(static_cast<unsigned char>(rest[1]))) return 0;
    literal_ += rest[1];
    return 2;
  }

  std::size_t take_entity(std::string_view rest) {
    for (const auto& [name, character] : kEntities) {
      if (!rest.starts_with(name)) continue;
      literal_ += character;
      return name.size();
    }
    return 0;
  }

  std::size_t take_code(std::string_view rest) {
    std::size_t ticks = std::min(rest.find_first_not_of('`'), rest.size());
    std::size_t end = rest.find(rest.substr(0, ticks), ticks);
    if (end == std::string_view::npos) {
      literal_ += rest.substr(0, ticks);
      return ticks;
    }
    constexpr std::size_t kLongestCode = 500;
    auto written = code(rest.substr(ticks, end - ticks), kLongestCode);
    flush();
    writer_.mark(written);
    return end + ticks;
  }

  std::size_t take_autolink(std::string_view rest) {
    std::size_t end = rest.find('>');
    if (end == std::string_view::npos || !is_link(rest.substr(1, end - 1))) return 0;
    put_link({}, rest.substr(1, end - 1));
    return end + 1;
  }

  // "[label](url)" or "[label](url "title")".
  std::size_t take_link(std::string_view rest) {
    std::size_t middle = rest.find("](");
    std::size_t end = middle == std::string_view::npos ? middle : rest.find(')', middle);
    if (end == std::string_view::npos || rest.substr(1, middle - 1).find('[') != std::string_view::npos) return 0;
    auto url = rest.substr(middle + 2, end - middle - 2);
    url = url.substr(0, url.find(' '));
    auto label = rest.substr(1, middle - 1);
    put_link(label, url);
    return end + 1;
  }

  void put_link(std::string_view label, std::string_view url) {
    if (links_ == Links::kLive && is_link(url)) {
      std::string plain(label);
      std::erase_if(plain, [](char c) { return c == '*' || c == '`' || c == '_'; });
      constexpr std::size_t kLongestLink = 1000;
      flush();
      writer_.mark(link(url, plain, kLongestLink));
      return;
    }
    literal_ += label;
    if (label != url && !url.empty()) literal_ += label.empty() ? std::string(url) : " (" + std::string(url) + ")";
  }

  // Marks stand at the edge of words, since Slack reads no others: what is between blanks, or within a snake_case_name
  // or 2*3*4, is text.
  std::size_t take_emphasis(std::string_view line, std::size_t at, int depth) {
    for (const auto& kind : kEmphases) {
      auto mark = kind.markdown;
      std::size_t from = at + mark.size();
      if (line.substr(at, mark.size()) != mark || from >= line.size() || is_space(line[from])) continue;
      if (at > 0 && is_word(line[at - 1])) continue;
      std::size_t end = line.find(mark, from + 1);
      if (end == std::string_view::npos || is_space(line[end - 1])) continue;
      if (end + mark.size() < line.size() && is_word(line[end + mark.size()])) continue;
      flush();
      writer_.open(kind.mrkdwn, kind.mrkdwn);
      write(line.substr(from, end - from), depth + 1);
      writer_.close();
      return end + mark.size() - at;
    }
    std::size_t run = std::min(line.find_first_not_of(line[at], at), line.size()) - at;
    literal_ += line.substr(at, run);
    return run;
  }

  MarkupWriter& writer_;
  Links links_;
  std::string literal_;
};

std::string_view trimmed(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

bool is_rule(std::string_view line) {
  if (line.size() < 3 || std::string_view("-*_").find(line[0]) == std::string_view::npos) return false;
  return line.find_first_not_of(std::string{line[0], ' '}) == std::string_view::npos;
}

// "- ", "* ", "+ " in front of a line.
bool is_bullet(std::string_view line) {
  return line.size() > 1 && std::string_view("-*+").find(line[0]) != std::string_view::npos && line[1] == ' ';
}

// The lines of a text, block by block.
class Page {
 public:
  Page(std::size_t limit, Links links) : writer_(limit), inline_(writer_, links) {}

  void write(std::string_view line) {
    auto text = trimmed(line);
    if (fence_.empty() ? text.starts_with("```") || text.starts_with("~~~") : text.starts_with(fence_)) {
      fence_.empty() ? begin_code(text.substr(0, 3)) : end_code();
    } else if (!fence_.empty()) {
      writer_.line();
      writer_.text(line);
    } else {
      write_prose(line, text);
    }
  }

  std::string take() {
    if (!fence_.empty()) end_code();
    end_table();
    return writer_.take();
  }

 private:
  void begin_code(std::string_view fence) {
    end_table();
    fence_ = fence;
    writer_.line();
    writer_.open("```", "\n```");
  }
  void end_code() {
    fence_.clear();
    writer_.close();
  }
  void end_table() {
    if (std::exchange(in_table_, false)) writer_.close();
  }

  void write_prose(std::string_view line, std::string_view text) {
    if (text.starts_with('|')) {
      if (!std::exchange(in_table_, true)) {
        writer_.line();
        writer_.open("```", "\n```");
      }
      writer_.line();
      return writer_.text(text);
    }
    end_table();
    writer_.line();
    if (is_rule(text)) return;
    std::size_t hashes = std::min(text.find_first_not_of('#'), text.size());
    if (hashes >= 1 && hashes <= 6 && hashes < text.size() && text[hashes] == ' ') {
      return write_heading(trimmed(text.substr(hashes)));
    }
    write_paragraph(line, text);
  }

  void write_heading(std::string_view text) {
    while (text.ends_with('#') || text.ends_with(' ')) text.remove_suffix(1);
    std::string plain(text);
    std::erase(plain, '*');
    if (plain.empty()) return;
    writer_.open("*", "*");
    inline_.write(plain, kDeepest);
    writer_.close();
  }

  void write_paragraph(std::string_view line, std::string_view text) {
    if (text.starts_with("> ") || text == ">") {
      writer_.mark("> ");
      return inline_.write(trimmed(text.substr(1)));
    }
    if (is_bullet(text)) {
      std::size_t indent = std::min<std::size_t>(line.size() - text.size(), 12);
      writer_.text(std::string(indent, ' '));
      writer_.mark("• ");
      return inline_.write(trimmed(text.substr(2)));
    }
    inline_.write(text);
  }

  MarkupWriter writer_;
  Inline inline_;
  std::string fence_;
  bool in_table_ = false;
};

}  // namespace

std::string mrkdwn_of(std::string_view markdown, std::size_t limit, Links links) {
  // What a link's address or marks take is more than what is seen of it.
  auto text = clean(markdown.substr(0, 8 * limit));
  Page page(limit, links);
  for (auto line : lines_of(text)) page.write(line);
  return page.take();
}

}  // namespace sinks::slack
