// SPDX-License-Identifier: Apache-2.0
#include "app/story.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "schemas/event.h"
#include "tests/fakes/told_incident.h"

namespace {

using schemas::DeliveryOutcome;
using schemas::TransitionState;

class Explanations : public ::testing::Test {
 protected:
  static std::string finding_id(const std::string& event, int minute) {
    return base::derive_id({"finding", event, base::to_rfc3339(fakes::ToldIncident::at(minute))});
  }
  void came(const std::string& event, int minute) {
    schemas::Event made;
    made.id = event;
    made.source = "alertmanager";
    made.subject = "s";
    made.received = fakes::ToldIncident::at(minute);
    told_.add(schemas::topics::kEvents, schemas::encode(made), minute);
  }

  fakes::FakeArchive archive_;
  fakes::ToldIncident told_{archive_};
};

TEST_F(Explanations, FollowAFindingToTheReplyOfEverySink) {
  auto finding = told_.finding("finding-1", "event-1", 0);
  auto opened = told_.transition("t-1", TransitionState::kOpened, finding);
  told_.receipt(opened, "chat", DeliveryOutcome::kDelivered, 1);
  told_.receipt(opened, "mail", DeliveryOutcome::kSuppressed, 1, "not_in_scope");
  told_.pending(opened, "pager", 1);

  auto found = app::explain(archive_, "finding-", 10);

  ASSERT_TRUE(found);
  ASSERT_EQ(found.value().stories.size(), 1u);
  const app::Story& story = found.value().stories[0];
  EXPECT_EQ(story.steps.size(), 1u);
  EXPECT_EQ(story.transitions.size(), 1u);
  ASSERT_EQ(story.receipts.size(), 2u);
  EXPECT_EQ(story.receipts[1].reason, "not_in_scope");
  ASSERT_EQ(story.pending.size(), 1u);
  EXPECT_EQ(story.pending[0].sink, "pager");
}

TEST_F(Explanations, TellAnEventWithItsRepeatsAndDuplicates) {
  came("event-1", 0);
  told_.finding(finding_id("event-1", 0), "event-1", 0);
  came("event-1", 1);
  came("event-1", 240);
  auto repeat = told_.finding(finding_id("event-1", 240), "event-1", 240);
  repeat.repeat = true;
  archive_.records["findings"].back().value = schemas::encode(repeat);
  came("event-1", 480);
  archive_.pending[{"playbooks", "events"}] = {archive_.records["events"].back()};

  auto found = app::explain(archive_, "event-1", 10);

  ASSERT_TRUE(found);
  ASSERT_EQ(found.value().stories.size(), 2u);
  EXPECT_EQ(found.value().stories[0].outcome, "finding");
  EXPECT_EQ(found.value().stories[1].outcome, "repeat");
  std::vector<std::string> as;
  for (const auto& arrival : found.value().arrivals) as.push_back(arrival.as);
  EXPECT_EQ(as, (std::vector<std::string>{"finding", "duplicate", "repeat", "pending"}));
}

TEST_F(Explanations, TellTheEvidenceThatFollowed) {
  came("event-1", 0);
  auto first = told_.finding(finding_id("event-1", 0), "event-1", 0);
  auto late = told_.finding("late-1", "", 1);
  late.follows = first.id;
  archive_.records["findings"].back().value = schemas::encode(late);
  told_.receipt(told_.transition("t-1", TransitionState::kUpdated, late), "chat", DeliveryOutcome::kDelivered, 2);
  told_.finding(finding_id("event-2", 3), "event-2", 3);

  for (const std::string& id : {first.id, std::string("event-1")}) {
    auto found = app::explain(archive_, id, 10);
    ASSERT_TRUE(found);
    ASSERT_EQ(found.value().stories.size(), 2u);
    EXPECT_EQ(found.value().stories[1].outcome, "follow_up");
    EXPECT_EQ(found.value().stories[1].receipts.size(), 1u);
    auto json = app::to_json(found.value());
    EXPECT_EQ(json.at("follow_ups").at(0).at("finding_id"), "late-1");
    EXPECT_TRUE(json.at("repeats").empty());
  }
}

TEST_F(Explanations, TellAnIncidentByItsIdOrItsKey) {
  auto first = told_.finding("finding-1", "event-1", 0);
  told_.transition("t-1", TransitionState::kOpened, first);
  auto second = told_.finding("finding-2", "event-2", 5);
  auto updated = told_.transition("t-2", TransitionState::kUpdated, second);
  told_.receipt(updated, "chat", DeliveryOutcome::kDeadLettered, 6, "auth");

  for (const char* id : {"incident-1", "key-1", "incid"}) {
    auto found = app::explain(archive_, id, 10);
    ASSERT_TRUE(found) << id;
    ASSERT_TRUE(found.value().incident);
    EXPECT_EQ(found.value().incident->id, "incident-1");
    ASSERT_EQ(found.value().stories.size(), 2u);
    EXPECT_EQ(found.value().stories[0].event_id, "event-1");
    EXPECT_EQ(found.value().stories[1].receipts.at(0).reason, "auth");
  }
  EXPECT_EQ(app::explain(archive_, "incident-1", 1).value().stories.at(0).event_id, "event-2");
}

TEST_F(Explanations, RefuseABeginningThatSeveralHave) {
  auto one = told_.finding("ab-1", "event-1", 0);
  auto other = told_.finding("ab-2", "event-12", 1);

  auto found = app::explain(archive_, "ab", 10);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "ab is the beginning of several: finding ab-1, finding ab-2");
  ASSERT_TRUE(app::explain(archive_, "event-1", 10)) << "the whole id always wins";
  EXPECT_EQ(app::explain(archive_, "event-1", 10).value().stories.at(0).finding_id, "ab-1");
}

TEST_F(Explanations, TakeTheNewestIncidentOfAnIdentity) {
  told_.transition("t-1", TransitionState::kOpened, told_.finding("finding-1", "event-1", 0));
  auto again = told_.transition("t-2", TransitionState::kOpened, told_.finding("finding-2", "event-2", 5));
  again.incident.id = "incident-2";
  archive_.records["transitions"].back().value = schemas::encode(again);

  EXPECT_EQ(app::explain(archive_, "key", 10).value().incident->id, "incident-2");
  EXPECT_EQ(app::explain(archive_, "incident-1", 10).value().incident->id, "incident-1");
  EXPECT_EQ(app::explain(archive_, "incident", 10).error().reason, base::Reason::kBadRequest);
}

TEST_F(Explanations, SayThatAnEventWaits) {
  came("event-9", 0);
  archive_.pending[{"playbooks", "events"}] = archive_.records["events"];

  auto found = app::explain(archive_, "event-9", 10);

  ASSERT_TRUE(found);
  EXPECT_EQ(found.value().stories.at(0).outcome, "pending");
  EXPECT_EQ(app::to_json(found.value()).at("outcome"), "pending");
}

TEST_F(Explanations, SayThatNothingHasSuchAnId) {
  auto found = app::explain(archive_, "nonsense", 10);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().reason, base::Reason::kNotFound);
}

}  // namespace
