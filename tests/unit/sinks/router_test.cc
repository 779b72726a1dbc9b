// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

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
    transition.incident.count = ++count;
    transition.finding.created = clock.now();
    transition.finding.title = id;
    transition.finding.follows = follows;
    transition.finding.enrichments = {{.type = "text", .title = "of " + id, .action = {}, .blocks = {}}};
    transition.incident.open = state != TransitionState::kResolved && !is_over;
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
        bool was_held = delivery.id == held_delivery_id(delivery.transition.id, delivery.sink);
        if (!was_held) EXPECT_EQ(delivery.id, delivery_id(delivery.transition.id, delivery.sink));
        found.push_back(delivery.sink + ":" + delivery.transition.id + (delivery.opening ? "!" : "") +
                        (was_held ? " held" : ""));
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

  // The fallbacks that get the same, of each sink that gets something.
  std::map<std::string, std::vector<std::string>> take_told_too() {
    std::map<std::string, std::vector<std::string>> told_too;
    for (const auto& record : stage.emitted) {
      if (record.topic == schemas::topics::kReceipts) continue;
      auto delivery = schemas::decode_delivery(record.value).value();
      told_too[delivery.sink] = delivery.told_too;
    }
    stage.emitted.clear();
    return told_too;
  }

  // Told from 9 to 17 o'clock; the clock stands at midnight.
  static Route office_hours(Route route) {
    Hours office{{std::chrono::hours(9)}, {std::chrono::hours(17)}};
    route.schedule = Schedule(Activity{.intervals = {{.hours = {office}}}}, {});
    return route;
  }
  void keep_office_hours(Route route = {.sink = "a"}) {
    router.replace(std::make_shared<RoutingTable>(RoutingTable{office_hours(std::move(route)), {.sink = "b"}}));
  }
  void balances(std::int64_t pending = 0) {
    EXPECT_EQ(counted("deliveries/made"), counted("deliveries/suppressed") + pending);
  }

  std::string follows;   // Of findings given from now on.
  bool is_over = false;  // Their incident is.
  int count = 0;
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

TEST_F(RouterTest, SaysWhichFallbacksGetTheTransitionAnyway) {
  router.replace(std::make_shared<RoutingTable>(RoutingTable{{.sink = "a", .fallbacks = {"b", "c"}},
                                                             {.sink = "b", .is_default = false, .fallbacks = {"c"}},
                                                             {.sink = "c"},
                                                             {.sink = "d"}}));
  handle("t1", TransitionState::kOpened);

  auto told_too = take_told_too();
  EXPECT_THAT(told_too["a"], ElementsAre("c"));
  EXPECT_THAT(told_too["c"], testing::IsEmpty());
  EXPECT_THAT(told_too["d"], testing::IsEmpty());
}

TEST_F(RouterTest, SaysWhichFallbacksAreRemindedToo) {
  router.replace(
      std::make_shared<RoutingTable>(RoutingTable{{.sink = "a", .renotify_after = hours(4), .fallbacks = {"b", "c"}},
                                                  {.sink = "b", .renotify_after = hours(4)},
                                                  {.sink = "c"}}));
  handle("t1", TransitionState::kOpened);
  take();

  stage.advance(hours(5));

  auto told_too = take_told_too();
  EXPECT_THAT(told_too["a"], ElementsAre("b")) << "c is told of no reminder";
  EXPECT_EQ(told_too.count("b"), 1u);
}

TEST_F(RouterTest, SaysInTheMorningWhichFallbacksWereToldInTheNight) {
  keep_office_hours({.sink = "a", .fallbacks = {"b", "c"}});
  handle("t1", TransitionState::kOpened);
  // It is there since the morning only.
  router.replace(std::make_shared<RoutingTable>(
      RoutingTable{office_hours({.sink = "a", .fallbacks = {"b", "c"}}), {.sink = "b"}, {.sink = "c"}}));
  take();

  stage.advance(hours(10));

  auto told_too = take_told_too();
  ASSERT_EQ(told_too.count("a"), 1u);
  EXPECT_THAT(told_too["a"], ElementsAre("b")) << "c would have to take over";
}

TEST_F(RouterTest, TellsTheEndToThoseWhoWereToldOfTheIncident) {
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kUpdated);
  take();

  handle("t3", TransitionState::kResolved);

  EXPECT_THAT(take(), ElementsAre("a:t3", "b:t3 not_told"));
}

