// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/delivery.h"
#include "schemas/topics.h"
#include "sinks/routing/router.h"
#include "tests/fakes/fake_stage.h"

namespace sinks {
namespace {

using schemas::CommandAction;
using schemas::TransitionState;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

// Slack where somebody asks, a pager that wants no updates, and a chat that was not told of the incident.
struct RouteCommandTest : testing::Test {
  static Route reminding() { return {.sink = "slack", .updates = Updates::kNone, .renotify_after = hours(4)}; }

  void handle(const std::string& id, TransitionState state, std::optional<CommandAction> action = {}) {
    schemas::Transition transition;
    transition.id = id;
    transition.state = state;
    transition.cause = action ? "asked" : "first_finding";
    transition.at = clock.now();
    transition.incident.id = "episode-1";
    transition.incident.opened = transition.incident.last_seen = clock.now();
    transition.incident.acknowledged = taken;
    transition.finding.created = clock.now();
    if (action) transition.command = schemas::Command{.id = id, .action = *action, .sink = "slack", .at = clock.now()};
    ASSERT_TRUE(stage.handle("transitions", "key", schemas::encode(transition)));
  }
  void acknowledge() {
    taken = schemas::Acknowledgement{.sink = "slack", .by = "<@U1>", .by_name = "ann", .at = clock.now()};
    handle("taken", TransitionState::kUpdated, CommandAction::kAcknowledge);
  }
  std::vector<std::string> take() {
    std::vector<std::string> found;
    for (const auto& record : stage.emitted) {
      if (record.topic == schemas::topics::kReceipts) {
        auto receipt = schemas::decode_receipt(record.value).value();
        found.push_back(receipt.sink + " " + receipt.reason);
      } else {
        auto delivery = schemas::decode_delivery(record.value).value();
        found.push_back(delivery.sink + (delivery.opening ? "!" : ""));
      }
    }
    stage.emitted.clear();
    return found;
  }

  base::ManualClock clock{base::Time(hours(24 * 20'000))};
  Router router{std::make_shared<RoutingTable>(
      RoutingTable{reminding(), {.sink = "log"}, {.sink = "pager", .updates = Updates::kNone}})};
  fakes::FakeStage stage{router, clock};
  std::optional<schemas::Acknowledgement> taken;
};

TEST_F(RouteCommandTest, WhatIsAskedGoesWhereItWasAskedAndNowhereElse) {
  handle("open", TransitionState::kOpened);
  EXPECT_THAT(take(), ElementsAre("slack!", "log!", "pager!"));

  handle("silence", TransitionState::kUpdated, CommandAction::kSilence);

  EXPECT_THAT(take(), ElementsAre("slack"));
  EXPECT_EQ(stage.counters["deliveries/made/slack"], 2);
  EXPECT_EQ(stage.counters["deliveries/made/pager"], 1);
}

TEST_F(RouteCommandTest, ThatSomebodyHasTakenItOnIsToldToWhoKnowsOfItAndWantsUpdates) {
  handle("open", TransitionState::kOpened);
  take();
  acknowledge();

  EXPECT_THAT(take(), ElementsAre("slack", "log", "pager update_not_wanted"));
}

// A fallback may have told of the incident where routing did not.
TEST_F(RouteCommandTest, ACommandOpensNothingAndIsAnsweredWhereItWasAsked) {
  acknowledge();
  handle("silence", TransitionState::kUpdated, CommandAction::kSilence);

  EXPECT_THAT(take(), ElementsAre("slack", "slack"));
}

TEST_F(RouteCommandTest, NobodyIsRemindedOfWhatSomebodyHasTakenOn) {
  handle("open", TransitionState::kOpened);
  take();
  stage.advance(hours(5));
  EXPECT_THAT(take(), ElementsAre("slack!"));
  acknowledge();
  take();
  stage.advance(hours(24));
  EXPECT_THAT(take(), IsEmpty());

  taken.reset();
  handle("again", TransitionState::kReopened);
  take();
  stage.advance(hours(5));
  EXPECT_THAT(take(), ElementsAre("slack!"));
}

}  // namespace
}  // namespace sinks
