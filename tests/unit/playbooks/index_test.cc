// SPDX-License-Identifier: Apache-2.0
#include "playbooks/index.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/playbooks/alerts.h"
#include "tests/unit/playbooks/loading.h"

namespace {

std::string pick(std::mt19937& random, std::initializer_list<const char*> values) {
  return *(values.begin() + static_cast<long>(random() % values.size()));
}

std::string some_trigger(std::mt19937& random) {
  return "{" + pick(random, {"", "alert_name: A, ", "alert_name: B, ", "alert_name: C, "}) +
         pick(random, {"", "namespace_prefix: a, ", "namespace_prefix: ab, ", "namespace_prefix: b, "}) +
         pick(random, {"", "pod_name_prefix: x, ", "pod_name_prefix: xyz, "}) +
         pick(random, {"", "severity: HIGH, ", "severity: '>=LOW', ", "severity: ['=INFO', CRITICAL], "}) +
         pick(random, {"", "scope: {include: [{labels: ['namespace=a.*', 'pod=xyzzy,alertname=A|B']}]}, ",
                       "scope: {include: [{labels: 'namespace=ab?c'}, {labels: 'pod!=x'}]}, ",
                       "scope: {include: [{labels: 'pod=(x|y).*'}], exclude: [{labels: 'alertname=A'}]}, ",
                       "scope: {include: [{labels: 'namespace=b'}, {labels: 'alertname=[A-C]|D'}]}, "}) +
         pick(random, {"", "status: all"}) + "}";
}

TEST(Index, FindsWhatAskingEveryPlaybookFindsInTheSameOrder) {
  std::mt19937 random(7);
  std::string yaml = "active_playbooks:\n";
  for (int i = 0; i < 200; ++i) {
    yaml += "- {actions: [], triggers: [on_prometheus_alert: " + some_trigger(random) +
            ", on_prometheus_alert: " + some_trigger(random) + "]}\n";
  }
  auto loaded = fakes::load(yaml);
  ASSERT_TRUE(loaded.problems.empty()) << loaded.problems[0];
  for (int i = 0; i < 200; ++i) {
    auto event = fakes::event(fakes::alert({{"alertname", pick(random, {"A", "B", "C", "D"})},
                                            {"namespace", pick(random, {"a", "abc", "b", "", " b "})},
                                            {"pod", pick(random, {"x", "xyzzy", ""})}}));
    playbooks::Occasion occasion{event, "", static_cast<schemas::Severity>(random() % 6)};
    auto fires = [&](const playbooks::Playbook& playbook) {
      return std::ranges::any_of(playbook.triggers, [&](auto& t) { return t->fires(occasion, nullptr); });
    };

    std::vector<std::size_t> asked;
    for (auto position : loaded.playbooks->index.candidates(occasion)) {
      if (fires(loaded.playbooks->playbooks[position])) asked.push_back(position);
    }

    std::vector<std::size_t> expected;
    for (std::size_t position = 0; position < loaded.playbooks->playbooks.size(); ++position) {
      if (fires(loaded.playbooks->playbooks[position])) expected.push_back(position);
    }
    EXPECT_EQ(asked, expected);
  }
}

}  // namespace
