// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/heartbeat/beat.h"
#include "app/heartbeat/delivered_beats.h"
#include "app/heartbeat/heart.h"
#include "app/heartbeat/relay.h"
#include "ingest/intake_record.h"
#include "schemas/delivery.h"
#include "schemas/topics.h"
#include "tests/fakes/fake_bus.h"
#include "tests/fakes/fake_stage.h"
#include "tests/fakes/io_thread.h"
#include "tests/harness/eventually.h"

namespace {

using app::heartbeat::Beat;
using app::heartbeat::Relay;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Time kStart{std::chrono::hours(24 * 365 * 56)};

// A stage's own handler: counts what is its business.
class Own final : public bus::Handler {
 public:
  base::Task<base::Result<void>> on_record(const bus::Record&, bus::Transaction&) override {
    ++records;
    co_return base::ok();
  }
  base::Task<base::Result<void>> on_timer(const bus::Timer&, bus::Transaction&) override {
    ++timers;
    co_return base::ok();
  }
  int records = 0;
  int timers = 0;
};

class Heartbeat : public ::testing::Test {
 protected:
  // The four stages in a row, each with its relay.
  struct Stage {
    Stage(Heartbeat& test, const char* name, app::heartbeat::Step step)
        : relay(name, test.own_, step, test.passes_, test.rules_), stage(relay, test.clock_) {}
    Relay relay;
    fakes::FakeStage stage;
  };

  // Puts a beat into the first stage and hands on what comes of it.
  void beat(const Beat& beat) {
    auto record = ingest::encode(app::heartbeat::kSource, clock_.now(), app::heartbeat::to_body(beat));
    EXPECT_TRUE(split_.stage.handle("intake", beat.key(), record));
    hand_on(split_, play_);
    hand_on(play_, keep_);
    hand_on(keep_, route_);
  }
  static void hand_on(Stage& from, Stage& to) {
    for (auto& record : std::exchange(from.stage.emitted, {})) {
      EXPECT_TRUE(to.stage.handle(record.topic, record.key, record.value));
    }
  }
  std::int64_t counted(const std::string& counter) {
    std::int64_t sum = 0;
    for (const Stage* stage : {&split_, &play_, &keep_, &route_}) {
      auto found = stage->stage.counters.find(counter);
      if (found != stage->stage.counters.end()) sum += found->second;
    }
    return sum;
  }

