// SPDX-License-Identifier: Apache-2.0
#include "playbooks/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "playbooks/robusta_names.h"
#include "tests/unit/playbooks/loading.h"

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

constexpr const char* kOnePlaybook = R"(
customPlaybooks:
- triggers:
  - on_prometheus_alert: {alert_name: KubePodCrashLooping}
  actions:
  - default_enricher: {}
)";

TEST(Loader, PutsTheUsersPlaybooksBetweenTheSilencersAndTheOtherBuiltInOnes) {
  auto loaded = fakes::load(kOnePlaybook);

  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_THAT(loaded.names(),
              ElementsAre("CommonPrometheusAlertsSilencer", "customPlaybooks[0]", "DefaultPrometheusAlertEnricher"));
}

TEST(Loader, GivesEveryAlertAGraphWherePrometheusIsConfigured) {
  auto loaded = fakes::load("globalConfig: {prometheus_url: 'http://prometheus:9090'}");

  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_THAT(loaded.names(), ElementsAre("CommonPrometheusAlertsSilencer", "DefaultPrometheusAlertGraph",
                                          "DefaultPrometheusAlertEnricher"));
}

TEST(Loader, AddsNothingToARenderedFile) {
  auto loaded = fakes::load(R"(
active_playbooks:
- name: Mine
  triggers: [on_prometheus_alert: {}]
  actions: [default_enricher: {}]
)");

  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_THAT(loaded.names(), ElementsAre("Mine"));
}

TEST(Loader, LeavesOutWhatIsDisabledAndWarnsOfNamesThatNothingHas) {
  auto loaded = fakes::load(R"(
disabledPlaybooks: [CommonPrometheusAlertsSilencer, DefaultPrometheusAlertEnriche]
)");

  EXPECT_THAT(loaded.names(), ElementsAre("DefaultPrometheusAlertEnricher"));
  EXPECT_THAT(loaded.problems,
              ElementsAre(AllOf(StartsWith("2:"), HasSubstr("warning"), HasSubstr("'DefaultPrometheusAlertEnriche'"),
                                HasSubstr("did you mean 'DefaultPrometheusAlertEnricher'?"))));
}

TEST(Loader, TellsTwoPlaybooksOfOneNameApart) {
  auto loaded = fakes::load(R"(
active_playbooks:
- {name: A, triggers: [on_prometheus_alert: {}], actions: [note: {}]}
- {name: A, triggers: [on_prometheus_alert: {}], actions: [note: {}]}
)");

  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_THAT(loaded.names(), ElementsAre("A", "A#2"));
}

TEST(Loader, LaysGlobalConfigUnderTheActionsOwnParameters) {
  auto loaded = fakes::load(R"(
globalConfig: {text: global, unrelated: {a: 1}}
active_playbooks:
- triggers: [on_prometheus_alert: {}]
  actions:
  - note: {title: own}
  - note:
)");

  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.playbooks->playbooks[0].steps.size(), 2u);
}

TEST(Loader, TellsAMistakeInGlobalConfigOnce) {
  auto loaded = fakes::load(R"(
globalConfig:
  text: [not, a, text]
active_playbooks:
- triggers: [on_prometheus_alert: {}]
  actions: [note: {}, note: {}]
)");

  EXPECT_THAT(loaded.problems, ElementsAre(StartsWith("3:")));
}

TEST(Loader, SkipsAPlaybookWhoseTriggersAreRobustasAlone) {
  auto loaded = fakes::load(R"(
active_playbooks:
- name: Crash
  triggers:
  - on_pod_crash_loop: {restart_reason: CrashLoopBackOff}
  actions:
  - report_crash_loop: {}
- name: Kept
  triggers:
  - on_deployment_update: {}
  - on_prometheus_alert: {}
  actions:
  - logs_enricher: {}
  - note: {}
)");

  EXPECT_THAT(loaded.names(), ElementsAre("Kept"));
  EXPECT_EQ(loaded.playbooks->playbooks[0].steps.size(), 1u);
  EXPECT_THAT(
      loaded.problems,
      ElementsAre("5:3: warning: playbook 'Crash' is skipped: none of its triggers is supported",
                  "5:5: warning: trigger on_pod_crash_loop is not supported: playbook 'Crash' does not fire by it",
                  "7:5: warning: action report_crash_loop is not supported: playbook 'Crash' runs without it",
                  "10:5: warning: trigger on_deployment_update is not supported: playbook 'Kept' does not fire by it",
                  "13:5: warning: action logs_enricher is not supported: playbook 'Kept' runs without it"));
}

