// SPDX-License-Identifier: Apache-2.0
#include "ingest/relabel.h"

#include <gtest/gtest.h>

#include "base/yaml/parse.h"

namespace {

struct Read {
  ingest::Relabel relabel;
  std::vector<std::string> problems;
};

Read read(const std::string& yaml) {
  base::yaml::Problems problems;
  auto node = base::yaml::parse(
      yaml, [](const std::string&) { return std::nullopt; }, problems);
  Read made{ingest::Relabel::read(node, problems), {}};
  for (const auto& problem : problems.sorted()) made.problems.push_back(base::yaml::to_string(problem, "").substr(1));
  return made;
}

schemas::Labels relabelled(const std::string& yaml, schemas::Labels labels) {
  auto made = read(yaml);
  EXPECT_TRUE(made.problems.empty()) << made.problems.front();
  made.relabel.apply(labels);
  return labels;
}

using Labels = schemas::Labels;

TEST(Relabel, AddsALabelBesideItsSourceWhenNoOperationIsGiven) {
  EXPECT_EQ(relabelled("[{source: pod_name, target: pod}]", {{"pod_name", "api-1"}}),
            (Labels{{"pod_name", "api-1"}, {"pod", "api-1"}}));
}

TEST(Relabel, ReplacesASourceByItsTarget) {
  EXPECT_EQ(relabelled("[{source: k8s_ns, target: namespace, operation: replace}]", {{"k8s_ns", "shop"}}),
            (Labels{{"namespace", "shop"}}));
}

TEST(Relabel, PutsTheNewValueInPlaceOfOneThatIsThere) {
  EXPECT_EQ(relabelled("[{source: exported_pod, target: pod, operation: add}]",
                       {{"exported_pod", "api-1"}, {"pod", "kube-state-metrics-0"}}),
            (Labels{{"exported_pod", "api-1"}, {"pod", "api-1"}}));
}

TEST(Relabel, LeavesAnAlertAloneThatHasNoSourceOrAnEmptyOne) {
  const char* rule = "[{source: a, target: b, operation: replace}]";
  EXPECT_EQ(relabelled(rule, {{"b", "1"}}), (Labels{{"b", "1"}}));
  EXPECT_EQ(relabelled(rule, {{"a", ""}, {"b", "1"}}), (Labels{{"a", ""}, {"b", "1"}}));
}

TEST(Relabel, AppliesRulesInTheirOrderEachToWhatTheOnesBeforeLeft) {
  EXPECT_EQ(relabelled("[{source: a, target: b, operation: replace}, {source: b, target: c, operation: replace}]",
                       {{"a", "1"}}),
            (Labels{{"c", "1"}}));
  EXPECT_EQ(relabelled("[{source: b, target: c, operation: replace}, {source: a, target: b, operation: replace}]",
                       {{"a", "1"}, {"b", "2"}}),
            (Labels{{"b", "1"}, {"c", "2"}}));
}

TEST(Relabel, SwapsTwoLabelsThroughAThird) {
  const char* rules =
      "[{source: a, target: t, operation: replace}, {source: b, target: a, operation: replace}, "
      "{source: t, target: b, operation: replace}]";
  EXPECT_EQ(relabelled(rules, {{"a", "1"}, {"b", "2"}}), (Labels{{"a", "2"}, {"b", "1"}}));
}

struct Mistake {
  const char* name;
  const char* yaml;
  const char* problem;
};
class RelabelMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(RelabelMistakes, AreToldWithTheirPlace) {
  EXPECT_EQ(read(GetParam().yaml).problems, std::vector<std::string>{GetParam().problem});
}

INSTANTIATE_TEST_SUITE_P(
    Of, RelabelMistakes,
    ::testing::Values(
        Mistake{"AMapping", "{source: a}", "1:1: error: alertRelabel must be a list of rules, found a mapping"},
        Mistake{"NoTarget", "- source: a", "1:3: error: missing 'target' in alertRelabel"},
        Mistake{"OddOperation", "- {source: a, target: b, operation: move}",
                "1:37: error: 'move' is not a valid 'operation': expected add or replace"},
        Mistake{"OneLabelTwice", "- {source: a, target: a, operation: replace}",
                "1:3: error: alertRelabel: 'a' is both source and target"},
        Mistake{"ItsOwnName", "- {source: alertname, target: name, operation: replace}",
                "1:3: warning: alertRelabel: alerts lose their names: no playbook finds them by alert_name"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