  base::ManualClock clock_{kStart};
  base::Metrics metrics_;
  app::heartbeat::Passes passes_{metrics_};
  app::heartbeat::CurrentRules rules_{{"prod", "chat", ingest::Watchdog{}}};
  Own own_;
  Stage split_{*this, "split", app::heartbeat::split};
  Stage play_{*this, "playbooks", app::heartbeat::play};
  Stage keep_{*this, "incidents", app::heartbeat::keep};
  Stage route_{*this, "routing", app::heartbeat::route};
};

TEST_F(Heartbeat, PassesEveryStageAndEndsAsADelivery) {
  Beat sent = Beat::at(kStart + seconds(20), minutes(1));

  beat(sent);

  ASSERT_EQ(route_.stage.emitted.size(), 1u);
  EXPECT_EQ(route_.stage.emitted[0].topic, "deliveries.chat");
  auto delivery = schemas::decode_delivery(route_.stage.emitted[0].value);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(app::heartbeat::beat_of(delivery.value().transition.finding), sent);
  for (const char* stage : {"split", "playbooks", "incidents", "routing"}) {
    EXPECT_EQ(passes_.all().at(stage).at, kStart) << stage;
  }
  EXPECT_EQ(own_.records, 0);
}

TEST_F(Heartbeat, IsNoIncidentsAndStillBalances) {
  beat(Beat::at(kStart, minutes(1)));

  EXPECT_EQ(counted("events/heartbeat/beat"), 1);
  EXPECT_EQ(counted("sources/heartbeat/heartbeat"), 1);
  EXPECT_EQ(counted("deliveries/made/chat"), 1);
}

TEST_F(Heartbeat, IsOneAPeriodHoweverManyProcessesSendIt) {
  for (int process = 0; process < 3; ++process) beat(Beat::at(kStart + seconds(process), minutes(1)));
  EXPECT_EQ(counted("events/heartbeat/beat"), 1);
  EXPECT_EQ(counted("events/duplicate"), 2);

  clock_.advance(minutes(1));
  beat(Beat::at(clock_.now(), minutes(1)));

  EXPECT_EQ(counted("events/heartbeat/beat"), 2);
}

TEST_F(Heartbeat, TakesTurnsAmongKeysAndAnotherIntervalChangesNothing) {
  std::set<std::string> keys;
  for (int n = 0; n < 100; ++n) keys.insert(Beat::at(kStart + n * minutes(1), minutes(1)).key());
  EXPECT_EQ(keys.size(), static_cast<std::size_t>(app::heartbeat::kSlots));

  for (auto every : {minutes(1), minutes(5), minutes(1)}) {
    clock_.advance(minutes(10));
    beat(Beat::at(clock_.now(), every));
  }
  EXPECT_EQ(counted("events/heartbeat/beat"), 3);
}

TEST_F(Heartbeat, EndsAtRoutingWhenItIsLate) {
  Beat sent = Beat::at(kStart, minutes(1));
  clock_.advance(minutes(3));

  beat(sent);

  EXPECT_TRUE(route_.stage.emitted.empty());
  EXPECT_EQ(counted("events/heartbeat/beat"), 1);
  EXPECT_FALSE(passes_.all().contains("routing"));
}

TEST_F(Heartbeat, LeavesEverythingElseToTheStage) {
  EXPECT_TRUE(play_.stage.handle("events", "0123abcd", "{}"));

  EXPECT_EQ(own_.records, 1);
}

// Writes one receipt, as a sink's worker does.
class Settling final : public bus::Handler {
 public:
  base::Task<base::Result<void>> on_record(const bus::Record&, bus::Transaction& txn) override {
    schemas::Receipt receipt{.transition_id = "t", .sink = "chat", .outcome = outcome, .at = txn.now()};
    txn.emit(schemas::topics::kReceipts, txn.key(), schemas::encode(receipt));
    co_return base::ok();
  }
  schemas::DeliveryOutcome outcome = schemas::DeliveryOutcome::kDelivered;
};

TEST_F(Heartbeat, HasPassedASinkOnceItWasDelivered) {
  Settling worker;
  app::heartbeat::DeliveredBeats beats("chat", worker, passes_);
  fakes::FakeStage stage(beats, clock_);

  ASSERT_TRUE(stage.handle("deliveries.chat", "0123abcd", "{}"));
  worker.outcome = schemas::DeliveryOutcome::kSuppressed;
  ASSERT_TRUE(stage.handle("deliveries.chat", "heartbeat", "{}"));
  EXPECT_FALSE(passes_.all().contains("sink.chat"));

  worker.outcome = schemas::DeliveryOutcome::kDelivered;
  ASSERT_TRUE(stage.handle("deliveries.chat", "heartbeat", "{}"));
  EXPECT_TRUE(passes_.all().contains("sink.chat"));
  EXPECT_EQ(stage.emitted.size(), 3u);
}

class Lease : public Heartbeat {
 protected:
  void arm() {
    auto record = ingest::encode(app::heartbeat::kSource, clock_.now(), app::heartbeat::kArm);
    EXPECT_TRUE(split_.stage.handle("intake", std::string(ingest::kWatchdogKey), record));
    hand_on(split_, play_);
  }
  void watchdog_comes(bool resolved = false) {
    schemas::Event event;
    event.id = "watchdog-" + base::to_rfc3339(clock_.now());
    event.source = "alertmanager";
    event.cluster = "prod";
    event.subject = ingest::kWatchdogKey;
    event.received = clock_.now();
    event.alert.emplace().labels = {{"alertname", "Watchdog"}};
    event.alert->fingerprint = "f";
    if (resolved) event.alert->status = schemas::AlertStatus::kResolved;
    EXPECT_TRUE(play_.stage.handle("events", event.subject, schemas::encode(event)));
  }
  // What was told since the last call: "firing" or "resolved".
  std::vector<std::string> told() {
    std::vector<std::string> states;
    for (const auto& record : std::exchange(play_.stage.emitted, {})) {
      auto finding = schemas::decode_finding(record.value);
      if (record.topic != "findings" || !finding) continue;
      EXPECT_EQ(finding.value().event_id, "");
      states.emplace_back(finding.value().state == schemas::FindingState::kFiring ? "firing" : "resolved");
      keys_.insert(finding.value().incident.key);
    }
    return states;
  }

