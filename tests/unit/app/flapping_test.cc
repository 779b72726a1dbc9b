// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/task_group.h"
#include "incidents/keeper.h"
#include "schemas/topics.h"
#include "sinks/delivery/worker.h"
#include "sinks/routing/router.h"
#include "tests/fakes/fake_log.h"

namespace app {
namespace {

using schemas::FindingState;
using schemas::TransitionState;
using std::chrono::minutes;
using std::chrono::seconds;

// Keeps what it is sent.
class Chat final : public sinks::Sink {
 public:
  explicit Chat(std::vector<schemas::Delivery>& sent) : sent_(sent) {}
  base::Result<sinks::Rendered> render(const schemas::Delivery&) const override { return sinks::Rendered{}; }
  base::Task<base::Result<sinks::Reply>> send(sinks::Sending& sending) override {
    sent_.push_back(sending.delivery);
    co_return sinks::Reply{};
  }

 private:
  std::vector<schemas::Delivery>& sent_;
};

// From findings to one sink with the pace of a chat.
struct Flapping : testing::Test {
  Flapping() {
    log.add(incidents::keeper_stage(), keeper);
    log.add(sinks::Router::spec(), router);
    log.add(sinks::DeliveryWorker::spec("chat"), worker);
  }
  ~Flapping() override {
    base::TaskGroup stopping(log.executor());
    stopping.spawn(worker.stop());
    log.run();
  }

  void say(const std::string& pod, FindingState state) {
    schemas::Finding finding;
    finding.id = "f" + std::to_string(++findings);
    finding.event_id = "e" + std::to_string(findings);
    finding.title = "Crashing pod " + pod;
    finding.severity = schemas::Severity::kHigh;
    finding.state = state;
    finding.member = pod;
    finding.incident = {.key = "shop/api/crash_loop", .family = "crash_loop"};
    finding.created = clock.now();
    finding.hold_down = minutes(2);
    if (state == FindingState::kFiring) {
      finding.enrichments = {{.type = "logs", .title = "Logs", .action = "logs_enricher", .blocks = {}}};
    }
    log.append(std::string(schemas::topics::kFindings), finding.incident.key, schemas::encode(finding));
  }
  std::ptrdiff_t count(const std::function<bool(const schemas::Delivery&)>& is) const {
    return std::count_if(sent.begin(), sent.end(), is);
  }

  base::ManualClock clock{base::Time(std::chrono::hours(24 * 20'000))};
  base::Rng rng{7};
  base::Metrics metrics;
  sinks::HealthBoard health;
  fakes::FakeLog log{clock};
  std::vector<schemas::Delivery> sent;
  incidents::Keeper keeper{{}, metrics};
  sinks::Router router{std::make_shared<sinks::RoutingTable>(sinks::RoutingTable{{.sink = "chat"}})};
  sinks::DeliveryWorker worker{{.sink = "chat",
                                .rate_limit = {.per_second = 1, .burst = 3},
                                .pace = {.update_interval = seconds(30), .evidence_updates = 2}},
                               std::make_unique<Chat>(sent),
                               {clock, rng, metrics, health, log.executor()}};
  int findings = 0;
};

TEST_F(Flapping, ThreeReplicasThatCrashForAnHourAreOneStory) {
  for (int crash = 0; crash < 120; ++crash) {
    for (const char* pod : {"api-1", "api-2", "api-3"}) {
      say(pod, FindingState::kFiring);
      log.advance(seconds(5));
      say(pod, FindingState::kResolved);
      log.advance(seconds(5));
    }
  }
  log.advance(minutes(10));

  EXPECT_EQ(count([](const auto& one) { return one.opening; }), 1);
  EXPECT_LE(count([](const auto& one) {
              return !one.opening && one.transition.state == TransitionState::kUpdated &&
                     !one.transition.finding.enrichments.empty();
            }),
            2);
  EXPECT_EQ(count([](const auto& one) { return one.transition.state == TransitionState::kReopened; }), 0);
  EXPECT_EQ(count([](const auto& one) { return one.transition.state == TransitionState::kResolved; }), 1);
  EXPECT_EQ(sent.back().transition.state, TransitionState::kResolved);
  EXPECT_EQ(sent.back().transition.incident.count, 360);
  // Edits of one message, no more often than every 30 s.
  EXPECT_LE(sent.size(), 125u);
  EXPECT_EQ(log.counted("deliveries/made"), log.counted("deliveries/delivered") + log.counted("deliveries/suppressed"));
}

}  // namespace
}  // namespace app
