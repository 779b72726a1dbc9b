// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bus/dead_letter.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "sinks/delivery/removed_sink.h"
#include "tests/fakes/fake_sink.h"
#include "tests/fakes/fake_stage.h"

namespace sinks {
namespace {

using base::Reason;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

const base::Time kNow = base::Time(hours(24 * 20'000));

base::Error down() { return base::passing(Reason::kUnavailable, "503"); }
base::Error unauthorized() { return base::passing(Reason::kAuth, "401"); }
base::Error refused() { return base::permanent(Reason::kBadRequest, "400"); }

struct WorkerTest : testing::Test {
  WorkerTest() {
    auto made = std::make_unique<fakes::FakeSink>();
    sink = made.get();
    worker = std::make_unique<DeliveryWorker>(
        DeliveryOptions{.sink = "pager"}, std::move(made),
        DeliveryDeps{.clock = clock, .rng = rng, .metrics = metrics, .health = health, .executor = own.get_executor()});
    stage = std::make_unique<fakes::FakeStage>(*worker, clock);
  }

  std::string delivery(const std::string& id, schemas::TransitionState state = schemas::TransitionState::kUpdated) {
    schemas::Delivery made{.id = "d-" + id, .sink = "pager", .created = clock.now()};
    made.transition.id = id;
    made.transition.state = state;
    made.transition.at = clock.now();
    made.transition.incident.id = "i";
    made.transition.incident.open = state != schemas::TransitionState::kResolved;
    made.transition.incident.opened = made.transition.incident.last_seen = clock.now();
    made.transition.finding.created = clock.now();
    return schemas::encode(made);
  }
  bool deliver(const std::string& id, const std::string& incident = "incident") {
    return stage->handle("deliveries.pager", incident, delivery(id)).has_value();
  }

  std::vector<std::string> receipts() {
    std::vector<std::string> found;
    for (const auto& record : stage->emitted) {
      if (record.topic != schemas::topics::kReceipts) continue;
      auto receipt = schemas::decode_receipt(record.value).value();
      found.push_back(receipt.transition_id + " " + std::string(to_string(receipt.outcome)) +
                      (receipt.reason.empty() ? "" : " " + receipt.reason) + " " + std::to_string(receipt.attempts));
    }
    return found;
  }
  std::int64_t counted(std::string_view counter) {
    std::int64_t sum = 0;
    for (const auto& [name, by] : stage->counters) sum += name.starts_with(counter) ? by : 0;
    return sum;
  }

  base::ManualClock clock{kNow};
  base::Rng rng{7};
  base::Metrics metrics;
  HealthBoard health;
  boost::asio::io_context own;
  fakes::FakeSink* sink;
  std::unique_ptr<DeliveryWorker> worker;
  std::unique_ptr<fakes::FakeStage> stage;
};

TEST_F(WorkerTest, WritesAReceiptAfterTheSend) {
  ASSERT_TRUE(deliver("t1"));

  EXPECT_THAT(sink->sent(), ElementsAre("t1"));
  EXPECT_THAT(receipts(), ElementsAre("t1 delivered 1"));
  EXPECT_EQ(stage->counters[schemas::ledger::with(schemas::ledger::kDelivered, "pager")], 1);
}

TEST_F(WorkerTest, DeadLettersAtOnceWhatCanNeverArrive) {
  sink->failure = refused();

  EXPECT_FALSE(deliver("t1"));

  EXPECT_EQ(sink->attempts(), 1);
  EXPECT_THAT(receipts(), ElementsAre("t1 dead_lettered bad_request 1"));
  EXPECT_EQ(counted("deliveries/dead_lettered/pager/bad_request"), 1);
}

TEST_F(WorkerTest, DeadLettersWhatCannotBeRendered) {
  sink->render_failure = base::permanent(Reason::kTooLarge, "too much");

  EXPECT_FALSE(deliver("t1"));

  EXPECT_EQ(sink->attempts(), 0);
  EXPECT_THAT(receipts(), ElementsAre("t1 dead_lettered too_large 1"));
}

TEST_F(WorkerTest, DeadLettersWhatCannotBeRead) {
  EXPECT_FALSE(stage->handle("deliveries.pager", "incident", "{nonsense").has_value());

  EXPECT_EQ(counted("deliveries/dead_lettered/pager"), 1);
}

TEST_F(WorkerTest, TriesAgainLaterWithTheSameKey) {
  sink->next_failures = {down(), down()};

  ASSERT_TRUE(deliver("t1"));
  EXPECT_THAT(receipts(), ElementsAre());
  stage->advance(minutes(5));

  EXPECT_THAT(sink->keys(), ElementsAre("d-t1", "d-t1", "d-t1"));
  EXPECT_THAT(receipts(), ElementsAre("t1 delivered 3"));
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(WorkerTest, WaitsAsLongAsTheSinkAsksFor) {
  sink->next_failures = {{Reason::kRateLimited, base::Retry::after(seconds(77)), "429"}};
  ASSERT_TRUE(deliver("t1"));

  stage->advance(seconds(76));
  EXPECT_EQ(sink->attempts(), 1);
  stage->advance(seconds(1));

  EXPECT_EQ(sink->attempts(), 2);
  EXPECT_THAT(receipts(), ElementsAre("t1 delivered 2"));
}

TEST_F(WorkerTest, SaysWhenAnAttemptBeforeMayHaveArrived) {
  sink->next_failures = {base::passing(Reason::kRateLimited, "429"), base::passing(Reason::kTimeout, "no answer"),
                         base::passing(Reason::kRateLimited, "429")};

  ASSERT_TRUE(deliver("t1"));
  stage->advance(hours(1));

  EXPECT_THAT(sink->maybe_sent(), ElementsAre(false, false, true, true));
}

TEST_F(WorkerTest, SaysWhenAProcessBeforeMayHaveSentIt) {
  stage->owned_from = kNow + minutes(1);
  ASSERT_TRUE(deliver("t1", "one"));
  clock.advance(minutes(2));
  ASSERT_TRUE(deliver("t2", "two"));

  EXPECT_THAT(sink->maybe_sent(), ElementsAre(true, false));
}

TEST_F(WorkerTest, SaysWhenAProcessBeforeMayHaveTriedAgain) {
  sink->next_failures = {unauthorized()};
  ASSERT_TRUE(deliver("t1"));
  stage->owned_from = kNow + minutes(5);

  stage->advance(minutes(1));

  EXPECT_THAT(sink->maybe_sent(), ElementsAre(false, true));
}

TEST_F(WorkerTest, KeepsTheOrderWithinAnIncident) {
  sink->next_failures = {down()};
  for (const char* id : {"t1", "t2", "t3"}) ASSERT_TRUE(deliver(id));
  EXPECT_THAT(sink->sent(), ElementsAre());

  stage->advance(minutes(1));

  EXPECT_THAT(sink->sent(), ElementsAre("t1", "t2", "t3"));
  EXPECT_EQ(counted("deliveries/delivered"), 3);
}

TEST_F(WorkerTest, LetsOtherIncidentsPassOneThatWaits) {
  sink->next_failures = {down()};

  ASSERT_TRUE(deliver("a1", "a"));
  ASSERT_TRUE(deliver("b1", "b"));

  EXPECT_THAT(sink->sent(), ElementsAre("b1"));
}

TEST_F(WorkerTest, GivesUpWhenTheBudgetIsSpent) {
  ASSERT_TRUE(deliver("t0"));
  sink->failure = base::Error{Reason::kRateLimited, base::Retry::after(hours(1)), "429"};
  ASSERT_TRUE(deliver("t1"));
  ASSERT_TRUE(deliver("t2"));

  stage->advance(hours(23));
  EXPECT_EQ(counted("deliveries/dead_lettered/pager"), 0);
  stage->advance(hours(3));

  EXPECT_EQ(counted("deliveries/dead_lettered/pager/rate_limited"), 2);
  EXPECT_EQ(stage->state_size(), 0u);
}

TEST_F(WorkerTest, LeavesADeadLetterThatCanBePlayedAgain) {
  sink->next_failures = {down(), refused()};
  ASSERT_TRUE(deliver("t1"));
  auto original = delivery("t1");

  stage->advance(minutes(1));

  ASSERT_FALSE(stage->emitted.empty());
  EXPECT_EQ(stage->emitted[0].topic, bus::kDeadLetters);
  auto letter = bus::decode_dead_letter(stage->emitted[0].value).value();
  EXPECT_EQ(letter.stage, "sink.pager");
  EXPECT_EQ(letter.topic, "deliveries.pager");
  EXPECT_EQ(letter.key, "incident");
  EXPECT_EQ(schemas::decode_delivery(letter.value).value().id, "d-t1");
  EXPECT_EQ(letter.attempts, 2);
  EXPECT_THAT(receipts(), ElementsAre("t1 dead_lettered bad_request 2"));
}

TEST_F(WorkerTest, BoundsWhatWaitsBehindAnIncident) {
  sink->next_failures = {down()};
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(deliver("t" + std::to_string(i)));

  EXPECT_EQ(stage->state_size(), 2 * ParkedQueue::kLongest);
  EXPECT_EQ(counted("deliveries/suppressed/pager/superseded"), 200 - static_cast<int>(ParkedQueue::kLongest));
  stage->advance(minutes(5));

  EXPECT_EQ(sink->sent().size(), ParkedQueue::kLongest);
  EXPECT_EQ(sink->sent().front(), "t0");
  EXPECT_EQ(sink->sent().back(), "t199");
}

TEST_F(WorkerTest, RepeatsWithTheSameKeyAfterACrashBetweenSendAndReceipt) {
  stage->crash_next();

  ASSERT_TRUE(deliver("t1"));

  EXPECT_THAT(sink->keys(), ElementsAre("d-t1", "d-t1"));
  EXPECT_THAT(receipts(), ElementsAre("t1 delivered 1"));
}

TEST_F(WorkerTest, AccountsForEachDeliveryExactlyOnce) {
  for (int i = 0; i < 50; ++i) {
    if (i % 3 == 0) sink->next_failures.push_back(down());
    if (i % 7 == 0) sink->next_failures.push_back(refused());
    deliver("t" + std::to_string(i), "incident-" + std::to_string(i % 5));
  }

  stage->advance(hours(25));

  auto ends = counted("deliveries/delivered") + counted("deliveries/suppressed") + counted("deliveries/dead_lettered");
  EXPECT_EQ(ends, 50);
  EXPECT_EQ(receipts().size(), 50u);
}

TEST_F(WorkerTest, WaitsForRefusedCredentialsToBeMended) {
  sink->next_failures = {unauthorized(), unauthorized()};

  deliver("t1");

  EXPECT_THAT(receipts(), ElementsAre());
  ASSERT_EQ(health.all().size(), 1u);
  EXPECT_FALSE(health.all()[0].ok);
  EXPECT_EQ(health.all()[0].detail, "auth since " + base::to_rfc3339(kNow) + ": 401");
  EXPECT_THAT(metrics.expose(), testing::HasSubstr(R"(tocsin_sink_healthy{sink="pager"} 0)"));
  stage->advance(seconds(29));
  EXPECT_EQ(sink->attempts(), 1);
  stage->advance(minutes(5));
  EXPECT_THAT(receipts(), ElementsAre("t1 delivered 3"));
  EXPECT_TRUE(health.all()[0].ok);
  EXPECT_THAT(metrics.expose(), testing::HasSubstr(R"(tocsin_sink_healthy{sink="pager"} 1)"));
}

TEST_F(WorkerTest, IsSickOnlyWhenItIsNotTheDeliverysFault) {
  auto is_well = [&] { return metrics.expose().find(R"(tocsin_sink_healthy{sink="pager"} 1)") != std::string::npos; };
  sink->next_failures = {refused(), down()};
  deliver("t1");
  EXPECT_TRUE(is_well());
  EXPECT_TRUE(health.all().at(0).ok);
  deliver("t2");
  EXPECT_TRUE(is_well());
  stage->advance(minutes(1));

  sink->next_failures = {base::permanent(Reason::kNotFound, "404")};
  deliver("t3");
  EXPECT_FALSE(is_well());
  deliver("t4");
  EXPECT_TRUE(is_well());
}

TEST_F(WorkerTest, SaysWhyAttemptsFailAsSoonAsOneHas) {
  sink->next_failures = {down(), down()};

  testing::internal::CaptureStderr();
  deliver("t1");
  stage->advance(seconds(1));
  auto log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(sink->attempts(), 2);
  EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
  EXPECT_THAT(log, testing::ContainsRegex("begins to fail.*pager.*unavailable.*503"));
  EXPECT_FALSE(health.all().at(0).ok);
  EXPECT_EQ(health.all().at(0).detail, "unavailable since " + base::to_rfc3339(kNow) + ": 503");
  stage->advance(minutes(1));
  EXPECT_TRUE(health.all().at(0).ok);
}

TEST(HealthBoard, NamesWhatFailsSinceItsFirstFailure) {
  HealthBoard board;
  board.add("pager");

  EXPECT_TRUE(board.failed("pager", down(), false, kNow));
  EXPECT_FALSE(board.failed("pager", base::passing(Reason::kTimeout, "no answer"), true, kNow + seconds(5), "mend it"));
  EXPECT_EQ(board.all().at(0).detail, "timeout since " + base::to_rfc3339(kNow) + ": no answer: mend it");
  EXPECT_TRUE(board.succeeded("pager"));
  EXPECT_TRUE(board.all().at(0).ok);

  board.remove("pager");
  EXPECT_TRUE(board.all().empty());
}

TEST(HealthBoard, TellsNothingThatTheOtherSideSaid) {
  HealthBoard board;
  auto answered = base::passing(Reason::kUnavailable, "status 503: no room for pod web-1");

  EXPECT_FALSE(board.failed("pager", answered, true, kNow));
  EXPECT_EQ(board.all().at(0).detail, "unavailable since " + base::to_rfc3339(kNow) + ": status 503");
}

TEST(HealthBoard, LogsTheBeginningsAndTheEnd) {
  HealthBoard board;

  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) board.failed("pager", down(), false, kNow + seconds(i));
  for (int i = 0; i < 3; ++i) board.failed("pager", down(), true, kNow + seconds(3 + i));
  board.succeeded("pager");
  auto log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(std::ranges::count(log, '\n'), 3) << log;
  EXPECT_THAT(log, testing::ContainsRegex("begins to fail.*\n.*is sick.*\n.*is well again"));
}

TEST(HealthBoard, LogsOneBeginningAMinute) {
  HealthBoard board;

  testing::internal::CaptureStderr();
  for (int i = 0; i < 60; ++i) {
    board.failed("pager", down(), false, kNow + seconds(i));
    board.succeeded("pager");
  }
  auto log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
}

TEST(HealthBoard, TakesASickOneForSickUntilADeliveryArrives) {
  HealthBoard board;

  EXPECT_FALSE(board.failed("pager", base::permanent(Reason::kNotFound, "404"), false, kNow));
  EXPECT_FALSE(board.failed("pager", unauthorized(), false, kNow));
  EXPECT_FALSE(board.failed("pager", down(), false, kNow));
  EXPECT_FALSE(board.failed("pager", refused(), false, kNow));
  EXPECT_FALSE(board.all().at(0).ok);
  EXPECT_TRUE(board.succeeded("pager"));
  EXPECT_TRUE(board.failed("pager", down(), false, kNow));
}

TEST_F(WorkerTest, ShowsItsMetricsByNameAndReason) {
  sink->next_failures = {down(), refused()};
  deliver("t1");
  stage->advance(minutes(1));

  auto text = metrics.expose();
  EXPECT_THAT(text, testing::HasSubstr(R"(tocsin_sink_attempts_total{sink="pager"} 2)"));
  EXPECT_THAT(text, testing::HasSubstr(R"(tocsin_sink_retries_total{reason="unavailable",sink="pager"} 1)"));
  EXPECT_THAT(text, testing::HasSubstr(R"(tocsin_sink_dead_lettered_total{reason="bad_request",sink="pager"} 1)"));
  EXPECT_THAT(text, testing::HasSubstr(R"(tocsin_sink_parked{sink="pager"} 0)"));
}

TEST_F(WorkerTest, KeepsWhatTheSinkNotesOfAnIncident) {
  sink->takes_notes = true;
  sink->next_failures = {down()};

  deliver("t1");
  stage->advance(minutes(1));
  deliver("t2");

  EXPECT_THAT(sink->notes(), ElementsAre("t1", "t1 t1", "t1 t1 t2"));
}

TEST_F(WorkerTest, ForgetsWhatTheSinkNotedADayAfterTheEnd) {
  sink->takes_notes = true;
  deliver("t1");
  ASSERT_TRUE(stage->handle("deliveries.pager", "incident", delivery("t2", schemas::TransitionState::kResolved)));
  stage->advance(hours(23));
  ASSERT_FALSE(stage->key("incident")->state.empty());

  stage->advance(hours(1));

  EXPECT_TRUE(stage->key("incident")->state.empty());
}

TEST_F(WorkerTest, EndsWhatARemovedSinkLeftBehind) {
  sink->takes_notes = true;
  sink->next_failures = {down()};
  deliver("t1");
  deliver("t2");
  fakes::FakeTransaction txn = *stage->key("incident");
  RemovedSink removed("pager");
  boost::asio::io_context loop;
  auto call = [](RemovedSink& handler, bus::Record record, bus::Transaction& in) -> base::Task<void> {
    EXPECT_TRUE((co_await handler.on_record(record, in)).has_value());
  };

  boost::asio::co_spawn(
      loop, call(removed, {.topic = "deliveries.pager", .offset = 9, .key = "incident", .value = delivery("t3")}, txn),
      [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); });
  loop.run();

  EXPECT_TRUE(txn.state.empty());
  EXPECT_EQ(txn.counters["deliveries/suppressed/pager/sink_removed"], 3);
}

TEST(RemovedSinks, AreThoseWithATopicAndNoSection) {
  EXPECT_THAT(removed_sinks({"events", "deliveries.a", "digests.a", "deliveries.b", "digests.d"}, {"b", "c"}),
              ElementsAre("a", "d"));
}

}  // namespace
}  // namespace sinks