  std::set<std::string> keys_;
};

using Told = std::vector<std::string>;

TEST_F(Lease, IsKeptByAWatchdogThatComes) {
  arm();
  for (int n = 0; n < 20; ++n) {
    play_.stage.advance(minutes(9));
    watchdog_comes();
  }

  EXPECT_EQ(told(), Told{});
  EXPECT_EQ(counted("events/heartbeat/watchdog"), 20);
}

TEST_F(Lease, TellsOnceOfAnAbsenceAndOfTheReturn) {
  watchdog_comes();
  play_.stage.advance(minutes(60));
  EXPECT_EQ(told(), Told{"firing"});

  watchdog_comes();
  EXPECT_EQ(told(), Told{"resolved"});
  play_.stage.advance(minutes(60));
  EXPECT_EQ(told(), Told{"firing"});
  EXPECT_EQ(keys_.size(), 1u) << "one incident";
}

TEST_F(Lease, RunsFromTheStartWhereTheWatchdogNeverCame) {
  arm();
  play_.stage.advance(minutes(5));
  arm();
  play_.stage.advance(minutes(6));

  EXPECT_EQ(told(), Told{"firing"});
  EXPECT_EQ(counted("events/heartbeat/armed"), 2);
}

TEST_F(Lease, IsNotRenewedByAWatchdogThatResolves) {
  watchdog_comes();
  play_.stage.advance(minutes(9));
  watchdog_comes(true);
  play_.stage.advance(minutes(2));

  EXPECT_EQ(told(), Told{"firing"});
}

// Nobody could hear it while the process was down.
TEST_F(Lease, BeginsAnewWhereItRanOutWhileNobodyListened) {
  watchdog_comes();
  clock_.advance(minutes(30));
  play_.stage.advance(minutes(1));
  EXPECT_EQ(told(), Told{});

  play_.stage.advance(minutes(10));
  EXPECT_EQ(told(), Told{"firing"});
}

TEST_F(Lease, IsClearedUpWhenItIsNoLongerConfigured) {
  watchdog_comes();
  play_.stage.advance(minutes(11));
  EXPECT_EQ(told(), Told{"firing"});

  rules_.replace({"prod", "chat", std::nullopt});
  play_.stage.advance(minutes(11));

  EXPECT_EQ(told(), Told{"resolved"});
  EXPECT_EQ(play_.stage.state_size(), 0u);
}

class Hearts : public ::testing::Test {
 protected:
  static constexpr const char* kWay[] = {"ingest", "split", "playbooks", "incidents", "routing", "sink.heartbeat"};

  app::heartbeat::HeartOptions options() const {
    app::HeartbeatSection section;
    section.interval = minutes(1);
    section.url = base::Secret("http://switch.example.org/ping");
    return {section, std::nullopt, true, false};
  }
  // A beat passes these stages now.
  void pass(std::size_t stages) {
    for (std::size_t n = 0; n < stages; ++n) passes_.note(kWay[n], {clock_.now()});
  }

  // The heart asks for the time on a thread of its own.
  bool advance_until_appended() {
    return harness::eventually(seconds(60), [&] {
      clock_.advance(minutes(1));
      return !levers_->appends().empty();
    });
  }

  fakes::IoThread io_;
  base::ManualClock clock_{kStart};
  base::Metrics metrics_;
  app::heartbeat::Passes passes_{metrics_};
  std::shared_ptr<fakes::BusLevers> levers_ = std::make_shared<fakes::BusLevers>();
  fakes::FakeBus bus_{levers_};
  app::heartbeat::Heart heart_{bus_, clock_, metrics_, passes_, io_.executor()};
};

TEST_F(Hearts, NameTheFirstStageThatNoBeatPassedForTwoPeriods) {
  auto quiet = options();
  quiet.beats = false;
  heart_.start(quiet);
  pass(std::size(kWay));
  for (std::size_t broken = 0; broken < std::size(kWay); ++broken) {
    for (int period = 0; period < 3; ++period) {
      EXPECT_TRUE(heart_.check()->ok) << kWay[broken] << heart_.check()->detail;
      clock_.advance(minutes(1));
      pass(broken);
    }
    auto check = heart_.check();
    ASSERT_TRUE(check);
    EXPECT_FALSE(check->ok);
    EXPECT_FALSE(check->decides);
    EXPECT_EQ(check->detail, std::string("stopped at ") + kWay[broken] + ": the last passed it 3m ago");
    pass(std::size(kWay));
  }
  io_.run(heart_.stop());
}

TEST_F(Hearts, GiveTheFirstBeatTwoPeriods) {
  auto quiet = options();
  quiet.beats = false;
  heart_.start(quiet);
  clock_.advance(minutes(2));
  EXPECT_TRUE(heart_.check()->ok);

  clock_.advance(seconds(1));

  EXPECT_EQ(heart_.check()->detail, "stopped at ingest: none passed it yet");
  io_.run(heart_.stop());
}

TEST_F(Hearts, PutOneBeatAPeriodIntoTheLogCountedAsReceived) {
  heart_.start(options());
  ASSERT_TRUE(advance_until_appended());

  auto append = levers_->appends().at(0);
  EXPECT_EQ(append.records.at(0).topic, "intake");
  EXPECT_TRUE(app::heartbeat::is_ours(append.records.at(0).key));
  EXPECT_EQ(append.counts.at(0).counter, "events/received");
  EXPECT_EQ(append.counts.at(1).counter, "sources/heartbeat/received");
  io_.run(heart_.stop());
}

TEST_F(Hearts, ArmTheLeaseUntilTheLogHasIt) {
  levers_->fail_with(base::passing(base::Reason::kUnavailable, "no disk"));
  heart_.start({std::nullopt, ingest::Watchdog{}, true, false});
  ASSERT_TRUE(levers_->wait_for_refusals(1));
  levers_->fail_with(std::nullopt);
  ASSERT_TRUE(advance_until_appended());
  EXPECT_EQ(levers_->appends().at(0).records.at(0).key, ingest::kWatchdogKey);
  EXPECT_FALSE(heart_.check());
  io_.run(heart_.stop());
}

}  // namespace
