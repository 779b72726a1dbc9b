// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/late_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/playbooks/running_worker.h"

using fakes::alert;
using fakes::gate;
using fakes::resolved;
using fakes::RunningWorker;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace {

const schemas::Alert kCrash = alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}});

schemas::Alert crash_of(int pod) {
  return alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-" + std::to_string(pod)}});
}

std::string config(const std::string& actions, const std::string& settings = "", const std::string& trigger = "{}") {
  return "playbooks: {action_deadline: 0.1" + settings +
         "}\nactive_playbooks:\n- {name: P, triggers: [on_prometheus_alert: " + trigger + "], actions: [" + actions +
         "]}\n";
}

struct LateEvidence : testing::Test {
  LateEvidence() {
    gate().is_open = false;
    gate().passed = 0;
  }
};

TEST_F(LateEvidence, FollowsTheFindingThatCouldNotWaitForIt) {
  RunningWorker worker(config("note: {text: a}, gate: {text: b, title: other, aggregation_key: other}"));
  worker.send(kCrash);
  worker.advance(seconds(2));
  ASSERT_THAT(worker.findings(), SizeIs(1));
  auto first = worker.last();
  ASSERT_THAT(first.missing, SizeIs(1));
  EXPECT_EQ(first.missing[0].action, "gate");
  EXPECT_EQ(first.missing[0].message, "was not ready after 100ms; what comes of it within 2m follows");

  gate().is_open = true;
  worker.wait_at_gate(1);
  worker.advance(seconds(2));

  ASSERT_THAT(worker.findings(), SizeIs(2));
  auto late = worker.last();
  EXPECT_EQ(late.follows, first.id);
  EXPECT_EQ(late.event_id, "");
  EXPECT_EQ(late.title, first.title);
  EXPECT_EQ(late.incident, first.incident);
  EXPECT_EQ(late.member, first.member);
  ASSERT_THAT(late.enrichments, SizeIs(1));
  EXPECT_EQ(late.enrichments[0].title, "b");
  EXPECT_THAT(late.missing, IsEmpty());
  EXPECT_THAT(worker.metrics(), HasSubstr(R"(tocsin_late_actions_total{action="gate",outcome="followed"} 1)"));
  EXPECT_EQ(worker.stage.timer_count(), 1U);  // Of what is remembered of the alert.
}

TEST_F(LateEvidence, IsAskedForAgainAfterACrashAndToldAsTheSame) {
  RunningWorker crashed(config("gate: {text: b}"));
  crashed.send(kCrash);
  RunningWorker next(config("gate: {text: b}"));
  next.clock.advance_to(crashed.clock.now());
  next.stage.take_over(crashed.stage);
  next.advance(seconds(2));
  EXPECT_THAT(next.findings(), IsEmpty());

  gate().is_open = true;
  crashed.wait_at_gate(2);
  next.wait_at_gate(2);
  next.advance(seconds(2));
  crashed.advance(seconds(4));

  ASSERT_THAT(next.findings(), SizeIs(1));
  EXPECT_EQ(next.last().follows, crashed.findings()[0].id);
  ASSERT_THAT(crashed.findings(), SizeIs(2));
  EXPECT_EQ(next.last().id, crashed.last().id);
  EXPECT_EQ(next.last().enrichments, crashed.last().enrichments);
}

TEST_F(LateEvidence, IsGivenUpAtTheLastDeadline) {
  RunningWorker worker(config("hang: {}", ", late_deadline: 30"));
  worker.send(kCrash);

  worker.advance(minutes(2));
  gate().is_open = true;
  worker.advance(minutes(2));

  EXPECT_THAT(worker.findings(), SizeIs(1));
  EXPECT_THAT(worker.metrics(), HasSubstr(R"(outcome="expired"} 1)"));
  EXPECT_EQ(worker.stage.timer_count(), 1U);
}

