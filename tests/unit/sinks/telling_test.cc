// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/telling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sinks/delivery/worker.h"
#include "tests/fakes/fake_sink.h"
#include "tests/fakes/fake_stage.h"

namespace sinks {
namespace {

using schemas::TransitionState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

const base::Time kNow = base::Time(hours(24 * 20'000));

// A sink with a pace of its own.
struct PaceTest : testing::Test {
  void make(Pace pace) {
    auto made = std::make_unique<fakes::FakeSink>();
    sink = made.get();
    worker = std::make_unique<DeliveryWorker>(DeliveryOptions{.sink = "chat", .pace = pace}, std::move(made),
                                              DeliveryDeps{clock, rng, metrics, health, own.get_executor()});
    stage = std::make_unique<fakes::FakeStage>(*worker, clock);
  }

  void deliver(const std::string& id, const std::string& cause, bool evidence = false,
               TransitionState state = TransitionState::kUpdated) {
    schemas::Delivery made{.id = "d-" + id, .sink = "chat", .created = clock.now()};
    made.opening = state == TransitionState::kOpened;
    made.transition.id = id;
    made.transition.state = state;
    made.transition.cause = cause;
    made.transition.at = clock.now();
    made.transition.incident.id = "i";
    made.transition.incident.opened = made.transition.incident.last_seen = clock.now();
    made.transition.finding.created = clock.now();
    if (evidence) made.transition.finding.enrichments = {{.type = "text", .title = "", .action = "", .blocks = {}}};
    ASSERT_TRUE(stage->handle("deliveries.chat", "incident", schemas::encode(made)));
  }
  void open() { deliver("open", "first_finding", true, TransitionState::kOpened); }
  std::int64_t suppressed(const std::string& reason) { return stage->counters["deliveries/suppressed/chat/" + reason]; }

  base::ManualClock clock{kNow};
  base::Rng rng{7};
  base::Metrics metrics;
  HealthBoard health;
  boost::asio::io_context own;
  fakes::FakeSink* sink = nullptr;
  std::unique_ptr<DeliveryWorker> worker;
  std::unique_ptr<fakes::FakeStage> stage;
};

TEST_F(PaceTest, HasTheNewestRepeatWaitForTheInterval) {
  make({.update_interval = seconds(30)});
  open();
  for (int i = 0; i < 10; ++i) {
    deliver("r" + std::to_string(i), "repeat");
    stage->advance(seconds(1));
  }
  EXPECT_THAT(sink->sent(), ElementsAre("open"));

  stage->advance(seconds(20));

  EXPECT_THAT(sink->sent(), ElementsAre("open", "r9"));
  EXPECT_EQ(suppressed("superseded"), 9);
}

TEST_F(PaceTest, HasEvidenceAndTheEndPassARepeatThatWaits) {
  make({.update_interval = seconds(30)});
  open();
  deliver("r1", "repeat");
  deliver("news", "new_evidence", true);
  deliver("r2", "repeat");
  deliver("end", "last_member_resolved", false, TransitionState::kResolved);

  EXPECT_THAT(sink->sent(), ElementsAre("open", "news", "end"));
  EXPECT_EQ(suppressed("superseded"), 2);
  stage->advance(minutes(5));
  EXPECT_EQ(sink->sent().size(), 3u);
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(PaceTest, NeverDropsEvidenceForARepeat) {
  make({});
  sink->next_failures = {base::passing(base::Reason::kUnavailable, "503")};
  open();
  deliver("e1", "new_evidence", true);
  deliver("r1", "repeat");
  deliver("r2", "repeat");

  stage->advance(minutes(5));

  EXPECT_THAT(sink->sent(), ElementsAre("open", "e1", "r2"));
  EXPECT_EQ(suppressed("superseded"), 1);
}

TEST_F(PaceTest, OnlyCountsWhatIsMoreThanTheEvidenceWanted) {
  make({.update_interval = minutes(1), .evidence_updates = 2});
  open();
  for (int i = 0; i < 5; ++i) deliver("e" + std::to_string(i), "new_evidence", true);
  deliver("worse", "severity_rise", true);

  EXPECT_THAT(sink->sent(), ElementsAre("open", "e0", "e1", "worse"));
  EXPECT_EQ(suppressed("superseded"), 3);
}

TEST_F(PaceTest, DropsItWhereOnlyChangesAreWanted) {
  make({.evidence_updates = 1, .only_changes = true});
  open();
  for (int i = 0; i < 3; ++i) deliver("e" + std::to_string(i), "new_member", true);

  EXPECT_THAT(sink->sent(), ElementsAre("open", "e0"));
  EXPECT_EQ(suppressed("evidence_limit"), 2);
}

TEST_F(PaceTest, AlwaysTellsAnAnalysisAndEvidenceThatCameLate) {
  for (bool is_analysis : {true, false}) {
    schemas::Delivery delivery;
    delivery.transition.state = TransitionState::kUpdated;
    delivery.transition.cause = "new_evidence";
    if (is_analysis) {
      delivery.transition.finding.type = schemas::FindingType::kAiAnalysis;
    } else {
      delivery.transition.finding.follows = "f1";
    }
    delivery.transition.finding.enrichments.resize(1);

    auto verdict =
        judge(delivery, {.last = kNow, .evidence = 9}, {.update_interval = hours(1), .evidence_updates = 1}, kNow);

    EXPECT_EQ(verdict.action, Verdict::Do::kSend);
    EXPECT_EQ(delivery.transition.finding.enrichments.size(), 1u);
  }
}

}  // namespace
}  // namespace sinks
