// SPDX-License-Identifier: Apache-2.0
#include "playbooks/triggers/on_prometheus_alert.h"

#include <gtest/gtest.h>

#include "base/yaml/parse.h"
#include "tests/unit/playbooks/alerts.h"

namespace {

struct Case {
  std::string params;
  bool fires;
  std::string why_not;
  bool is_resolved = false;
  std::string provider = {};
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.params; }

class OnPrometheusAlert : public testing::TestWithParam<Case> {};

TEST_P(OnPrometheusAlert, Decides) {
  base::yaml::Problems problems;
  auto params = base::yaml::parse(
      GetParam().params, [](const std::string&) { return std::nullopt; }, problems);
  auto trigger = playbooks::on_prometheus_alert_type().make(params, {}, problems);
  ASSERT_FALSE(problems.has_errors());
  auto alert = fakes::alert(
      {{"alertname", "KubePodCrashLooping"}, {"namespace", "shop-eu"}, {"pod", "api-1"}, {"severity", "warning"}},
      {{"runbook", "r1"}});
  auto event = fakes::event(GetParam().is_resolved ? fakes::resolved(alert) : alert);
  playbooks::Occasion occasion{event, GetParam().provider, schemas::Severity::kLow};

  std::string why_not;
  bool fires = trigger->fires(occasion, &why_not);

  EXPECT_EQ(fires, GetParam().fires);
  EXPECT_EQ(trigger->fires(occasion, nullptr), GetParam().fires);
  EXPECT_EQ(why_not, GetParam().why_not);
}

INSTANTIATE_TEST_SUITE_P(
    By, OnPrometheusAlert,
    testing::Values(
        Case{"{}", true, ""}, Case{"{}", false, "status is resolved", true}, Case{"{status: resolved}", true, "", true},
        Case{"{status: resolved}", false, "status is firing"}, Case{"{status: all}", true, ""},
        Case{"{status: all}", true, "", true}, Case{"{alert_name: KubePodCrashLooping}", true, ""},
        Case{"{alert_name: KubePodCrash}", false, "alert_name is not KubePodCrash"},
        Case{"{alert_name: kubepodcrashlooping}", false, "alert_name is not kubepodcrashlooping"},
        Case{"{pod_name_prefix: api}", true, ""},
        Case{"{pod_name_prefix: web}", false, "label pod does not begin with web"},
        Case{"{namespace_prefix: shop}", true, ""},
        Case{"{namespace_prefix: shop-us}", false, "label namespace does not begin with shop-us"},
        Case{"{severity: LOW}", true, ""}, Case{"{severity: [HIGH, '<=LOW']}", true, ""},
        Case{"{severity: HIGH}", false, "severity is LOW"}, Case{"{severity: '>=MEDIUM'}", false, "severity is LOW"},
        Case{"{instance_name_prefix: a}", false, "label instance does not begin with a"},
        Case{"{k8s_providers: [GKE]}", false, "k8s_providers is set, and the cluster's provider is not known"},
        Case{"{k8s_providers: [Kind, GKE]}", true, "", false, "gke"},
        Case{"{k8s_providers: [Kind]}", false, "provider is gke", false, "gke"},
        Case{"{scope: {include: [{labels: ['namespace=shop-.*']}]}}", true, ""},
        Case{"{scope: {include: [{labels: ['namespace=shop']}]}}", false, "scope does not include it"},
        Case{"{scope: {include: [{annotations: ['runbook=r[0-9]']}]}}", true, ""}));

TEST(OnPrometheusAlert, SaysWhatOfTheScopeExcludes) {
  base::yaml::Problems problems;
  auto params = base::yaml::parse(
      "{scope: {exclude: [{labels: ['severity=warning']}]}}", [](const std::string&) { return std::nullopt; },
      problems);
  auto trigger = playbooks::on_prometheus_alert_type().make(params, {}, problems);
  auto event = fakes::event(fakes::alert({{"alertname", "A"}, {"severity", "warning"}}));

  std::string why_not;
  EXPECT_FALSE(trigger->fires({event, ""}, &why_not));
  EXPECT_TRUE(why_not.starts_with("scope excludes it by ")) << why_not;
  EXPECT_NE(why_not.find("severity=warning"), std::string::npos) << why_not;
}

}  // namespace
