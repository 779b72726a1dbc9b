// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/unit/playbooks/running_worker.h"

namespace {

constexpr const char* kConfig = R"(
active_playbooks:
- triggers: [on_prometheus_alert: {status: all}]
  actions: [note: {}]
)";

// What a pair of Alertmanagers says of one alert: both say everything, some of it twice, at their own times.
schemas::Alert some_notice(std::mt19937& random, const schemas::Alert& alert) {
  if (random() % 3 != 0) return alert;
  return fakes::resolved(alert, std::chrono::minutes(5 + random() % 2));
}

TEST(WorkerProperty, AnAlertKeepsItsIncidentAndEveryEventEndsOnce) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    fakes::RunningWorker worker(kConfig);
    auto alert = fakes::alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}, {"container", "c"}});
    std::int64_t sent = 0;
    for (int i = 0; i < 40; ++i) {
      if (random() % 8 == 0) alert.starts_at += std::chrono::minutes(10);
      if (random() % 5 == 0) worker.stage.crash_next();
      worker.send(some_notice(random, alert));
      ++sent;
      worker.advance(std::chrono::seconds(random() % 90));
    }

    std::set<std::string> incidents;
    std::set<std::string> ids;
    for (const auto& finding : worker.findings()) {
      incidents.insert(finding.incident.key);
      EXPECT_TRUE(ids.insert(finding.id).second) << "seed " << seed << ": two findings of one id";
    }
    EXPECT_EQ(incidents.size(), 1u) << "seed " << seed;
    EXPECT_EQ(static_cast<std::int64_t>(ids.size()) + worker.counted("events/duplicate"), sent) << "seed " << seed;
  }
}

}  // namespace