TEST_F(RouterTest, TellsAgainOfAnIncidentThatStaysOpen) {
  Route pager{.sink = "a", .updates = Updates::kNone, .renotify_after = hours(4)};
  router.replace(std::make_shared<RoutingTable>(RoutingTable{pager, {.sink = "b"}}));
  handle("t1", TransitionState::kOpened);
  stage.advance(hours(3));
  handle("t2", TransitionState::kUpdated, "repeat");
  EXPECT_THAT(take(), ElementsAre("a:t1!", "b:t1!", "a:t2 update_not_wanted", "b:t2"));

  stage.advance(hours(6));
  ASSERT_EQ(stage.emitted.size(), 2u);
  auto again = schemas::decode_delivery(stage.emitted[0].value).value();
  EXPECT_EQ(again.sink, "a");
  EXPECT_TRUE(again.opening);
  EXPECT_EQ(again.transition.cause, "still_open");
  EXPECT_EQ(again.transition.incident.count, 2);
  EXPECT_NE(again.id, schemas::decode_delivery(stage.emitted[1].value).value().id);
  balances(5);
  take();

  handle("t3", TransitionState::kResolved);
  stage.advance(hours(12));
  EXPECT_THAT(take(), ElementsAre("a:t3", "b:t3"));
}

TEST_F(RouterTest, TellsAgainOnlyAfterQuietHours) {
  keep_office_hours({.sink = "a", .renotify_after = hours(4)});
  stage.advance(hours(15));
  handle("t1", TransitionState::kOpened);
  EXPECT_EQ(take().size(), 2u);

  stage.advance(hours(17));
  EXPECT_TRUE(stage.emitted.empty());
  stage.advance(hours(2));

  EXPECT_EQ(stage.emitted.size(), 1u);
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

TEST_F(RouterTest, ForgetsAnIncidentAlsoWhereEvidenceCameAfterItsEnd) {
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kResolved);
  follows = "f1";
  is_over = true;
  handle("t3", TransitionState::kUpdated);

  stage.advance(Router::kKeepTold);

  EXPECT_EQ(stage.state_size(), 0u);
}

TEST_F(RouterTest, MakesTheSameDeliveriesAgainAfterACrash) {
  stage.crash_next();

  handle("t1", TransitionState::kOpened);

  EXPECT_THAT(take(), ElementsAre("a:t1!", "b:t1 not_default"));
  EXPECT_EQ(counted("deliveries/made"), 2);
}

