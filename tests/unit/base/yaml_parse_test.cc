// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "base/yaml/parse.h"

namespace base::yaml {
namespace {

Environment environment(std::map<std::string, std::string> variables = {}) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

struct Parsed {
  Node node;
  Problems problems;

  std::string text(std::string_view key) const {
    const Node* value = node.find(key);
    return value == nullptr ? "(absent)" : value->scalar;
  }
  // All problems, one a line.
  std::string told() const {
    std::string lines;
    for (const Problem& problem : problems.sorted()) lines += to_string(problem, "f") + "\n";
    return lines;
  }
};

Parsed read(std::string_view text, std::map<std::string, std::string> variables = {}, const Limits& limits = {}) {
  Parsed parsed;
  parsed.node = parse(text, environment(std::move(variables)), parsed.problems, limits);
  return parsed;
}

TEST(YamlParse, ReadsScalarsListsAndMappingsWithTheirMarks) {
  auto parsed = read("a: 1\nb:\n  - x\n  - 'y'\nc: {d: \"e\"}\n");

  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(parsed.text("a"), "1");
  EXPECT_FALSE(parsed.node.find("a")->quoted);
  const Node& list = *parsed.node.find("b");
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[0].mark, (Mark{3, 5}));
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(parsed.node.entries[2].key_mark, (Mark{5, 1}));
  EXPECT_EQ(parsed.node.find("c")->find("d")->mark, (Mark{5, 8}));
}

TEST(YamlParse, TakesAnEmptyFileForNull) {
  for (std::string_view text : {"", "\n", "# only a comment\n", "---\n", "~", "\xEF\xBB\xBF"}) {
    auto parsed = read(text);
    EXPECT_TRUE(parsed.node.is_null()) << text;
    EXPECT_EQ(parsed.told(), "") << text;
  }
}

TEST(YamlParse, KeepsNullsApartFromText) {
  auto parsed = read("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n");

  EXPECT_TRUE(parsed.node.find("a")->is_null());
  EXPECT_TRUE(parsed.node.find("b")->is_null());
  EXPECT_TRUE(parsed.node.find("c")->is_null());
  EXPECT_TRUE(parsed.node.find("d")->is_scalar());
  EXPECT_TRUE(parsed.node.find("e")->is_scalar());
}

TEST(YamlParse, CountsColumnsInCharacters) {
  auto parsed = read("ключ: [é, b]\n");

  EXPECT_EQ(parsed.node.entries[0].value.items[1].mark, (Mark{1, 11}));
}

TEST(YamlParse, ReportsASyntaxErrorAtItsPlace) {
  auto parsed = read("a: b\nc: d: e\n");

  EXPECT_TRUE(parsed.problems.has_errors());
  EXPECT_EQ(parsed.problems.sorted()[0].mark, (Mark{2, 5}));
  EXPECT_NE(parsed.told().find("f:2:5: error: YAML: illegal map value"), std::string::npos) << parsed.told();
}

TEST(YamlParse, NamesBothLinesOfADuplicateKey) {
  EXPECT_EQ(read("a: 1\nb: 2\na: 3\n").told(),
            "f:3:1: error: duplicate key 'a': line 1 has it already, line 3 again\n");
  EXPECT_EQ(read("x: {a: 1, a: 3}\n").problems.sorted().size(), 1u);
}

TEST(YamlParse, KeepsTheFirstOfDuplicateKeysAndReadsOn) {
  auto parsed = read("a: 1\na: {b: 2, b: 3}\nc: 4\n");

  EXPECT_EQ(parsed.text("a"), "1");
  EXPECT_EQ(parsed.text("c"), "4");
  EXPECT_EQ(parsed.problems.sorted().size(), 2u);
}

TEST(YamlParse, RefusesKeysThatAreNoText) {
  EXPECT_NE(read("{a: b}: c\n").told().find("a key can't be a mapping or a list"), std::string::npos);
  EXPECT_NE(read("? [a]\n: c\n").told().find("a key can't be a mapping or a list"), std::string::npos);
  EXPECT_NE(read("~: c\n").told().find("a key is missing"), std::string::npos);
}

TEST(YamlParse, ExpandsAliasesWithTheMarkOfTheDefinition) {
  auto parsed = read("a: &x\n  k: v\nb: *x\nc: [*x]\n");

  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(parsed.node.find("b")->find("k")->scalar, "v");
  EXPECT_EQ(parsed.node.find("b")->find("k")->mark, (Mark{2, 6}));
  EXPECT_EQ(parsed.node.find("c")->items[0].find("k")->mark, (Mark{2, 6}));
}

TEST(YamlParse, TakesTheLatestAnchorOfAName) {
  auto parsed = read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n");

  EXPECT_EQ(parsed.text("b"), "1");
  EXPECT_EQ(parsed.text("d"), "2");
}

TEST(YamlParse, RefusesUnknownAndSelfContainingAliases) {
  EXPECT_NE(read("a: *nobody\n").told().find("f:1:4: error: YAML: the referenced anchor is not defined"),
            std::string::npos)
      << read("a: *nobody\n").told();
  EXPECT_NE(read("a: &x [*x]\n").told().find("an alias stands inside of what it refers to"), std::string::npos);
}

TEST(YamlParse, MergesMappingsUnderOwnKeys) {
  auto parsed = read("base: &base {a: 1, b: 2}\nown:\n  <<: *base\n  b: 3\n  c: 4\n");

  const Node& own = *parsed.node.find("own");
  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(own.entries.size(), 3u);
  EXPECT_EQ(own.find("a")->scalar, "1");
  EXPECT_EQ(own.find("b")->scalar, "3");
  EXPECT_EQ(own.find("a")->mark, (Mark{1, 17}));
  EXPECT_EQ(own.find("<<"), nullptr);
}

TEST(YamlParse, MergesAListOfMappingsEarlierOnesFirst) {
  auto parsed = read("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y], c: 3}\n");

  const Node& merged = *parsed.node.find("z");
  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(merged.find("a")->scalar, "1");
  EXPECT_EQ(merged.find("b")->scalar, "2");
  EXPECT_EQ(merged.find("c")->scalar, "3");
}

TEST(YamlParse, MergesWhatIsItselfMerged) {
  auto parsed = read("a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nc: {<<: *b}\n");

  EXPECT_EQ(parsed.node.find("c")->find("k")->scalar, "1");
  EXPECT_EQ(parsed.node.find("c")->find("l")->scalar, "2");
}

TEST(YamlParse, RefusesToMergeWhatIsNoMapping) {
  EXPECT_NE(read("a: {<<: 5}\n").told().find("f:1:5: error: '<<' merges a mapping"), std::string::npos);
  EXPECT_NE(read("a: {<<: [5]}\n").told().find("'<<' merges a mapping"), std::string::npos);
}

TEST(YamlParse, RefusesASecondDocument) {
  EXPECT_EQ(read("---\na: 1\n---\n").told(), "");
  EXPECT_EQ(read("a: 1\n...\n").told(), "");
  EXPECT_NE(read("a: 1\n---\nb: 2\n").told().find("f:3:1: error: a second YAML document begins here"),
            std::string::npos);
}

TEST(YamlParse, RefusesControlCharactersAndOtherEncodings) {
  EXPECT_NE(read("a: \x04"
                 "b\n")
                .told()
                .find("f:1:4: error: control character 0x04"),
            std::string::npos);
  EXPECT_NE(read("a: 1\nb: \xFF\n").told().find("f:2:4: error: not UTF-8 text"), std::string::npos);
  EXPECT_NE(read("a: \xED\xA0\x80\n").told().find("not UTF-8 text"), std::string::npos);
  EXPECT_NE(read("a: \xEF\xB7\x90\n").told().find("not UTF-8 text"), std::string::npos);
}

TEST(YamlEnvironment, ReplacesReferencesInEveryKindOfScalar) {
  auto parsed = read(
      "plain: {{ env.A }}\ninside: http://{{env.A}}:{{ env.B }}/x\nsingle: '{{ env.A }}'\ndouble: \"<{{ env.A }}>\"\n"
      "block: |\n  one {{ env.A }}\nlist: [{{ env.A }}, {{ env.B }}]\nflow: {k: {{ env.A }}}\n",
      {{"A", "alpha"}, {"B", "8080"}});

  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(parsed.text("plain"), "alpha");
  EXPECT_EQ(parsed.text("inside"), "http://alpha:8080/x");
  EXPECT_EQ(parsed.text("single"), "alpha");
  EXPECT_EQ(parsed.text("double"), "<alpha>");
  EXPECT_EQ(parsed.text("block"), "one alpha\n");
  EXPECT_EQ(parsed.node.find("list")->items[1].scalar, "8080");
  EXPECT_EQ(parsed.node.find("flow")->find("k")->scalar, "alpha");
}

TEST(YamlEnvironment, NeverLetsAValueChangeTheStructure) {
  std::string hostile = "x\nother: 1 # {{ env.B }} \"'[]{}: *y &z";
  auto parsed = read("a: {{ env.A }}\nb: \"{{ env.A }}\"\nc: {{ env.NULL }}\n", {{"A", hostile}, {"NULL", "null"}});

  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(parsed.node.entries.size(), 3u);
  EXPECT_EQ(parsed.text("a"), hostile);
  EXPECT_EQ(parsed.text("b"), hostile);
  EXPECT_TRUE(parsed.node.find("c")->is_scalar());
}

TEST(YamlEnvironment, RemembersWhereAValueCameFrom) {
  auto parsed = read("a: '{{ env.A }}'\nb: 'x{{ env.A }}'\nc: 'x'\n", {{"A", "5"}});

  EXPECT_TRUE(parsed.node.find("a")->from_environment);
  EXPECT_FALSE(parsed.node.find("a")->quoted);
  EXPECT_TRUE(parsed.node.find("b")->from_environment);
  EXPECT_TRUE(parsed.node.find("b")->quoted);
  EXPECT_FALSE(parsed.node.find("c")->from_environment);
}

TEST(YamlEnvironment, ReportsEveryUnsetVariableAtItsLine) {
  EXPECT_EQ(read("a: {{ env.A }}\nb: [x, '{{ env.B }}']\n").told(),
            "f:1:4: error: environment variable 'A' is not set\nf:2:8: error: environment variable 'B' is not set\n");
}

TEST(YamlEnvironment, KeepsTheMarksBehindAReference) {
  auto parsed = read("a: [{{    env.A   }}, here]\nb: {{env.A}}\n", {{"A", "a long value with many characters"}});

  EXPECT_EQ(parsed.node.find("a")->items[1].mark, (Mark{1, 23}));
  EXPECT_EQ(parsed.node.find("b")->mark, (Mark{2, 4}));
}

TEST(YamlEnvironment, LeavesOtherTemplatesAlone) {
  auto parsed =
      read("a: '{{ labels.pod }}'\nb: 'x {{ environment }} {{ env. }} {{{ env.A }}}'\nc: $name\n", {{"A", "1"}});

  EXPECT_EQ(parsed.told(), "");
  EXPECT_EQ(parsed.text("a"), "{{ labels.pod }}");
  EXPECT_EQ(parsed.text("b"), "x {{ environment }} {{ env. }} {1}");
  EXPECT_EQ(parsed.text("c"), "$name");
}

TEST(YamlLimits, StopsABillionLaughs) {
  std::string text = "a0: &a0 lol\n";
  for (int i = 1; i < 30; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) text += "*a" + std::to_string(i - 1) + ", ";
    text += "]\n";
  }

  EXPECT_NE(read(text).told().find("more than 1000000 values after expanding aliases"), std::string::npos);
}

TEST(YamlLimits, StopsTextThatAliasesMultiply) {
  std::string text = "a: &a " + std::string(1000, 'x') + "\nb: [";
  for (int i = 0; i < 100; ++i) text += "*a, ";
  text += "]\n";

  EXPECT_NE(read(text, {}, {.bytes = 50'000}).told().find("more than 50000 bytes of text"), std::string::npos);
}

TEST(YamlLimits, StopsDeepNestingAlsoThroughAliases) {
  EXPECT_NE(read(std::string(100, '[') + std::string(100, ']')).told().find("nested more than 64 levels"),
            std::string::npos);
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_NE(read(text).told().find("nested more than 64 levels"), std::string::npos);
}

TEST(YamlLimits, RefusesAFileThatIsTooLarge) {
  EXPECT_EQ(read("abcdef", {}, {.bytes = 5}).told(), "f: error: the file has 6 bytes, 5 are allowed\n");
}

}  // namespace
}  // namespace base::yaml
