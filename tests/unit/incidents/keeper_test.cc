// SPDX-License-Identifier: Apache-2.0
#include "incidents/keeper.h"

#include <gtest/gtest.h>

#include "incidents/identity.h"
#include "schemas/topics.h"
#include "schemas/transition.h"
#include "tests/fakes/fake_stage.h"

namespace incidents {
namespace {

using schemas::Finding;
using schemas::FindingState;
using schemas::Severity;
using schemas::Transition;
using std::chrono::minutes;
using std::chrono::seconds;

// What was told, as "opened first_finding".
std::string said(const Transition& transition) {
  return std::string(to_string(transition.state)) + " " + transition.cause;
}

class KeeperTest : public testing::Test {
 protected:
  Finding finding(const std::string& member, FindingState state = FindingState::kFiring) {
    Finding made;
    made.id = "finding-" + std::to_string(++made_);
    made.event_id = "event-" + std::to_string(made_);
    made.title = "Pod crash looping";
    made.severity = Severity::kMedium;
    made.state = state;
    made.subject.kind = "deployment";
    made.subject.name = "cart";
    made.subject.name_space = "shop";
    made.aggregation_key = "KubePodCrashLooping";
    made.fingerprint = member;
    made.member = member;
    made.created = clock_.now();
    made.incident = identify("prod", made.subject, made.aggregation_key, made.fingerprint);
    return made;
  }
  Finding resolve(const std::string& member) { return finding(member, FindingState::kResolved); }

  // The transitions that the finding caused.
  std::vector<std::string> give(const Finding& made) {
    auto result = stage_.handle(std::string(schemas::topics::kFindings), made.incident.key, encode(made));
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return news();
  }
  std::vector<std::string> wait(base::Duration by) {
    stage_.advance(by);
    EXPECT_TRUE(stage_.timer_failures.empty());
    return news();
  }
  std::vector<std::string> news() {
    std::vector<std::string> heard;
    for (; read_ < stage_.emitted.size(); ++read_) {
      auto transition = schemas::decode_transition(stage_.emitted[read_].value);
      EXPECT_TRUE(transition.has_value()) << transition.error().message;
      EXPECT_EQ(stage_.emitted[read_].topic, "transitions");
      EXPECT_EQ(stage_.emitted[read_].key, transition.value().incident.identity.key);
      last_ = transition.value();
      heard.push_back(said(last_));
    }
    return heard;
  }
  std::int64_t counter(const std::string& name) const {
    auto found = stage_.counters.find("events/" + name);
    return found == stage_.counters.end() ? 0 : found->second;
  }

  using Said = std::vector<std::string>;

  base::ManualClock clock_{base::Time(std::chrono::hours(24 * 20000))};
  base::Metrics metrics_;
  Keeper keeper_{KeeperOptions{.reopen_window = minutes(15), .max_members = 3}, metrics_};
  fakes::FakeStage stage_{keeper_, clock_};
  Transition last_;