TEST(Loader, ReadsCustomSeveritiesInAnyLetterCase) {
  auto loaded = fakes::load("globalConfig: {custom_severity_map: {P1: critical, p2: HIGH, p3: hihg}}");

  EXPECT_THAT(loaded.problems, ElementsAre(AllOf(HasSubstr("error"), HasSubstr("'p3'"))));
  EXPECT_EQ(playbooks::severity_of("p1", loaded.playbooks->severities), schemas::Severity::kCritical);
  EXPECT_EQ(playbooks::severity_of("P2", loaded.playbooks->severities), schemas::Severity::kHigh);
  EXPECT_EQ(playbooks::severity_of("nonsense", loaded.playbooks->severities), schemas::Severity::kInfo);
}

TEST(Loader, TakesAllNamesOfRobustasKubernetesTriggers) {
  EXPECT_TRUE(playbooks::robusta::has_trigger("on_pod_create"));
  EXPECT_TRUE(playbooks::robusta::has_trigger("on_persistentvolumeclaim_all_changes"));
  EXPECT_TRUE(playbooks::robusta::has_trigger("on_kubernetes_any_resource_delete"));
  EXPECT_TRUE(playbooks::robusta::has_trigger("on_schedule"));
  EXPECT_FALSE(playbooks::robusta::has_trigger("on_pod"));
  EXPECT_FALSE(playbooks::robusta::has_trigger("on_pod_explode"));
  EXPECT_TRUE(playbooks::robusta::has_action("krr_scan"));
  EXPECT_FALSE(playbooks::robusta::has_action("krr"));
}

// A mistake and a piece of what is said of it.
struct Mistake {
  const char* playbook;
  const char* expected;
};

class LoaderMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(LoaderMistakes, AreNamedWithTheirPlace) {
  auto loaded = fakes::load("active_playbooks:\n" + std::string(GetParam().playbook));

  ASSERT_THAT(loaded.problems, testing::Not(IsEmpty()));
  EXPECT_THAT(loaded.problems, testing::Contains(HasSubstr(GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, LoaderMistakes,
    testing::Values(
        Mistake{"- triggers:\n  - on_prometheus_alert:\n    alert_name: X\n  actions: []",
                "3:5: error: each item of triggers must have exactly one key and this one has 2 (on_prometheus_alert, "
                "alert_name): indent what belongs to on_prometheus_alert, start each trigger with `- `"},
        Mistake{"- triggers: [on_prometheus_alert]\n  actions: []",
                "2:14: error: a trigger needs a colon: write `- on_prometheus_alert: {}`"},
        Mistake{"- triggers: [on_prometheus_alerts: {}]\n  actions: []",
                "error: unknown trigger 'on_prometheus_alerts'; did you mean 'on_prometheus_alert'?"},
        Mistake{"- triggers: [on_prometheus_alert: {}]\n  actions: [default_enrich: {}]",
                "error: unknown action 'default_enrich'; did you mean 'default_enricher'?"},
        Mistake{"- triggers: [on_prometheus_alert: {alertname: X}]\n  actions: []", "did you mean 'alert_name'?"},
        Mistake{"- triggers: [on_prometheus_alert: {status: fired}]\n  actions: []", "status"},
        Mistake{"- triggers: [on_prometheus_alert: {scope: {include: [{labels: ['no equals sign']}]}}]\n  actions: []",
                "error"},
        Mistake{"- triggers: []\n  actions: []", "2:13: error: triggers is empty: the playbook would never run"},
        Mistake{"- triggers: {on_prometheus_alert: {}}\n  actions: []", "error: triggers must be a list"},
        Mistake{"- triggers: [on_prometheus_alert: {}]\n  actions: {note: {}}", "error: actions must be a list"},
        Mistake{"- triggers: [on_prometheus_alert: {}]", "actions"},
        Mistake{"- trigger: [on_prometheus_alert: {}]\n  actions: []", "did you mean 'triggers'?"},
        Mistake{"- {triggers: [on_prometheus_alert: {}], actions: [], rate_limit: soon}", "'soon' is not a duration"},
        Mistake{"  a: b", "error: active_playbooks must be a list of playbooks"}));

}  // namespace
