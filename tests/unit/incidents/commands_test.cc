// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "incidents/keeper.h"
#include "schemas/topics.h"
#include "schemas/transition.h"
#include "tests/fakes/fake_stage.h"

namespace incidents {
namespace {

using schemas::Command;
using schemas::CommandAction;
using schemas::Transition;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct CommandsTest : testing::Test {
  CommandsTest() {
    keeper.expect_commands(true);
    finding.title = "Pod crash looping";
    finding.severity = schemas::Severity::kHigh;
    finding.source = schemas::FindingSource::kPrometheus;
    finding.subject.labels = {{"alertname", "KubePodCrashLooping"}};
    finding.member = "a";
    finding.incident.key = "key";
    finding.enrichments = {{"text", "", "", {schemas::MarkdownBlock{"evidence"}}}};
  }

  void give(schemas::FindingState state = schemas::FindingState::kFiring) {
    finding.id = "finding-" + std::to_string(++made);
    finding.state = state;
    ASSERT_TRUE(stage.handle(std::string(schemas::topics::kFindings), "key", encode(finding)));
  }
  Command command(CommandAction action, const std::string& id) {
    return {.id = id,
            .action = action,
            .hours = action == CommandAction::kSilence ? 4 : 0,
            .sink = "main",
            .incident_key = "key",
            .incident_id = transitions().front().incident.id,
            .by = "<@U1>",
            .by_name = "ann",
            .at = clock.now()};
  }
  void ask(const Command& asked) {
    ASSERT_TRUE(stage.handle(std::string(schemas::topics::kCommands), "key", encode(asked)));
  }
  void ask(CommandAction action, const std::string& id) { ask(command(action, id)); }
  std::vector<Transition> transitions() {
    std::vector<Transition> found;
    for (const auto& record : stage.emitted) found.push_back(schemas::decode_transition(record.value).value());
    return found;
  }
  std::vector<std::string> causes() {
    std::vector<std::string> found;
    for (const auto& transition : transitions()) found.push_back(transition.cause);
    return found;
  }
  double counted(const std::string& action, const std::string& outcome) {
    return metrics
        .counter("tocsin_incident_commands_total", "What people asked of incidents, by what came of it.",
                 {{"action", action}, {"outcome", outcome}})
        .Value();
  }

  base::ManualClock clock{base::Time(std::chrono::hours(24 * 20000))};
  base::Metrics metrics;
  Keeper keeper{KeeperOptions{}, metrics};
  fakes::FakeStage stage{keeper, clock};
  schemas::Finding finding;
  int made = 0;
};

TEST_F(CommandsTest, SomebodyTakesAnIncidentOnUntilItsEnd) {
  give();
  stage.advance(minutes(1));
  ask(CommandAction::kAcknowledge, "c1");
  give();
  give(schemas::FindingState::kResolved);

  EXPECT_THAT(causes(), ElementsAre("first_finding", "acknowledged", "new_evidence", "last_member_resolved"));
  auto told = transitions();
  EXPECT_FALSE(told[0].incident.acknowledged);
  ASSERT_TRUE(told[1].incident.acknowledged);
  EXPECT_EQ(told[1].incident.acknowledged->by, "<@U1>");
  EXPECT_EQ(told[1].incident.acknowledged->sink, "main");
  EXPECT_EQ(told[1].incident.acknowledged->at, base::Time(std::chrono::hours(24 * 20000)) + minutes(1));
  EXPECT_EQ(told[1].incident.count, 1) << "it is no finding";
  EXPECT_EQ(told[1].finding.id, "finding-1");
  EXPECT_THAT(told[1].finding.enrichments, IsEmpty());
  EXPECT_EQ(told[3].incident.acknowledged, told[1].incident.acknowledged);
}

TEST_F(CommandsTest, OpeningAgainItIsNobodysAgain) {
  give();
  ask(CommandAction::kAcknowledge, "c1");
  give(schemas::FindingState::kResolved);
  stage.advance(minutes(1));
  give();

  EXPECT_EQ(transitions().back().cause, "fired_again");
  EXPECT_FALSE(transitions().back().incident.acknowledged);
}

TEST_F(CommandsTest, WhatComesTwiceIsDoneOnce) {
  give();
  ask(CommandAction::kSilence, "c1");
  ask(CommandAction::kSilence, "c1");
  ask(CommandAction::kAcknowledge, "c2");
  ask(CommandAction::kAcknowledge, "c3");

  EXPECT_THAT(causes(), ElementsAre("first_finding", "silence_asked", "acknowledged"));
  EXPECT_EQ(transitions()[1].command, command(CommandAction::kSilence, "c1"));
  EXPECT_TRUE(is_asked(transitions()[1]));
  EXPECT_FALSE(is_asked(transitions()[2]));
  EXPECT_EQ(counted("silence", "repeated"), 1);
  EXPECT_EQ(counted("acknowledge", "acknowledged_before"), 1);
}

TEST_F(CommandsTest, ACrashInBetweenDoesItOnce) {
  give();
  stage.crash_next();
  ask(CommandAction::kAcknowledge, "c1");

  EXPECT_THAT(causes(), ElementsAre("first_finding", "acknowledged"));
}

TEST_F(CommandsTest, WhatIsOverIsAnsweredAndWhatIsUnknownIsDropped) {
  give();
  auto stranger = command(CommandAction::kAcknowledge, "c1");
  stranger.incident_id = "another";
  ask(stranger);
  give(schemas::FindingState::kResolved);
  ask(CommandAction::kAcknowledge, "c2");
  ask(CommandAction::kSilence, "c3");
  stage.advance(std::chrono::hours(1));
  ask(CommandAction::kAcknowledge, "c4");

  EXPECT_THAT(causes(), ElementsAre("first_finding", "last_member_resolved", "asked_too_late", "asked_too_late"));
  for (std::size_t i : {2, 3}) {
    EXPECT_TRUE(is_asked(transitions()[i])) << "of the incident there is nothing new";
    EXPECT_FALSE(transitions()[i].incident.open);
    EXPECT_FALSE(transitions()[i].incident.acknowledged);
  }
  EXPECT_EQ(counted("acknowledge", "not_known"), 2);
  EXPECT_EQ(counted("acknowledge", "asked_too_late"), 1);
  EXPECT_EQ(counted("silence", "asked_too_late"), 1);
  EXPECT_EQ(stage.state_size(), 0U) << "nothing is kept of what is over";
}

TEST_F(CommandsTest, WhereNoneAreExpectedNothingIsKeptForThem) {
  keeper.expect_commands(false);
  give();
  ask(CommandAction::kAcknowledge, "c1");

  EXPECT_THAT(transitions(), SizeIs(1));
  EXPECT_EQ(stage.key("key")->state.size(), 1U);
  EXPECT_EQ(counted("acknowledge", "not_known"), 1);
}

TEST_F(CommandsTest, WhatCannotBeReadCountsForNoEvent) {
  give();
  auto before = stage.counters;
  EXPECT_FALSE(stage.handle(std::string(schemas::topics::kCommands), "key", "{}"));

  EXPECT_EQ(stage.counters, before);
}

}  // namespace
}  // namespace incidents