 private:
  int made_ = 0;
  std::size_t read_ = 0;
};

TEST_F(KeeperTest, OpensAtTheFirstFindingAndClosesWithItsResolve) {
  EXPECT_EQ(give(finding("a")), Said{"opened first_finding"});
  EXPECT_EQ(last_.incident.members, Said{"a"});
  EXPECT_EQ(last_.incident.title, "Pod crash looping");
  EXPECT_EQ(last_.incident.count, 1);
  EXPECT_TRUE(last_.incident.open);
  std::string id = last_.incident.id;
  wait(minutes(3));

  EXPECT_EQ(give(resolve("a")), Said{"resolved last_member_resolved"});
  EXPECT_EQ(last_.incident.id, id);
  EXPECT_FALSE(last_.incident.open);
  EXPECT_EQ(last_.incident.resolved, clock_.now());
  EXPECT_EQ(last_.incident.resolved.value() - last_.incident.opened, minutes(3));
  EXPECT_FALSE(last_.incident.inferred_end);
  EXPECT_TRUE(last_.incident.members.empty());
}

TEST_F(KeeperTest, KeepsTwoUnrelatedAlertsWithoutASubjectApart) {
  Finding one = finding("a");
  Finding other = finding("b");
  for (Finding* made : {&one, &other}) {
    made->subject = {};
    made->incident = identify("prod", made->subject, made->aggregation_key, made->fingerprint);
  }

  EXPECT_EQ(give(one), Said{"opened first_finding"});
  std::string id = last_.incident.id;
  EXPECT_EQ(give(other), Said{"opened first_finding"});
  EXPECT_NE(last_.incident.id, id);
}

TEST_F(KeeperTest, MakesThreeReplicasOfOneDeploymentOne) {
  int opened = 0;
  for (const char* pod : {"cart-7d9f8b6c5-x2k4p", "cart-7d9f8b6c5-9wqzt", "cart-7d9f8b6c5-b4c5d"}) {
    Finding made = finding(pod);
    made.subject.kind = "pod";
    made.subject.name = pod;
    made.incident = identify("prod", made.subject, made.aggregation_key, made.fingerprint);
    opened += give(made) == Said{"opened first_finding"} ? 1 : 0;
  }

  EXPECT_EQ(opened, 1);
  EXPECT_EQ(last_.incident.members.size(), 3U);
  EXPECT_EQ(said(last_), "updated new_member");
}

TEST_F(KeeperTest, StaysOpenWhenTheFirstOfTwoMembersResolves) {
  give(finding("a"));
  EXPECT_EQ(give(finding("b")), Said{"updated new_member"});

  EXPECT_EQ(give(resolve("a")), Said{"updated member_resolved"});
  EXPECT_TRUE(last_.incident.open);
  EXPECT_EQ(last_.incident.members, Said{"b"});
  EXPECT_EQ(give(resolve("b")), Said{"resolved last_member_resolved"});
}

TEST_F(KeeperTest, CountsARepeatAndTellsItWithItsNewAnnotations) {
  give(finding("a"));
  wait(minutes(30));
  Finding again = finding("a");
  again.repeat = true;
  again.subject.annotations["summary"] = "still so";

  EXPECT_EQ(give(again), Said{"updated repeat"});
  EXPECT_EQ(last_.incident.count, 2);
  EXPECT_EQ(last_.incident.last_seen, clock_.now());
  EXPECT_EQ(last_.finding.subject.annotations.at("summary"), "still so");
  EXPECT_EQ(counter("in_incident/repeat"), 1);
}

TEST_F(KeeperTest, TellsNewEvidenceOfAMember) {
  give(finding("a"));

  EXPECT_EQ(give(finding("a")), Said{"updated new_evidence"});
}

TEST_F(KeeperTest, RemembersTheWorstSeverity) {
  give(finding("a"));
  Finding worse = finding("b");
  worse.severity = Severity::kCritical;

  EXPECT_EQ(give(worse), Said{"updated severity_rise"});
  EXPECT_EQ(last_.incident.severity, Severity::kCritical);
  EXPECT_EQ(give(finding("a")), Said{"updated new_evidence"});
  EXPECT_EQ(last_.incident.severity, Severity::kCritical);
  EXPECT_EQ(last_.incident.members, (Said{"a", "b"}));
}

TEST_F(KeeperTest, HoldsTheLastResolveForItsHoldDown) {
  give(finding("a"));
  Finding end = resolve("a");
  end.hold_down = minutes(2);

  EXPECT_EQ(give(end), Said{});
  EXPECT_EQ(wait(minutes(1)), Said{});
  EXPECT_EQ(wait(minutes(1)), Said{"resolved last_member_resolved"});
  EXPECT_EQ(last_.finding.id, end.id);
}

TEST_F(KeeperTest, TellsNoFlapWithinTheHoldDown) {
  give(finding("a"));
  for (int flap = 0; flap < 5; ++flap) {
    Finding end = resolve("a");
    end.hold_down = minutes(2);
    EXPECT_EQ(give(end), Said{});
    EXPECT_EQ(wait(seconds(90)), Said{});
    EXPECT_EQ(give(finding("a")), Said{});
    EXPECT_EQ(wait(minutes(10)), Said{});
  }

  EXPECT_EQ(give(resolve("a")), Said{"resolved last_member_resolved"});
  EXPECT_EQ(last_.incident.count, 6);
  EXPECT_EQ(counter("in_incident/flap"), 5);
  EXPECT_EQ(counter("in_incident/holding"), 5);
}

TEST_F(KeeperTest, TellsASeverityRiseWithinTheHoldDown) {
  give(finding("a"));
  Finding end = resolve("a");
  end.hold_down = minutes(2);
  give(end);
  Finding worse = finding("a");
  worse.severity = Severity::kHigh;

  EXPECT_EQ(give(worse), Said{"updated severity_rise"});
  EXPECT_EQ(wait(minutes(5)), Said{});
}

TEST_F(KeeperTest, TakesANewMemberWithinTheHoldDownInPlaceOfTheResolvedOne) {
  give(finding("a"));
  Finding end = resolve("a");
  end.hold_down = minutes(2);
  give(end);

  EXPECT_EQ(give(finding("b")), Said{"updated new_member"});
  EXPECT_EQ(last_.incident.members, Said{"b"});
}

TEST_F(KeeperTest, ReopensAsItselfWithinTheWindow) {
  give(finding("a"));
  std::string id = last_.incident.id;
  give(resolve("a"));
  wait(minutes(14));

  EXPECT_EQ(give(finding("a")), Said{"reopened fired_again"});
  EXPECT_EQ(last_.incident.id, id);
  EXPECT_TRUE(last_.incident.open);
  EXPECT_EQ(last_.incident.resolved, std::nullopt);
  EXPECT_EQ(wait(minutes(60)), Said{});
  EXPECT_EQ(give(resolve("a")), Said{"resolved last_member_resolved"});
}

TEST_F(KeeperTest, OpensANewIncidentAfterTheWindowAndKeepsNothingTillThen) {
  give(finding("a"));
  std::string id = last_.incident.id;
  give(resolve("a"));
  wait(minutes(15));
  EXPECT_EQ(stage_.state_size(), 0U);

  EXPECT_EQ(give(finding("a")), Said{"opened first_finding"});
  EXPECT_NE(last_.incident.id, id);
}

TEST_F(KeeperTest, ClosesByQuietTimeWhatHasNoEndSignal) {
  Finding made = finding("a");
  made.quiet_time = minutes(15);
  made.enrichments = {{"text", "", "", {schemas::MarkdownBlock{"evidence"}}}};
  give(made);
  wait(minutes(10));
  Finding again = finding("a");
  again.quiet_time = minutes(15);
  give(again);

  EXPECT_EQ(wait(minutes(14)), Said{});
  EXPECT_EQ(wait(minutes(1)), Said{"resolved quiet_time"});
  EXPECT_TRUE(last_.incident.inferred_end);
  EXPECT_EQ(last_.finding.id, again.id);
  EXPECT_TRUE(last_.finding.enrichments.empty());
}

TEST_F(KeeperTest, LetsSilenceEndOnlyTheMembersWithoutAnEndSignal) {
  give(finding("alert"));
  Finding made = finding("pod");
  made.quiet_time = minutes(15);
  give(made);

  EXPECT_EQ(wait(minutes(20)), Said{"updated quiet_time"});
  EXPECT_EQ(last_.incident.members, Said{"alert"});
  EXPECT_EQ(wait(std::chrono::hours(24)), Said{});
  EXPECT_EQ(give(resolve("alert")), Said{"resolved last_member_resolved"});
  EXPECT_FALSE(last_.incident.inferred_end);
}

TEST_F(KeeperTest, CountsAResolveWithoutAnIncidentAndKeepsNothing) {
  EXPECT_EQ(give(resolve("a")), Said{});
  EXPECT_EQ(counter("matched_nothing/no_open_incident"), 1);
  EXPECT_EQ(stage_.state_size(), 0U);

  give(finding("a"));
  EXPECT_EQ(give(resolve("b")), Said{});
  EXPECT_EQ(counter("in_incident/member_not_open"), 1);
  EXPECT_EQ(give(resolve("a")), Said{"resolved last_member_resolved"});
  EXPECT_EQ(give(resolve("a")), Said{});
  EXPECT_EQ(counter("matched_nothing/no_open_incident"), 2);
}

TEST_F(KeeperTest, ChangesNothingWhenItReadsAFindingAgain) {
  Finding first = finding("a");
  Finding second = finding("b");
  Finding end = resolve("a");
  for (const Finding* made : {&first, &second, &end}) EXPECT_EQ(give(*made).size(), 1U);
  auto counters = stage_.counters;

  for (const Finding* made : {&first, &second, &end}) EXPECT_EQ(give(*made), Said{});

  EXPECT_EQ(stage_.counters, counters);
  EXPECT_EQ(give(resolve("b")), Said{"resolved last_member_resolved"});
}

TEST_F(KeeperTest, TellsOnceWhatACrashMadeItHandleTwice) {
  stage_.crash_next();
  EXPECT_EQ(give(finding("a")), Said{"opened first_finding"});
  stage_.crash_next();
  EXPECT_EQ(give(resolve("a")), Said{"resolved last_member_resolved"});
  EXPECT_EQ(last_.incident.count, 1);
  EXPECT_EQ(counter("in_incident/first_finding"), 1);
  EXPECT_EQ(counter("in_incident/last_member_resolved"), 1);
}

TEST_F(KeeperTest, DerivesTheSameIdsWhenTheStateOfACrashIsLost) {
  Finding made = finding("a");
  give(made);
  Transition before = last_;
  fakes::FakeStage again(keeper_, clock_);

  ASSERT_TRUE(again.handle("findings", made.incident.key, encode(made)).has_value());

  Transition after = schemas::decode_transition(again.emitted.at(0).value).value();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.incident.id, before.incident.id);
}

TEST_F(KeeperTest, ListsMembersToABoundAndCountsTheRest) {
  for (const char* member : {"a", "b", "c", "d", "e"}) give(finding(member));
  EXPECT_EQ(last_.incident.members.size(), 3U);
  EXPECT_EQ(last_.incident.members_not_listed, 2);

  for (const char* member : {"a", "e", "b", "d"}) EXPECT_EQ(give(resolve(member)), Said{"updated member_resolved"});
  EXPECT_EQ(give(resolve("c")), Said{"resolved last_member_resolved"});
}

TEST_F(KeeperTest, ClosesBySilenceWhenAResolveOfACountedMemberIsLost) {
  for (const char* member : {"a", "b", "c", "d"}) give(finding(member));
  for (const char* member : {"a", "b", "c"}) give(resolve(member));
  EXPECT_TRUE(last_.incident.open);

  EXPECT_EQ(wait(minutes(15)), Said{"resolved quiet_time"});
  EXPECT_TRUE(last_.incident.inferred_end);
}

TEST_F(KeeperTest, AddsAnAnalysisWithoutOpeningAnything) {
  Finding analysis = finding("a");
  analysis.type = schemas::FindingType::kAiAnalysis;
  analysis.event_id.clear();
  EXPECT_EQ(give(analysis), Said{});
  give(finding("a"));
  give(resolve("a"));
  analysis.id = "analysis-2";

  EXPECT_EQ(give(analysis), Said{"updated new_evidence"});
  EXPECT_FALSE(last_.incident.open);
  EXPECT_EQ(last_.incident.count, 1);
}

TEST_F(KeeperTest, AddsEvidenceThatCameLateAndChangesNothingElse) {
  Finding first = finding("a");
  give(first);
  auto before = last_.incident;
  auto counted = stage_.counters;
  Finding late = first;
  late.id = "late";
  late.follows = first.id;
  late.event_id.clear();
  late.severity = Severity::kCritical;
  late.member = "b";

  EXPECT_EQ(give(late), Said{"updated new_evidence"});
  EXPECT_EQ(last_.incident, before);
  EXPECT_EQ(last_.finding.follows, first.id);
  EXPECT_EQ(stage_.counters, counted);
  EXPECT_EQ(give(late), Said{});
}

TEST_F(KeeperTest, AddsLateEvidenceToWhatIsOverAndOpensNothingWithIt) {
  Finding late = finding("a");
  late.event_id.clear();
  late.follows = "finding-0";
  EXPECT_EQ(give(late), Said{});
  give(finding("a"));
  give(resolve("a"));
  late.id = "late-2";

  EXPECT_EQ(give(late), Said{"updated new_evidence"});
  EXPECT_FALSE(last_.incident.open);
  wait(minutes(15));
  late.id = "late-3";
  EXPECT_EQ(give(late), Said{});
}

TEST_F(KeeperTest, CountsEachEventOnce) {
  for (int i = 0; i < 3; ++i) give(finding("a"));
  give(resolve("a"));
  give(resolve("a"));
  Finding late = finding("a");
  late.event_id.clear();
  give(late);

  std::int64_t counted = 0;
  for (const auto& [name, by] : stage_.counters) counted += by;
  EXPECT_EQ(counted, 5);
}

TEST_F(KeeperTest, DeadLettersWhatIsNoFinding) {
  auto result = stage_.handle("findings", "key", R"({"schema":"tocsin.finding/2"})");

  ASSERT_FALSE(result.has_value());
  EXPECT_TRUE(result.error().retry.is_never());
  EXPECT_EQ(counter("dead_lettered/bad_request"), 1);
}

TEST_F(KeeperTest, RefusesAStateThatItCannotRead) {
  Finding made = finding("a");
  fakes::FakeTransaction txn(made.incident.key, clock_.now());
  txn.put("incident", "state", R"({"schema":"tocsin.incident_state/9"})");
  bus::Record record{"findings", 0, 0, clock_.now(), made.incident.key, encode(made), 1};

  base::Result<void> result = fakes::FakeStage::run(keeper_.on_record(record, txn));

  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find("newer tocsin"), std::string::npos) << result.error().message;
}

}  // namespace
}  // namespace incidents
