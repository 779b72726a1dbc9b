// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/delivery.h"
#include "schemas/topics.h"
#include "tests/fakes/fake_stage.h"

namespace sinks {
namespace {

using schemas::TransitionState;
using std::chrono::hours;
using testing::ElementsAre;

struct RouterTest : testing::Test {
  bool handle(const std::string& id, TransitionState state, const std::string& cause = "new_evidence",
              const std::string& incident = "episode-1") {
    schemas::Transition transition;
    transition.id = id;
    transition.state = state;
    transition.cause = cause;
    transition.at = clock.now();
    transition.incident.id = incident;
    transition.incident.opened = transition.incident.last_seen = clock.now();
    transition.finding.created = clock.now();
    return stage.handle("transitions", "key", schemas::encode(transition)).has_value();
  }

  // "sink:transition" with "!" for an opening, or the reason of a suppressed one.
  std::vector<std::string> take() {
    std::vector<std::string> found;
    for (const auto& record : stage.emitted) {
      if (record.topic == schemas::topics::kReceipts) {
        auto receipt = schemas::decode_receipt(record.value).value();
        found.push_back(receipt.sink + ":" + receipt.transition_id + " " + receipt.reason);
      } else {
        auto delivery = schemas::decode_delivery(record.value).value();
        EXPECT_EQ(record.topic, schemas::topics::deliveries(delivery.sink));
        EXPECT_EQ(record.key, "key");
        EXPECT_EQ(delivery.id, delivery_id(delivery.transition.id, delivery.sink));
        found.push_back(delivery.sink + ":" + delivery.transition.id + (delivery.opening ? "!" : ""));
      }
    }
    stage.emitted.clear();
    return found;
  }
  std::int64_t counted(std::string_view counter) {
    std::int64_t sum = 0;
    for (const auto& [name, by] : stage.counters) sum += name.starts_with(counter) ? by : 0;
    return sum;
  }

  base::ManualClock clock{base::Time(hours(24 * 20'000))};
  Router router{std::make_shared<RoutingTable>(RoutingTable{{.sink = "a"}, {.sink = "b", .is_default = false}})};
  fakes::FakeStage stage{router, clock};
};

TEST_F(RouterTest, StoresADeliveryOrAReasonForEachSink) {
  ASSERT_TRUE(handle("t1", TransitionState::kOpened));

  EXPECT_THAT(take(), ElementsAre("a:t1!", "b:t1 not_default"));
  EXPECT_EQ(counted("deliveries/made"), 2);
  EXPECT_EQ(counted("deliveries/suppressed/b/not_default"), 1);
}

TEST_F(RouterTest, TellsTheEndToThoseWhoWereToldOfTheIncident) {
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kUpdated);
  take();

  handle("t3", TransitionState::kResolved);

  EXPECT_THAT(take(), ElementsAre("a:t3", "b:t3 not_told"));
}

TEST_F(RouterTest, OpensTheIncidentForASinkThatComesLater) {
  handle("t1", TransitionState::kOpened);
  router.replace(std::make_shared<RoutingTable>(RoutingTable{{.sink = "a"}, {.sink = "new"}}));
  take();

  handle("t2", TransitionState::kUpdated, "repeat");
  handle("t3", TransitionState::kUpdated, "severity_rise");
  handle("t4", TransitionState::kUpdated, "repeat");

  EXPECT_THAT(take(), ElementsAre("a:t2", "new:t2 repeat", "a:t3", "new:t3!", "a:t4", "new:t4"));
}

TEST_F(RouterTest, TakesTheNextEpisodeForANewIncident) {
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kResolved);
  take();

  handle("t3", TransitionState::kOpened, "first_finding", "episode-2");

  EXPECT_THAT(take(), ElementsAre("a:t3!", "b:t3 not_default"));
}

TEST_F(RouterTest, TakesAReopenedIncidentForTheSame) {
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kResolved);
  take();

  handle("t3", TransitionState::kReopened);

  EXPECT_THAT(take(), ElementsAre("a:t3", "b:t3 not_default"));
}

TEST_F(RouterTest, ForgetsAnIncidentSomeTimeAfterItsEnd) {
  handle("t1", TransitionState::kOpened);
  stage.advance(hours(24 * 30));
  EXPECT_EQ(stage.state_size(), 1u);
  handle("t2", TransitionState::kResolved);

  stage.advance(Router::kKeepTold);

  EXPECT_EQ(stage.state_size(), 0u);
}

TEST_F(RouterTest, MakesTheSameDeliveriesAgainAfterACrash) {
  stage.crash_next();

  handle("t1", TransitionState::kOpened);

  EXPECT_THAT(take(), ElementsAre("a:t1!", "b:t1 not_default"));
  EXPECT_EQ(counted("deliveries/made"), 2);
}

TEST_F(RouterTest, RefusesWhatIsNoTransition) {
  auto result = stage.handle("transitions", "key", "[]");

  ASSERT_FALSE(result.has_value());
  EXPECT_TRUE(result.error().retry.is_never());
}

}  // namespace
}  // namespace sinks