TEST_F(LateEvidence, IsAwaitedForSoManyActionsOnly) {
  RunningWorker worker(config("hang: {}"));
  for (int pod = 0; pod < 9; ++pod) worker.send(crash_of(pod));

  std::vector<std::string> said;
  for (const auto& finding : worker.findings()) {
    for (const auto& one : finding.missing) said.push_back(one.message);
  }
  ASSERT_THAT(said, SizeIs(9));
  EXPECT_THAT(said[7], HasSubstr("follows"));
  EXPECT_EQ(said[8], "took longer than 100ms and was cancelled");
  EXPECT_THAT(worker.metrics(), HasSubstr(R"(outcome="no_place"} 1)"));

  // Each that ends makes room.
  worker.advance(minutes(3));
  worker.send(crash_of(9));
  EXPECT_THAT(worker.last().missing[0].message, HasSubstr("follows"));
}

TEST_F(LateEvidence, IsAskedForOnceTheEventsDeadlineHasPassed) {
  RunningWorker worker(config("hang: {}, silence: {text: never}, gate: {text: b}", ", event_deadline: 0.1"));
  worker.send(kCrash);
  ASSERT_THAT(worker.last().missing, SizeIs(3));
  EXPECT_THAT(worker.last().missing[1].message, Not(HasSubstr("follows")));
  EXPECT_THAT(worker.last().missing[2].message, HasSubstr("before it ran; what comes of it"));

  gate().is_open = true;
  worker.wait_at_gate(1);
  worker.advance(seconds(2));

  ASSERT_THAT(worker.findings(), SizeIs(2));
  EXPECT_EQ(worker.last().enrichments[0].title, "b");
}

TEST_F(LateEvidence, IsNotAwaitedForWhatIsSilencedOrOver) {
  RunningWorker worker(config("hang: {}, silence: {text: x}", "", "{status: firing}"));
  for (int pod = 0; pod < 9; ++pod) worker.send(crash_of(pod));
  EXPECT_THAT(worker.findings(), IsEmpty());
  worker.replace(config("hang: {}", "", "{status: all}"));
  worker.send(resolved(kCrash));
  EXPECT_THAT(worker.last().missing[0].message, HasSubstr("cancelled"));

  auto other = crash_of(9);
  worker.send(other);
  EXPECT_THAT(worker.last().missing[0].message, HasSubstr("follows"));
}

TEST_F(LateEvidence, IsNotAwaitedWhereTheConfigurationSaysSo) {
  RunningWorker worker(config("hang: {}", ", late_deadline: 0"));
  worker.send(kCrash);

  EXPECT_EQ(worker.last().missing[0].message, "took longer than 100ms and was cancelled");
  EXPECT_EQ(worker.stage.timer_count(), 1U);
  EXPECT_THAT(worker.metrics(), Not(HasSubstr("tocsin_late_actions_total")));
}

TEST_F(LateEvidence, IsNotAwaitedOfAnEventTooLargeToBeKept) {
  RunningWorker worker(config("hang: {}"));
  auto large = kCrash;
  large.annotations["description"] = std::string(playbooks::LateEvidence::kLargestEvent, 'x');
  worker.send(large);

  EXPECT_EQ(worker.last().missing[0].message, "took longer than 100ms and was cancelled");
}

TEST_F(LateEvidence, TellsNothingMoreWhereTheActionFails) {
  RunningWorker worker(config("gate: {text: ''}"));
  worker.send(kCrash);
  gate().is_open = true;
  worker.wait_at_gate(1);
  worker.advance(seconds(2));

  EXPECT_THAT(worker.findings(), SizeIs(1));
  EXPECT_THAT(worker.metrics(), HasSubstr(R"(outcome="failed"} 1)"));
}

TEST_F(LateEvidence, IsGivenUpAfterACrashWhereTheActionIsNotConfiguredAnyMore) {
  RunningWorker crashed(config("gate: {text: b}"));
  crashed.send(kCrash);
  RunningWorker next(config("note: {}"));
  next.clock.advance_to(crashed.clock.now());
  next.stage.take_over(crashed.stage);
  next.advance(seconds(2));

  EXPECT_THAT(next.findings(), IsEmpty());
  EXPECT_THAT(next.metrics(), HasSubstr(R"(outcome="gone"} 1)"));
  EXPECT_EQ(next.stage.timer_count(), 1U);
}

TEST_F(LateEvidence, DropsATimerThatCantBeRead) {
  EXPECT_FALSE(playbooks::decode_late_evidence("{}"));
  EXPECT_FALSE(playbooks::decode_late_evidence("nonsense"));
}

}  // namespace
