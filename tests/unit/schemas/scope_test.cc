// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope.h"

#include <gtest/gtest.h>

#include <random>

#include "base/yaml/parse.h"

namespace schemas {
namespace {

const std::vector<std::string> kAttributes = {"title", "identifier", "severity", "source", "type",
                                              "kind",  "namespace",  "node",     "name",   "namespace_labels"};

// A finding about a crashing pod.
struct Subject {
  Labels labels = {{"app", "web"}, {"tier", "front-end"}, {"version", " 1.2 "}, {"empty", ""}};
  Labels annotations = {{"owner", "team-a"}, {"note", "a=b"}};
  Labels namespace_labels = {{"env", "prod"}};
  std::string severity = "HIGH";

  Attributes attributes() const {
    return {.texts = {{"title", "Crashing pod web-1 in namespace shop"},
                      {"identifier", "report_crash_loop"},
                      {"severity", severity},
                      {"source", "kubernetes_api_server"},
                      {"type", "issue"},
                      {"kind", "pod"},
                      {"namespace", "shop"},
                      {"name", "web-1"}},
            .labels = &labels,
            .annotations = &annotations,
            .namespace_labels = &namespace_labels};
  }
};

base::yaml::Node yaml(std::string_view text) {
  base::yaml::Problems problems;
  auto node = base::yaml::parse(
      text, [](const std::string&) { return std::nullopt; }, problems);
  EXPECT_FALSE(problems.has_errors()) << text << ": " << problems.sorted()[0].message;
  return node;
}

Scope scope(std::string_view text, bool medium_is_named = false) {
  base::yaml::Problems problems;
  Scope read = Scope::read(yaml(text), kAttributes, medium_is_named, problems);
  EXPECT_FALSE(problems.has_errors()) << text << ": " << problems.sorted()[0].message;
  return read;
}

struct Golden {
  const char* condition;
  bool matches;
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.condition; }

class ScopeCondition : public testing::TestWithParam<Golden> {};

TEST_P(ScopeCondition, DecidesWhatIsIncludedAndWhatIsExcluded) {
  Subject subject;
  auto [condition, matches] = GetParam();

  EXPECT_EQ(scope(std::string("include: [") + condition + "]").judge(subject.attributes()),
            matches ? Scope::Verdict::kIncluded : Scope::Verdict::kNotIncluded);
  EXPECT_EQ(scope(std::string("exclude: [") + condition + "]").judge(subject.attributes()),
            matches ? Scope::Verdict::kExcluded : Scope::Verdict::kNoScope);
}

INSTANTIATE_TEST_SUITE_P(
    Golden, ScopeCondition,
    testing::Values(
        // Text: a regex that must match wholly.
        Golden{"{namespace: shop}", true}, Golden{"{namespace: sho}", false}, Golden{"{namespace: hop}", false},
        Golden{"{namespace: shopp}", false}, Golden{"{namespace: SHOP}", false}, Golden{"{namespace: sh.*}", true},
        Golden{"{namespace: .hop}", true}, Golden{"{namespace: '^shop$'}", true},
        Golden{"{namespace: kube-system|shop}", true}, Golden{"{namespace: '(kube-.*|default)'}", false},
        Golden{"{namespace: [default, shop]}", true}, Golden{"{namespace: [default, kube-system]}", false},
        Golden{"{namespace: '[[:alpha:]]{4}'}", true}, Golden{"{namespace: '(?i)SHOP'}", true},
        Golden{"{name: 'web-\\d'}", true}, Golden{"{name: 'web-\\D'}", false}, Golden{"{title: Crashing.*}", true},
        Golden{"{title: Crashing}", false}, Golden{"{title: '.*web-1.*'}", true},
        // A missing attribute is an empty text.
        Golden{"{node: .*}", true}, Golden{"{node: .+}", false}, Golden{"{node: ''}", true},
        Golden{"{node: n1}", false},
        // All keys of a condition.
        Golden{"{namespace: shop, name: web-1}", true}, Golden{"{namespace: shop, name: web-2}", false},
        Golden{"{namespace: x, name: web-1}", false}, Golden{"{namespace: [x, shop], name: [y, 'web-.']}", true},
        // Names that Robusta writes in capitals.
        Golden{"{type: ISSUE}", true}, Golden{"{type: issue}", true}, Golden{"{type: REPORT}", false},
        Golden{"{source: KUBERNETES_API_SERVER}", true}, Golden{"{source: 'KUBERNETES_.*'}", true},
        Golden{"{source: PROMETHEUS}", false}, Golden{"{kind: Pod}", true},
        Golden{"{identifier: report_crash_loop}", true}, Golden{"{identifier: Report_Crash_Loop}", false},
        // Labels.
        Golden{"{labels: app=web}", true}, Golden{"{labels: app=we}", false}, Golden{"{labels: app=w.b}", true},
        Golden{"{labels: 'app!=db'}", true}, Golden{"{labels: 'app!=web'}", false},
        Golden{"{labels: 'app!=w.*'}", false}, Golden{"{labels: 'app=web,tier=front-.*'}", true},
        Golden{"{labels: 'app=web, tier=back'}", false}, Golden{"{labels: ['app=db', 'app=web']}", true},
        Golden{"{labels: [app=db, app=cache]}", false}, Golden{"{labels: missing=.*}", false},
        Golden{"{labels: 'missing!=x'}", false}, Golden{"{labels: empty=}", true}, Golden{"{labels: 'empty!='}", false},
        Golden{"{labels: 'app = web , tier != x'}", true}, Golden{"{labels: version=1.2}", true},
        Golden{"{labels: 'app=w{1,2}eb,tier=.*'}", true}, Golden{"{labels: 'app=(web|db,x)'}", true},
        Golden{"{labels: App=web}", false},
        // Annotations and labels of the namespace.
        Golden{"{annotations: owner=team-.}", true}, Golden{"{annotations: owner=b}", false},
        Golden{"{annotations: note=a=b}", true}, Golden{"{namespace_labels: env=prod}", true},
        Golden{"{namespace_labels: env=dev}", false}, Golden{"{labels: app=web, annotations: owner=team-a}", true},
        Golden{"{labels: app=web, annotations: owner=team-b}", false},
        // Severity.
        Golden{"{severity: HIGH}", true}, Golden{"{severity: high}", true}, Golden{"{severity: LOW}", false},
        Golden{"{severity: [LOW, HIGH]}", true}, Golden{"{severity: '>=MEDIUM'}", true},
        Golden{"{severity: '<=MEDIUM'}", false}, Golden{"{severity: HIGH|LOW}", true}, Golden{"{severity: .*}", true}));

struct SeverityCase {
  const char* written;
  const char* matched;       // Of DEBUG INFO LOW MEDIUM HIGH CRITICAL by first letters.
  const char* medium_named;  // The same in a file that names MEDIUM.
};

void PrintTo(const SeverityCase& row, std::ostream* out) { *out << row.written; }

class ScopeSeverity : public testing::TestWithParam<SeverityCase> {};

std::string matched_severities(const std::string& written, bool medium_is_named) {
  Scope read = scope("include: [{severity: " + written + "}]", medium_is_named);
  std::string matched;
  for (const char* severity : {"DEBUG", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"}) {
    Subject subject;
    subject.severity = severity;
    if (read.accepts(subject.attributes())) matched += severity[0];
  }
  return matched;
}

TEST_P(ScopeSeverity, HasAnOrderAndLosesNoPage) {
  EXPECT_EQ(matched_severities(GetParam().written, false), GetParam().matched);
  EXPECT_EQ(matched_severities(GetParam().written, true), GetParam().medium_named);
}

INSTANTIATE_TEST_SUITE_P(
    All, ScopeSeverity,
    testing::Values(SeverityCase{"HIGH", "MHC", "HC"}, SeverityCase{"'=HIGH'", "H", "H"},
                    SeverityCase{"CRITICAL", "C", "C"}, SeverityCase{"MEDIUM", "M", "M"}, SeverityCase{"LOW", "L", "L"},
                    SeverityCase{"INFO", "I", "I"}, SeverityCase{"DEBUG", "D", "D"},
                    SeverityCase{"'>=LOW'", "LMHC", "LMHC"}, SeverityCase{"'<=LOW'", "DIL", "DIL"},
                    SeverityCase{"'>= high'", "HC", "HC"}, SeverityCase{"'=MEDIUM'", "M", "M"},
                    SeverityCase{"[LOW, HIGH]", "LMHC", "LHC"}, SeverityCase{"'LOW|HIGH'", "LMHC", "LHC"},
                    SeverityCase{"'.*'", "DILMHC", "DILMHC"}, SeverityCase{"[DEBUG, '=CRITICAL']", "DC", "DC"}));

TEST(Scope, AcceptsEverythingWhenEmpty) {
  Subject subject;

  EXPECT_EQ(Scope().judge(subject.attributes()), Scope::Verdict::kNoScope);
  EXPECT_TRUE(Scope().accepts(subject.attributes()));
  EXPECT_TRUE(scope("~").accepts(subject.attributes()));
}

TEST(Scope, TakesAnyConditionOfAList) {
  Subject subject;

  EXPECT_TRUE(scope("include: [{namespace: x}, {name: web-1}]").accepts(subject.attributes()));
  EXPECT_FALSE(scope("exclude: [{namespace: x}, {name: web-1}]").accepts(subject.attributes()));
  EXPECT_FALSE(scope("include: [{namespace: x}, {name: y}]").accepts(subject.attributes()));
}

TEST(Scope, SaysWhatDecided) {
  Subject subject;
  std::string why;

  scope("include: [{name: web-1}]\nexclude: [{namespace: [shop, 'kube-.*'], labels: app=web}]")
      .judge(subject.attributes(), &why);
  EXPECT_EQ(why, "excluded by namespace: [shop, kube-.*], labels: app=web");
  scope("include: [{name: y}, {name: web-1}]").judge(subject.attributes(), &why);
  EXPECT_EQ(why, "included by name: web-1");
  scope("include: [{name: y}, {labels: app=db}]").judge(subject.attributes(), &why);
  EXPECT_EQ(why, "not included: name: y does not match 'web-1'; labels: app=db does not match");
}

TEST(Scope, HasNoLabelsWhereThereAreNone) {
  Attributes bare{.texts = {{"name", "x"}}};

  EXPECT_FALSE(scope("include: [{labels: a=.*}]").accepts(bare));
  EXPECT_FALSE(scope("include: [{severity: HIGH}]").accepts(bare));
}

struct Wrong {
  const char* scope;
  const char* told;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.scope; }

class ScopeErrors : public testing::TestWithParam<Wrong> {};

TEST_P(ScopeErrors, AreToldAtTheirPlace) {
  base::yaml::Problems problems;

  Scope::read(yaml(GetParam().scope), kAttributes, false, problems);

  std::string told;
  for (const auto& problem : problems.sorted()) told += base::yaml::to_string(problem, "f") + "\n";
  EXPECT_EQ(told, GetParam().told + std::string("\n"));
}

INSTANTIATE_TEST_SUITE_P(
    All, ScopeErrors,
    testing::Values(
        Wrong{"[a]", "f:1:1: error: a scope must be a mapping, found a list"},
        Wrong{"{}", "f:1:1: error: a scope needs 'include' or 'exclude'"},
        Wrong{"{include: }", "f:1:1: error: a scope needs 'include' or 'exclude'"},
        Wrong{"{inclued: [{name: a}], exclude: [{name: b}]}",
              "f:1:2: error: unknown key 'inclued' in a scope: did you mean 'include'?"},
        Wrong{"include: []", "f:1:10: error: 'include' must be a list of at least one condition, found none"},
        Wrong{"include: {name: a}",
              "f:1:10: error: 'include' must be a list of at least one condition, found a mapping"},
        Wrong{"include: [a]", "f:1:11: error: 'include' must be a mapping of attributes, found 'a'"},
        Wrong{"include: [{}]", "f:1:11: error: a condition of 'include' names no attribute"},
        Wrong{"include: [{namespaces: a}]",
              "f:1:12: error: unknown attribute 'namespaces' in 'include': did you mean 'namespace'?"},
        Wrong{"include: [{name: }]", "f:1:12: error: 'name' in 'include' has no value"},
        Wrong{"include: [{name: []}]", "f:1:12: error: 'name' in 'include' has no value"},
        Wrong{"include: [{name: [[a]]}]", "f:1:19: error: a value of 'name' must be text, found a list"},
        Wrong{"include: [{name: 'a('}]", "f:1:18: error: name: 'a(' is not a regular expression: missing ): a("},
        Wrong{"include: [{name: '*'}]",
              "f:1:18: error: name: '*' is not a regular expression: a repetition has nothing to repeat; write '.*' "
              "for any "
              "text"},
        Wrong{"include: [{name: '(?!a)b'}]",
              "f:1:18: error: name: '(?!a)b' is not a regular expression: lookahead and lookbehind are not available "
              "(RE2); "
              "use 'exclude' or '!=' instead"},
        Wrong{
            "include: [{name: '((a{100}){100}){100}'}]",
            "f:1:18: error: name: '((a{100}){100}){100}' is not a regular expression: invalid repetition size: {100}"},
        Wrong{"include: [{labels: app}]", "f:1:20: error: 'app' in 'labels' is not 'name=regex' or 'name!=regex'"},
        Wrong{"include: [{labels: '=x'}]", "f:1:20: error: '=x' in 'labels' is not 'name=regex' or 'name!=regex'"},
        Wrong{"include: [{labels: 'a=b,'}]", "f:1:20: error: 'a=b,' in 'labels' is not 'name=regex' or 'name!=regex'"},
        Wrong{"include: [{severity: HIHG}]", "f:1:22: error: severity: 'HIHG' is not a severity: did you mean 'HIGH'?"},
        Wrong{"include: [{severity: '>HIGH'}]",
              "f:1:22: error: severity: '>HIGH' is not a severity: did you mean 'HIGH'?"},
        Wrong{"include: [{severity: '>=SOON'}]",
              "f:1:22: error: severity: '>=SOON' is not a severity: expected DEBUG, INFO, LOW, MEDIUM, HIGH or "
              "CRITICAL, '=HIGH', "
              "'>=LOW' or '<=LOW'"}));

TEST(Scope, RefusesAnEndlessRegex) {
  base::yaml::Problems problems;
  Scope::read(yaml("include: [{name: '" + std::string(5000, 'a') + "'}]"), kAttributes, false, problems);

  EXPECT_EQ(problems.sorted()[0].message, "name: a regular expression of 5000 bytes; 4096 are allowed");
}

TEST(Scope, AllowsNamespaceLabelsOnlyWhereListed) {
  base::yaml::Problems problems;
  Scope::read(yaml("include: [{namespace_labels: a=b}]"), {"namespace"}, false, problems);

  EXPECT_EQ(problems.sorted()[0].message,
            "unknown attribute 'namespace_labels' in 'include': known are namespace, labels, annotations");
}

class MatchCondition : public testing::TestWithParam<Golden> {};

TEST_P(MatchCondition, IsOlderThanScopeAndLooser) {
  Subject subject;
  base::yaml::Problems problems;

  Match match = Match::read(yaml(GetParam().condition), kAttributes, false, problems);

  EXPECT_FALSE(problems.has_errors());
  EXPECT_EQ(match.accepts(subject.attributes()), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Golden, MatchCondition,
    testing::Values(Golden{"~", true}, Golden{"{}", true}, Golden{"{namespace: shop}", true},
                    Golden{"{namespace: sho}", true}, Golden{"{namespace: hop}", false},
                    Golden{"{namespace: 'sho$'}", false}, Golden{"{namespace: s.o}", true},
                    Golden{"{namespace: [default, sh]}", true}, Golden{"{namespace: shop, name: web}", true},
                    Golden{"{namespace: shop, name: db}", false}, Golden{"{labels: app=web}", true},
                    Golden{"{labels: app=we}", false}, Golden{"{labels: app=w.b}", false},
                    Golden{"{labels: 'app=web,tier=front-end'}", true}, Golden{"{labels: 'app=web, tier=x'}", false},
                    Golden{"{labels: [app=db, app=web]}", true}, Golden{"{labels: missing=}", false},
                    Golden{"{annotations: note=a=b}", true}, Golden{"{severity: HIGH}", true},
                    Golden{"{severity: [DEBUG, LOW]}", false}, Golden{"{severity: '=HIGH'}", true},
                    Golden{"{severity: '=MEDIUM'}", false}, Golden{"{type: ISSUE}", true}, Golden{"{node: n}", false},
                    Golden{"{node: ''}", true}));

TEST(Match, SaysWhatDidNotMatch) {
  Subject subject;
  base::yaml::Problems problems;
  std::string why;

  Match::read(yaml("{name: web, severity: [LOW, DEBUG]}"), kAttributes, false, problems)
      .accepts(subject.attributes(), &why);

  EXPECT_EQ(why, "severity: [LOW, DEBUG] does not match 'HIGH'");
}

TEST(Match, HasNoNamespaceLabelsAndNoConditionWithoutEquals) {
  base::yaml::Problems problems;
  Match::read(yaml("{namespace_labels: a=b, labels: 'a!'}"), kAttributes, false, problems);

  auto told = problems.sorted();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(told[0].message.starts_with("unknown attribute 'namespace_labels' in 'match'"));
  EXPECT_EQ(told[1].message, "'a!' in 'labels' is not 'name=value'");
}

TEST(NamesMedium, LooksIntoScopesAndMatches) {
  EXPECT_TRUE(names_medium(yaml("{severity: MEDIUM}")));
  EXPECT_TRUE(names_medium(yaml("{severity: [LOW, '>=medium']}")));
  EXPECT_TRUE(names_medium(yaml("{include: [{name: a}, {severity: [MEDIUM]}]}")));
  EXPECT_TRUE(names_medium(yaml("{exclude: [{severity: MEDIUM|LOW}]}")));
  EXPECT_FALSE(names_medium(yaml("{severity: [HIGH, LOW], name: MEDIUM}")));
  EXPECT_FALSE(names_medium(yaml("~")));
}

// A random condition over a small world, so that matches are frequent.
std::string random_condition(std::mt19937& random) {
  static const std::vector<std::string> kParts = {
      "namespace: shop",        "namespace: 's.*'",   "namespace: other",
      "name: [x, web-1]",       "name: 'web-[2-9]'",  "severity: HIGH",
      "severity: '>=LOW'",      "severity: '=LOW'",   "kind: pod",
      "labels: app=web",        "labels: 'app!=web'", "labels: tier=front.*",
      "annotations: owner=.*",  "type: ISSUE",        "source: PROMETHEUS",
      "identifier: 'report.*'", "title: '.*pod.*'",   "namespace_labels: env=prod"};
  std::map<std::string, std::string> chosen;
  std::size_t count = 1 + random() % 3;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& part = kParts[random() % kParts.size()];
    chosen[part.substr(0, part.find(':'))] = part;
  }
  std::string text;
  for (const auto& [key, part] : chosen) text += (text.empty() ? "" : ", ") + part;
  return "{" + text + "}";
}

std::string random_list(std::mt19937& random) {
  std::string text;
  std::size_t count = 1 + random() % 4;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + random_condition(random);
  return "[" + text + "]";
}

TEST(Scope, LetsExcludeAlwaysBeatInclude) {
  std::mt19937 random(20260101);
  Subject subject;
  int excluded = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string include = random_list(random);
    std::string exclude = random_list(random);
    SCOPED_TRACE("include: " + include + ", exclude: " + exclude);
    bool exclude_matches = scope("include: " + exclude).accepts(subject.attributes());
    bool include_matches = scope("include: " + include).accepts(subject.attributes());

    auto verdict = scope("{include: " + include + ", exclude: " + exclude + "}").judge(subject.attributes());

    auto expected = exclude_matches   ? Scope::Verdict::kExcluded
                    : include_matches ? Scope::Verdict::kIncluded
                                      : Scope::Verdict::kNotIncluded;
    ASSERT_EQ(verdict, expected);
    excluded += exclude_matches ? 1 : 0;
  }
  EXPECT_GT(excluded, 200);
  EXPECT_LT(excluded, 1800);
}

}  // namespace
}  // namespace schemas
