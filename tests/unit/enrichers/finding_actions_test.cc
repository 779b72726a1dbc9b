// SPDX-License-Identifier: Apache-2.0
#include "enrichers/finding/finding_actions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/enrichers/running_action.h"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FindingActions : public fakes::RunningAction {
 protected:
  FindingActions()
      : RunningAction({{"alertname", "Crash"}, {"namespace", "infra-dns"}, {"pod", "api-1"}, {"team", "a;b"}}) {}
};

TEST_F(FindingActions, CreateFindingSaysItInTheUsersWords) {
  auto result =
      run(enrichers::create_finding_type(),
          "{title: 'Pod $name of $namespace ($labels.team)', aggregation_key: PodCrash, description: 'On $node'}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result.value().title, "Pod api-1 of infra-dns (a;b)");
  EXPECT_EQ(result.value().description, "On <missing>");
  EXPECT_EQ(result.value().aggregation_key, "PodCrash");
  EXPECT_EQ(result.value().severity, schemas::Severity::kHigh);
}

TEST_F(FindingActions, CreateFindingNeedsTitleAndKey) {
  EXPECT_THAT(problems(enrichers::create_finding_type(), "{severity: LOUD}"),
              ElementsAre("1:1: error: missing 'title' in create_finding",
                          "1:1: error: missing 'aggregation_key' in create_finding",
                          HasSubstr("'LOUD' is not a valid 'severity'")));
}

TEST_F(FindingActions, CustomiseFindingChangesOnlyWhatItNames) {
  auto result = run(enrichers::customise_finding_type(), "{severity: CRITICAL, title: 'Of $kind $name'}");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result.value().title, "Of pod api-1");
  EXPECT_EQ(result.value().severity, schemas::Severity::kCritical);
  EXPECT_FALSE(result.value().description || result.value().aggregation_key);
  EXPECT_THAT(result.value().enrichments, IsEmpty());
}

TEST_F(FindingActions, LabelRulesDeriveLabelsInTheirOrder) {
  auto result = run(enrichers::customise_finding_type(), R"(
finding_label_rules:
- {source_fields: [namespace], regex: 'infra-.*|kube-system', target_label: owner, replacement: infra}
- {source_fields: [namespace, name], regex: '([^;]+);(.+)-(\d+)(x)?', target_label: id, replacement: '$2/$3 in $1$4$9 for $$5'}
- {source_fields: [kind], regex: node, target_label: owner, replacement: nodes}
- {source_fields: [labels.team, annotations.none], regex: 'a;b\|', separator: '|', target_label: team, replacement: ab}
)");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result.value().labels,
            (schemas::Labels{{"owner", "infra"}, {"id", "api/1 in infra-dns$9 for $$5"}, {"team", "ab"}}));
  ASSERT_EQ(result.value().enrichments.size(), 1u);
  EXPECT_EQ(result.value().enrichments[0].title, "Labels");
}

TEST_F(FindingActions, LabelRulesMatchWholeValuesOnly) {
  auto result = run(enrichers::customise_finding_type(),
                    "finding_label_rules: [{source_fields: namespace, regex: infra, target_label: t, replacement: r}]");

  EXPECT_THAT(result.value().labels, IsEmpty());
}

TEST_F(FindingActions, LabelRulesThatCantWorkAreRefused) {
  EXPECT_THAT(
      problems(enrichers::customise_finding_type(),
               "finding_label_rules: [{source_fields: [namespac], regex: '(', target_label: t, replacement: r}]"),
      ElementsAre("1:23: error: finding_label_rules: unknown field 'namespac': did you mean 'namespace'?",
                  HasSubstr("is not a regular expression")));
}

}  // namespace
