// SPDX-License-Identifier: Apache-2.0
#include "schemas/event.h"

#include <gtest/gtest.h>

#include "schemas/alert_subject.h"

namespace schemas {
namespace {

Alert alert_with(Labels labels) {
  Alert alert;
  alert.labels = std::move(labels);
  alert.fingerprint = fingerprint(alert.labels);
  alert.starts_at = base::Time(std::chrono::hours(24 * 20000));
  return alert;
}

std::string subject_with(Labels labels) { return subject_of("prod", alert_with(std::move(labels))); }

TEST(SubjectOf, IsTheMostLastingWorkloadThatTheLabelsName) {
  EXPECT_EQ(subject_with({{"namespace", "shop"}, {"deployment", "cart"}, {"pod", "cart-1"}}),
            "prod/shop/deployment/cart");
  EXPECT_EQ(subject_with({{"namespace", "shop"}, {"statefulset", "db"}}), "prod/shop/statefulset/db");
  EXPECT_EQ(subject_with({{"namespace", "shop"}, {"daemonset", "agent"}}), "prod/shop/daemonset/agent");
  EXPECT_EQ(subject_with({{"namespace", "shop"}, {"job_name", "migrate"}, {"job", "ksm"}}), "prod/shop/job/migrate");
  EXPECT_EQ(subject_with({{"namespace", "shop"}, {"pod", "cart-1"}, {"node", "n1"}}), "prod/shop/pod/cart-1");
  EXPECT_EQ(subject_with({{"node", "n1"}, {"instance", "10.0.0.1:9100"}}), "prod/node/n1");
}

TEST(SubjectOf, LooksPastTheScraper) {
  Labels labels = {{"namespace", "monitoring"}, {"pod", "kube-state-metrics-7d9f8b6c5-x2k4p"}, {"node", "n1"}};
  EXPECT_EQ(subject_with(labels), "prod/node/n1");

  labels["exported_namespace"] = "shop";
  labels["exported_pod"] = "cart-1";
  EXPECT_EQ(subject_with(labels), "prod/shop/pod/cart-1");
}

TEST(SubjectOf, IsTheFingerprintWithoutAKubernetesSubject) {
  Labels target = {{"alertname", "TargetDown"}, {"instance", "10.0.0.1:9100"}, {"job", "node"}};
  EXPECT_EQ(subject_with(target), "prod/fingerprint/" + fingerprint(target));
  EXPECT_NE(subject_with({{"deployment", "cart"}, {"a", "1"}}), subject_with({{"deployment", "cart"}, {"a", "2"}}));
}

TEST(SubjectOf, BoundsItsLength) {
  std::string key = subject_with({{"namespace", "shop"}, {"pod", std::string(100'000, 'x')}});
  EXPECT_LT(key.size(), 200U);
  EXPECT_NE(key, subject_with({{"namespace", "shop"}, {"pod", std::string(100'001, 'x')}}));
}

TEST(AlertSubject, IsThePodAndNotTheNodeItRunsOn) {
  Alert alert = alert_with({{"namespace", "shop"}, {"pod", "cart-1"}, {"node", "n1"}, {"container", "app"}});

  Subject subject = alert_subject(alert);

  EXPECT_EQ(subject.kind, "pod");
  EXPECT_EQ(subject.name, "cart-1");
  EXPECT_EQ(subject.name_space, "shop");
  EXPECT_EQ(subject.node, "n1");
  EXPECT_EQ(subject.container, "app");
}

TEST(EventId, IsTheSameForTheSameHappening) {
  Alert alert = alert_with({{"alertname", "X"}});
  Alert repeat = alert;
  repeat.annotations["summary"] = "changed";
  repeat.ends_at = alert.starts_at;  // Means nothing while it fires.

  EXPECT_EQ(event_id("prod", "alertmanager", alert), event_id("prod", "alertmanager", repeat));
}

TEST(EventId, TellsEpisodesStatesSourcesAndClustersApart) {
  Alert alert = alert_with({{"alertname", "X"}});
  std::string id = event_id("prod", "alertmanager", alert);
  Alert later = alert;
  later.starts_at += std::chrono::minutes(1);
  Alert resolved = alert;
  resolved.status = AlertStatus::kResolved;
  resolved.ends_at = later.starts_at;
  Alert resolved_later = resolved;
  resolved_later.ends_at = later.starts_at + std::chrono::minutes(1);

  EXPECT_NE(event_id("prod", "alertmanager", later), id);
  EXPECT_NE(event_id("prod", "alertmanager", resolved), id);
  EXPECT_NE(event_id("prod", "alertmanager", resolved_later), event_id("prod", "alertmanager", resolved));
  EXPECT_NE(event_id("prod", "grafana", alert), id);
  EXPECT_NE(event_id("test", "alertmanager", alert), id);
}

}  // namespace
}  // namespace schemas