TEST_F(RouterTest, OpensAnIncidentOfTheNightWhenTheSinksHoursBegin) {
  keep_office_hours();
  handle("t1", TransitionState::kOpened);
  EXPECT_THAT(take(), ElementsAre("a:t1 inactive", "b:t1!"));

  stage.advance(hours(9));

  EXPECT_THAT(take(), ElementsAre("a:t1! held"));
  EXPECT_EQ(clock.now(), base::Time(hours(24 * 20'000 + 9)));
  EXPECT_EQ(counted("deliveries/suppressed/a/inactive"), 1);
  balances(2);
  handle("t2", TransitionState::kResolved);
  EXPECT_THAT(take(), ElementsAre("a:t2", "b:t2"));
}

TEST_F(RouterTest, TellsTheNewestOfTheNightOnce) {
  keep_office_hours();
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kUpdated, "severity_rise");
  handle("t3", TransitionState::kUpdated, "repeat");
  take();

  stage.advance(hours(9));

  ASSERT_EQ(stage.emitted.size(), 1u);
  auto delivery = schemas::decode_delivery(stage.emitted[0].value).value();
  EXPECT_TRUE(delivery.opening);
  EXPECT_EQ(delivery.transition.finding.title, "t2");
  EXPECT_EQ(delivery.transition.incident.count, 3);
}

TEST_F(RouterTest, AddsEvidenceThatCameLateToWhatIsHeldForTheMorning) {
  keep_office_hours();
  handle("t1", TransitionState::kOpened);
  follows = "f1";
  handle("t2", TransitionState::kUpdated);
  EXPECT_THAT(take(), ElementsAre("a:t1 inactive", "b:t1!", "a:t2 not_told", "b:t2"));

  stage.advance(hours(9));

  ASSERT_EQ(stage.emitted.size(), 1u);
  auto told = schemas::decode_delivery(stage.emitted[0].value).value();
  EXPECT_TRUE(told.opening);
  EXPECT_EQ(told.transition.id, "t1");
  ASSERT_EQ(told.transition.finding.enrichments.size(), 2u);
  EXPECT_EQ(told.transition.finding.enrichments[1].title, "of t2");
}

TEST_F(RouterTest, IsSilentAboutWhatWasOverWithinTheNight) {
  keep_office_hours();
  handle("t1", TransitionState::kOpened);
  handle("t2", TransitionState::kResolved);
  EXPECT_THAT(take(), ElementsAre("a:t1 inactive", "b:t1!", "a:t2 not_told", "b:t2"));

  stage.advance(hours(24));

  EXPECT_THAT(take(), ElementsAre());
  balances(2);
}

TEST_F(RouterTest, TellsTheEndOfTheNightInTheMorningToTheSinkThatWasToldOfTheIncident) {
  keep_office_hours();
  stage.advance(hours(16));
  handle("t1", TransitionState::kOpened);
  stage.advance(hours(4));
  handle("t2", TransitionState::kResolved);
  EXPECT_THAT(take(), ElementsAre("a:t1!", "b:t1!", "a:t2 inactive", "b:t2"));

  stage.advance(hours(13));

  EXPECT_THAT(take(), ElementsAre("a:t2 held"));
}

TEST_F(RouterTest, TellsTheEndOfOneEpisodeBeforeTheOpeningOfTheNext) {
  keep_office_hours();
  stage.advance(hours(16));
  handle("t1", TransitionState::kOpened);
  stage.advance(hours(4));
  handle("t2", TransitionState::kResolved);
  stage.advance(hours(1));
  handle("t3", TransitionState::kOpened, "first_finding", "episode-2");
  take();

  stage.advance(hours(24));

  EXPECT_THAT(take(), ElementsAre("a:t2 held", "a:t3! held"));
}

TEST_F(RouterTest, HoldsTheEndOfAnIncidentOverALongQuietTime) {
  keep_office_hours();
  stage.advance(hours(10));
  handle("t1", TransitionState::kOpened);
  Route muted{.sink = "a"};
  MuteInterval week{.start_date = base::LocalTime(hours(24 * 20'000)), .end_date = base::LocalTime(hours(24 * 20'007))};
  muted.schedule = Schedule(std::nullopt, {week});
  router.replace(std::make_shared<RoutingTable>(RoutingTable{muted}));
  handle("t2", TransitionState::kResolved);
  EXPECT_THAT(take(), ElementsAre("a:t1!", "b:t1!", "a:t2 muted"));

  stage.advance(hours(24 * 8));
  EXPECT_THAT(take(), ElementsAre("a:t2 held"));

  stage.advance(hours(48));
  EXPECT_EQ(stage.state_size(), 0u);
}

TEST_F(RouterTest, LetsAStoppingSinkTakeTheIncidentInTheMorning) {
  keep_office_hours({.sink = "a", .stop = true});
  handle("t1", TransitionState::kOpened);
  EXPECT_THAT(take(), ElementsAre("a:t1 inactive", "b:t1!"));

  stage.advance(hours(10));
  handle("t2", TransitionState::kUpdated);

  EXPECT_THAT(take(), ElementsAre("a:t1! held", "a:t2", "b:t2 stopped_by:a"));
}

TEST_F(RouterTest, AsksTheRoutesOfTheMorning) {
  keep_office_hours();
  handle("t1", TransitionState::kOpened);
  take();
  router.replace(std::make_shared<RoutingTable>(RoutingTable{{.sink = "a", .is_default = false}}));

  stage.advance(hours(24));

  EXPECT_THAT(take(), ElementsAre());
  EXPECT_EQ(stage.state_size(), 1u);  // b was told.
}

TEST_F(RouterTest, HoldsNothingForASinkThatIsGone) {
  keep_office_hours();
  handle("t1", TransitionState::kOpened);
  take();
  router.replace(std::make_shared<RoutingTable>(RoutingTable{{.sink = "b"}}));

  stage.advance(hours(24));

  EXPECT_THAT(take(), ElementsAre());
  EXPECT_EQ(stage.state_size(), 1u);
}

TEST_F(RouterTest, ShortensWhatItHoldsToItsBound) {
  keep_office_hours();
  schemas::Transition transition;
  transition.id = "t1";
  transition.incident.id = "episode-1";
  transition.incident.opened = transition.incident.last_seen = transition.at = clock.now();
  transition.finding.created = clock.now();
  transition.finding.enrichments = {{"logs", "", "", {schemas::MarkdownBlock{std::string(1024 * 1024, 'x')}}}};
  ASSERT_TRUE(stage.handle("transitions", "key", schemas::encode(transition)).has_value());
  take();

  stage.advance(hours(9));

  ASSERT_EQ(stage.emitted.size(), 1u);
  EXPECT_LT(stage.emitted[0].value.size(), 70'000u);
  auto delivery = schemas::decode_delivery(stage.emitted[0].value).value();
  ASSERT_EQ(delivery.transition.finding.missing.size(), 1u);
  EXPECT_EQ(delivery.transition.finding.missing[0].action, "routing");
}

TEST_F(RouterTest, RefusesWhatIsNoTransition) {
  auto result = stage.handle("transitions", "key", "[]");

  ASSERT_FALSE(result.has_value());
  EXPECT_TRUE(result.error().retry.is_never());
}

}  // namespace
}  // namespace sinks
