// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/topics.h"
#include "sinks/delivery/removed_sink.h"
#include "sinks/delivery/worker.h"
#include "tests/fakes/fake_sink.h"
#include "tests/fakes/fake_stage.h"

namespace sinks {
namespace {

using schemas::Severity;
using schemas::TransitionState;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

// A sink that is told of ends that have lasted for a minute.
struct HoldDownTest : testing::Test {
  HoldDownTest() {
    auto made = std::make_unique<fakes::FakeSink>();
    sink = made.get();
    worker = std::make_unique<DeliveryWorker>(
        DeliveryOptions{.sink = "pager", .stable_for = minutes(1)}, std::move(made),
        DeliveryDeps{.clock = clock, .rng = rng, .metrics = metrics, .health = health, .executor = own.get_executor()});
    stage = std::make_unique<fakes::FakeStage>(*worker, clock);
  }

  void deliver(const std::string& id, TransitionState state, Severity severity = Severity::kHigh,
               seconds held_before = {}, bool inferred = false) {
    ASSERT_TRUE(stage->handle("deliveries.pager", "key", record(id, state, severity, held_before, inferred)));
  }
  std::string record(const std::string& id, TransitionState state, Severity severity, seconds held_before,
                     bool inferred) {
    schemas::Delivery made{.id = "d-" + id, .sink = "pager", .created = clock.now()};
    made.transition.id = id;
    made.transition.state = state;
    made.transition.cause = state == TransitionState::kReopened ? "fired_again" : "whatever";
    made.transition.at = clock.now();
    made.transition.incident.id = "i";
    made.transition.incident.severity = severity;
    made.transition.incident.open = state != TransitionState::kResolved;
    made.transition.incident.inferred_end = inferred;
    made.transition.incident.opened = made.transition.incident.last_seen = clock.now();
    made.transition.finding.created = clock.now();
    made.transition.finding.hold_down = held_before;
    return schemas::encode(made);
  }
  std::vector<std::string> receipts() const {
    std::vector<std::string> found;
    for (const auto& emitted : stage->emitted) {
      if (emitted.topic != schemas::topics::kReceipts) continue;
      auto receipt = schemas::decode_receipt(emitted.value).value();
      found.push_back(receipt.transition_id + " " + (receipt.reason.empty() ? "told" : receipt.reason));
    }
    return found;
  }

  base::ManualClock clock{base::Time(std::chrono::hours(24 * 20'000))};
  base::Rng rng{7};
  base::Metrics metrics;
  HealthBoard health;
  boost::asio::io_context own;
  fakes::FakeSink* sink;
  std::unique_ptr<DeliveryWorker> worker;
  std::unique_ptr<fakes::FakeStage> stage;
};

TEST_F(HoldDownTest, TellsAnEndWhenItHasLasted) {
  deliver("open", TransitionState::kOpened);
  deliver("end", TransitionState::kResolved);
  stage->advance(seconds(59));
  EXPECT_THAT(sink->sent(), ElementsAre("open"));

  stage->advance(seconds(1));

  EXPECT_THAT(sink->sent(), ElementsAre("open", "end"));
  EXPECT_THAT(receipts(), ElementsAre("open told", "end told"));
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(HoldDownTest, TellsNothingOfFlapping) {
  deliver("open", TransitionState::kOpened);
  for (int i = 0; i < 60; ++i) {
    deliver("end" + std::to_string(i), TransitionState::kResolved);
    stage->advance(seconds(30));
    deliver("again" + std::to_string(i), TransitionState::kReopened);
    stage->advance(seconds(30));
  }
  deliver("end", TransitionState::kResolved);
  stage->advance(minutes(1));

  EXPECT_THAT(sink->sent(), ElementsAre("open", "end"));
  EXPECT_EQ(receipts().size(), 122u);
  EXPECT_EQ(stage->counters["deliveries/suppressed/pager/flapped"], 120);
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(HoldDownTest, TellsTheLastOfTwoEnds) {
  deliver("open", TransitionState::kOpened);
  deliver("end1", TransitionState::kResolved);
  deliver("end2", TransitionState::kResolved);
  stage->advance(minutes(1));

  EXPECT_THAT(receipts(), ElementsAre("open told", "end1 superseded", "end2 told"));
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(HoldDownTest, TellsWhatFiresAgainWorse) {
  deliver("open", TransitionState::kOpened);
  deliver("end", TransitionState::kResolved);
  deliver("again", TransitionState::kReopened, Severity::kCritical);
  stage->advance(minutes(5));

  EXPECT_THAT(receipts(), ElementsAre("open told", "end flapped", "again told"));
}

TEST_F(HoldDownTest, TellsWhatFiresAgainAfterItsEndWasTold) {
  deliver("open", TransitionState::kOpened);
  deliver("end", TransitionState::kResolved);
  stage->advance(minutes(1));
  deliver("again", TransitionState::kReopened);

  EXPECT_THAT(sink->sent(), ElementsAre("open", "end", "again"));
}

TEST_F(HoldDownTest, CountsWhatTheIncidentHasWaitedAlready) {
  deliver("held", TransitionState::kResolved, Severity::kHigh, seconds(40));
  deliver("quiet", TransitionState::kResolved, Severity::kHigh, {}, true);
  EXPECT_THAT(sink->sent(), ElementsAre("quiet"));
  stage->advance(seconds(20));

  EXPECT_THAT(sink->sent(), ElementsAre("quiet", "held"));
}

TEST_F(HoldDownTest, TriesAgainWhatCouldNotBeTold) {
  sink->next_failures = {base::passing(base::Reason::kUnavailable, "503")};
  deliver("end", TransitionState::kResolved);
  stage->advance(minutes(3));
  EXPECT_THAT(receipts(), ElementsAre("end told"));

  sink->failure = base::permanent(base::Reason::kNotFound, "404");
  deliver("end2", TransitionState::kResolved);
  stage->advance(minutes(3));

  EXPECT_THAT(receipts(), ElementsAre("end told", "end2 not_found"));
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(HoldDownTest, SaysThatAProcessBeforeMayHaveToldTheEnd) {
  deliver("end", TransitionState::kResolved);
  stage->owned_from = clock.now() + minutes(2);

  stage->advance(minutes(3));

  EXPECT_THAT(sink->maybe_sent(), ElementsAre(true));
}

TEST_F(HoldDownTest, EndsWithItsSink) {
  deliver("end", TransitionState::kResolved);
  RemovedSink removed("pager");
  fakes::FakeTransaction txn = *stage->key("key");

  ASSERT_TRUE(fakes::FakeStage::run(removed.on_timer({}, txn)));

  EXPECT_EQ(txn.counters["deliveries/suppressed/pager/sink_removed"], 1);
  EXPECT_TRUE(txn.state.empty());
}

}  // namespace
}  // namespace sinks
