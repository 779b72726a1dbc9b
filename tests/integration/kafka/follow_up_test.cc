// SPDX-License-Identifier: Apache-2.0
// What a stage still owes when its process dies is in the state that another one takes over: evidence that was late,
// the counts of a group.
#include <map>
#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/late_prometheus.h"
#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

using nlohmann::json;

class FollowUps : public OverKafka {
 protected:
  static std::string bus(const char* prefix) { return bus_over(shared().bootstrap_servers(), prefix); }
  static void expect_even(const Tocsin& tocsin, std::size_t suppressed) {
    json ledger;
    EXPECT_TRUE(harness::eventually(patience(), [&] {
      ledger = tocsin.ledger();
      return ledger.is_object() && ledger.value("/deliveries/outcomes/pending/total"_json_pointer, 0) == 0 &&
             ledger.value("/deliveries/outcomes/suppressed/total"_json_pointer, std::size_t{0}) == suppressed;
    })) << ledger.dump(1);
    EXPECT_EQ(ledger.value("difference", -1), 0) << ledger.dump(1);
  }
};

TEST_F(FollowUps, LateEvidenceIsAskedForByWhoeverComesAfterAKilledProcess) {
  LatePrometheus prometheus;
  std::string config = bus("late.") + prometheus.config();
  Tocsin tocsin(config);
  ASSERT_NO_FATAL_FAILURE(start({&tocsin}));
  ASSERT_TRUE(prometheus.fire(tocsin));
  json opened = prometheus.first("opened", tocsin);

  tocsin.crash();
  prometheus.answer();
  Tocsin successor(config);  // On another disk.
  ASSERT_NO_FATAL_FAILURE(start({&successor}));

  prometheus.expect_to_follow(prometheus.first("updated", successor), opened);
  expect_even(successor, 0);
}

class Groups : public FollowUps {
 protected:
  static constexpr int kAlerts = 40;

  std::string config() const {
    return bus("groups.") + config_with_webhook(grouped_.url("/hook")) + R"(      grouping:
        group_by: [cluster]
        interval: 12
        notification_mode: {summary: {threaded: false, by: [identifier]}}
  - webhook_sink: {name: each, url: ")" +
           each_.url("/hook") + "\"}\n";
  }
  void fire(const Tocsin& tocsin, int from, int to) {
    for (int i = from; i < to; ++i) {
      ASSERT_TRUE(tocsin.post_alerts(body_of({alert("g" + std::to_string(i))})).is_success()) << tocsin.log();
    }
    at_each_.update();
  }
  // Of each interval the highest count that a summary told; how many alerts they make together.
  std::map<std::string, int> counted() const {
    std::map<std::string, int> fired;
    for (const auto& request : grouped_.received()) {
      json transition = transition_of(request);
      auto& most = fired[transition["incident"].value("id", "")];
      most = std::max(most, transition["incident"].value("count", 0));
    }
    return fired;
  }
  int all_counted() const {
    int all = 0;
    for (const auto& [interval, fired] : counted()) all += fired;
    return all;
  }

  harness::HttpReceiver grouped_;
  harness::HttpReceiver each_;
  Outcomes at_each_{each_};
  Outcomes at_grouped_{grouped_};
};

TEST_F(Groups, AreCountedOnceAndToldToTheEndWhenTheOneProcessIsKilled) {
  Tocsin tocsin(config());
  ASSERT_NO_FATAL_FAILURE(start({&tocsin}));
  ASSERT_NO_FATAL_FAILURE(fire(tocsin, 0, kAlerts / 2));
  ASSERT_TRUE(harness::eventually(patience(), [&] { return all_counted() > 0; })) << tocsin.log();

  tocsin.crash();
  ASSERT_NO_FATAL_FAILURE(start({&tocsin}));
  ASSERT_NO_FATAL_FAILURE(fire(tocsin, kAlerts / 2, kAlerts));

  EXPECT_TRUE(harness::eventually(patience(), [&] { return all_counted() >= kAlerts; })) << all_counted();
  expect_even(tocsin, kAlerts);
  EXPECT_EQ(all_counted(), kAlerts);
  at_grouped_.update();
  EXPECT_EQ(at_grouped_.changed(), 0);
  at_each_.update();
  EXPECT_EQ(at_each_.opened(), std::size_t{kAlerts});
}

}  // namespace
}  // namespace acceptance
