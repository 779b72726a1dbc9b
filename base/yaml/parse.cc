// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/parse.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "base/yaml/environment.h"
#include "base/yaml/tree.h"

namespace base::yaml {

namespace {

// Ends a parse whose problem is already told.
struct Stopped : std::exception {};

// Counts columns in characters, as editors do; yaml-cpp counts bytes.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text), starts_{0} {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  // Behind the text is its end.
  Mark mark(int line, int column) const {
    if (line < 0 || column < 0) return {};
    if (static_cast<std::size_t>(line) >= starts_.size()) return at(text_.size());
    std::size_t begin = starts_[static_cast<std::size_t>(line)];
    std::string_view before = text_.substr(begin, static_cast<std::size_t>(column));
    int characters = 0;
    for (char c : before) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    return {line + 1, characters + 1};
  }

  Mark at(std::size_t offset) const {
    auto line = std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin() - 1;
    return mark(static_cast<int>(line), static_cast<int>(offset - starts_[static_cast<std::size_t>(line)]));
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

class Events final : public YAML::EventHandler {
 public:
  Events(TreeBuilder& tree, const Lines& lines) : tree_(tree), lines_(lines) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(tree_.null(at(mark), anchor)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(tree_.alias(at(mark), anchor)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // "?" is what yaml-cpp calls the tag of an untagged plain scalar; "!!str 5" is text like "5" in quotes.
    check(tree_.scalar(at(mark), anchor, value, tag != "?"));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check(tree_.begin(Node::Kind::kSequence, at(mark), anchor));
  }
  void OnSequenceEnd() override { check(tree_.end()); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check(tree_.begin(Node::Kind::kMapping, at(mark), anchor));
  }
  void OnMapEnd() override { check(tree_.end()); }

 private:
  Mark at(const YAML::Mark& mark) const { return lines_.mark(mark.line, mark.column); }
  static void check(bool go_on) {
    if (!go_on) throw Stopped();
  }

  TreeBuilder& tree_;
  const Lines& lines_;
};

// Bytes of the UTF-8 character at the start of `text`, or 0 if there is none (RFC 3629 section 4).
std::size_t character_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  auto follows = [&](std::size_t i, int low = 0x80, int high = 0xBF) { return byte(i) >= low && byte(i) <= high; };
  int first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (first < 0xE0) return follows(1) ? 2 : 0;
  if (first < 0xF0) {
    bool second = follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && follows(2) ? 3 : 0;
  }
  bool second = follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
  return second && follows(2) && follows(3) ? 4 : 0;
}

// Everything behind this reads UTF-8, and yaml-cpp takes some control characters for the end of the file.
bool check_characters(std::string_view text, const Lines& lines, Problems& problems) {
  for (std::size_t at = 0; at < text.size();) {
    auto byte = static_cast<unsigned char>(text[at]);
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F) {
      problems.error(lines.at(at), fmt::format("control character 0x{:02x} is not allowed in YAML", byte));
      return false;
    }
    std::size_t length = character_length(text.substr(at));
    std::string_view character = text.substr(at, length);
    if (length == 0 || character == kReferenceOpen || character == kReferenceClose) {
      problems.error(lines.at(at), "not UTF-8 text");
      return false;
    }
    at += length;
  }
  return true;
}

// What yaml-cpp says in its own words, with what usually is behind it.
std::string explain_syntax(const std::string& said) {
  struct Hint {
    std::string_view part;
    std::string_view hint;
  };
  static constexpr Hint kHints[] = {
      {"illegal map value", "is the line indented like its neighbours? Text with ': ' in it needs quotes"},
      {"end of map not found", "a line is indented differently from its neighbours, or a 'key:' lacks its colon"},
      {"end of sequence not found", "a line is indented differently from its neighbours"},
      {"map flow", "a '{' has no matching '}'; put quotes around text that begins with '{'"},
      {"sequence flow", "a '[' has no matching ']'; put quotes around text that begins with '['"},
      {"block scalar", "put quotes around text that begins with '>' or '|'"},
      {"tab", "indent with spaces"},
      {"unknown token", "put quotes around text that begins with '@', '`' or '%'"},
      {"illegal document indicator in scalar", "a quote is not closed"},
      {"unknown escape", "backslashes are literal in 'single quotes'"},
      {"anchor is not defined", "an alias '*name' needs an anchor '&name' above it"},
      {"alias not found", "put quotes around text that begins with '*'"},
      {"scanning alias", "put quotes around text that begins with '*'"},
      {"anchor not found", "put quotes around text that begins with '&'"},
  };
  for (const Hint& hint : kHints) {
    if (said.find(hint.part) != std::string::npos) return fmt::format("YAML: {}: {}", said, hint.hint);
  }
  return "YAML: " + said;
}

// A second document counts only if there is something in it: "---" and "..." at the end are habits.
void refuse_second_document(YAML::Parser& parser, const Environment& environment, const Limits& limits,
                            const Lines& lines, Problems& problems) {
  TreeBuilder tree(environment, limits, problems);
  Events events(tree, lines);
  while (parser.HandleNextDocument(events)) {
    Node second = tree.take();
    if (second.is_null()) continue;
    problems.error(second.mark, "a second YAML document begins here; a configuration is one document");
    return;
  }
}

}  // namespace

Node parse(std::string_view text, const Environment& environment, Problems& problems, const Limits& limits) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.size() > limits.bytes) {
    problems.error({}, fmt::format("the file has {} bytes, {} are allowed", text.size(), limits.bytes));
    return {};
  }
  Lines lines(text);
  if (!check_characters(text, lines, problems)) return {};
  TreeBuilder tree(environment, limits, problems);
  Events events(tree, lines);
  try {
    // yaml-cpp takes the end of the file for the end of an open quote, but refuses the end of a document there.
    std::istringstream stream(hide_references(text) + "\n...\n");
    YAML::Parser parser(stream);
    parser.HandleNextDocument(events);
    refuse_second_document(parser, environment, limits, lines, problems);
  } catch (const Stopped&) {
    // The problem is told.
  } catch (const YAML::Exception& error) {
    problems.error(lines.mark(error.mark.line, error.mark.column), explain_syntax(show_references(error.msg)));
  } catch (const std::exception& error) {
    problems.error({}, fmt::format("YAML: {}", error.what()));
  }
  return tree.take();
}

}  // namespace base::yaml
