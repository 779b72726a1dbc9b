// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/task_group.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "sinks/delivery/digest_worker.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/worker.h"
#include "tests/fakes/fake_log.h"

namespace sinks {
namespace {

using base::Reason;
using schemas::Severity;
using schemas::TransitionState;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Time kNow = base::Time(hours(24 * 20'000));

// What a chat was told, and when.
struct Told {
  base::Time at;
  std::string lane;
  std::string id;  // Of the transition, or of a digest.
  bool opening = false;
  std::string cause;
  std::int64_t count = 0;
};

// A chat with channels: the lane of a delivery is its label "channel".
class Chat final : public Sink {
 public:
  Chat(base::Clock& clock, std::vector<Told>& told) : clock_(clock), told_(told) {}
  base::Result<Rendered> render(const schemas::Delivery& delivery) const override {
    return Rendered{.body = delivery.transition.finding.title, .idempotency_key = delivery.id};
  }
  std::string lane(const schemas::Delivery& delivery) const override {
    auto found = delivery.transition.finding.subject.labels.find("channel");
    return found == delivery.transition.finding.subject.labels.end() ? "" : found->second;
  }
  base::Task<base::Result<Reply>> send(Sending& sending) override {
    ++attempts;
    if (limited && sending.lane == *limited) {
      sending.limited = Limited::kLane;
      co_return base::Error{Reason::kRateLimited, base::Retry::after(seconds(30)), "429"};
    }
    if (refuse && (refuse_only.empty() || sending.delivery.transition.cause == refuse_only)) co_return *refuse;
    const auto& transition = sending.delivery.transition;
    told_.push_back({clock_.now(), sending.lane, transition.id, sending.delivery.opening, transition.cause,
                     transition.incident.count});
    co_return Reply{.detail = "ok"};
  }

  std::optional<base::Error> refuse;
  std::string refuse_only;             // The cause of what is refused.
  std::optional<std::string> limited;  // A lane that asks for half a minute.
  int attempts = 0;

 private:
  base::Clock& clock_;
  std::vector<Told>& told_;
};

struct StormTest : testing::Test {
  StormTest() { make({.sink = "chat", .rate_limit = {.per_second = 1, .burst = 1}}); }
  ~StormTest() override {
    base::TaskGroup stopping(log->executor());
    stopping.spawn(worker->stop());
    log->run();
  }

  void make(DeliveryOptions options) {
    log = std::make_unique<fakes::FakeLog>(clock);
    auto made = std::make_unique<Chat>(clock, told);
    chat = made.get();
    worker = std::make_unique<DeliveryWorker>(std::move(options), std::move(made),
                                              DeliveryDeps{clock, rng, metrics, health, log->executor()});
    digests = std::make_unique<DigestWorker>(worker->sender());
    log->add(DeliveryWorker::spec("chat"), *worker);
    log->add(DigestWorker::spec("chat"), *digests);
    log->on_append = [this](const bus::Record& record) {
      if (record.topic == schemas::topics::kReceipts) keep_receipt(record);
      if (record.topic == bus::kDeadLetters) letters.push_back(bus::decode_dead_letter(record.value).value());
    };
  }
  void keep_receipt(const bus::Record& record) {
    auto receipt = schemas::decode_receipt(record.value).value();
    if (!receipt.incident_id.empty()) EXPECT_EQ(record.key, "key-" + receipt.incident_id);
    ++ends[receipt.transition_id];
    reasons[receipt.transition_id] = receipt.reason;
  }

  struct Kind {
    Severity severity = Severity::kHigh;
    TransitionState state = TransitionState::kOpened;
    std::string cause = "first_finding";
    std::string channel;
  };
  // Returns the transition's id.
  std::string deliver(const std::string& incident, Kind kind) {
    schemas::Delivery delivery{.id = "d" + std::to_string(++made_), .sink = "chat", .created = clock.now()};
    delivery.opening = kind.state == TransitionState::kOpened;
    auto& transition = delivery.transition;
    transition.id = "t" + std::to_string(made_);
    transition.state = kind.state;
    transition.cause = kind.cause;
    transition.at = clock.now();
    transition.incident.id = incident;
    transition.incident.identity.key = "key-" + incident;
    transition.incident.severity = kind.severity;
    transition.incident.count = 1;
    transition.incident.open = kind.state != TransitionState::kResolved;
    transition.incident.opened = transition.incident.last_seen = clock.now();
    transition.finding.title = "Something is wrong with " + incident;
    transition.finding.aggregation_key = "Wrong";
    transition.finding.created = clock.now();
    if (!kind.channel.empty()) transition.finding.subject.labels["channel"] = kind.channel;
    log->append("deliveries.chat", "key-" + incident, schemas::encode(delivery));
    return transition.id;
  }
  // So many new incidents, evenly over a time.
  void storm(int count, base::Duration over, Kind kind) {
    base::Time begin = clock.now();
    for (int i = 0; i < count; ++i) {
      deliver("i" + std::to_string(++incidents_), kind);
      log->advance(begin + over * (i + 1) / count - clock.now());
    }
  }
  void beat() {
    deliver("beat", {.severity = Severity::kInfo,
                     .state = TransitionState::kUpdated,
                     .cause = std::string(schemas::kHeartbeatCause)});
  }
  std::vector<Told> told_by(const std::string& cause) const {
    std::vector<Told> found;
    for (const auto& one : told) {
      if (one.cause == cause) found.push_back(one);
    }
    return found;
  }
  std::int64_t ended() const {
    return log->counted("deliveries/delivered") + log->counted("deliveries/suppressed") +
           log->counted("deliveries/dead_lettered");
  }
  // Each delivery has ended once, and nothing waits.
  void expect_all_accounted_for() {
    EXPECT_EQ(ended(), made_);
    EXPECT_EQ(ends.size(), static_cast<std::size_t>(made_));
    for (const auto& [id, times] : ends) EXPECT_EQ(times, 1) << id;
    EXPECT_EQ(log->entries("digest.chat", kGatheredTable), 0u);
    EXPECT_EQ(log->entries("sink.chat", ParkedQueue::kTable), 0u);
  }

  base::ManualClock clock{kNow};
  base::Rng rng{7};
  base::Metrics metrics;
  HealthBoard health;
  std::vector<Told> told;
  std::map<std::string, int> ends;
  std::map<std::string, std::string> reasons;
  std::vector<bus::DeadLetter> letters;
  std::unique_ptr<fakes::FakeLog> log;
  Chat* chat = nullptr;
  std::unique_ptr<DeliveryWorker> worker;
  std::unique_ptr<DigestWorker> digests;
  int made_ = 0;
  int incidents_ = 0;
};

TEST_F(StormTest, TellsEachByItselfWhileThereIsRoom) {
  for (int i = 0; i < 20; ++i) storm(1, seconds(2), {});

  EXPECT_EQ(told.size(), 20u);
  EXPECT_TRUE(told_by("digest").empty());
  expect_all_accounted_for();
}

TEST_F(StormTest, TellsACriticalWithinFiveSecondsAmidFiveThousand) {
  std::map<std::string, base::Time> critical;
  for (int part = 0; part < 6; ++part) {
    storm(833, seconds(10), {});
    critical[deliver("critical" + std::to_string(part), {.severity = Severity::kCritical})] = clock.now();
  }
  log->advance(minutes(2));

  int found = 0;
  for (const auto& one : told) {
    if (!critical.contains(one.id)) continue;
    ++found;
    EXPECT_LE(one.at - critical[one.id], seconds(5));
  }
  EXPECT_EQ(found, 6);
  EXPECT_LE(told_by("digest").size(), 25u);
  EXPECT_LE(told.size(), 40u);
  EXPECT_EQ(log->counted("deliveries/delivered"), made_);
  expect_all_accounted_for();
}

TEST_F(StormTest, CountsExactlyInItsDigests) {
  storm(5000, seconds(60), {});
  log->advance(minutes(2));

  std::int64_t in_digests = 0;
  for (const auto& digest : told_by("digest")) in_digests += digest.count;
  EXPECT_EQ(in_digests + static_cast<std::int64_t>(told_by("first_finding").size()), 5000);
  EXPECT_EQ(log->counters["deliveries/delivered/chat/in_digest"], in_digests);
}

TEST_F(StormTest, TellsOfManyCriticalsSoonToo) {
  storm(1000, seconds(20), {.severity = Severity::kCritical});
  log->advance(minutes(1));

  EXPECT_LE(told.size(), 25u);
  expect_all_accounted_for();
}

TEST_F(StormTest, TellsABeatByItselfAndSoon) {
  for (int part = 0; part < 5; ++part) {
    storm(500, seconds(10), {.severity = Severity::kCritical});
    beat();
  }
  log->advance(minutes(1));

  auto beats = told_by(std::string(schemas::kHeartbeatCause));
  ASSERT_EQ(beats.size(), 5u);
  for (std::size_t i = 0; i < beats.size(); ++i) {
    EXPECT_LE(beats[i].at - kNow, seconds(10) * (static_cast<int>(i) + 1) + seconds(5));
  }
  expect_all_accounted_for();
}

TEST_F(StormTest, ForgetsIncidentsWhoseEndItIsNotTold) {
  storm(30, seconds(1), {});
  log->advance(minutes(1));
  ASSERT_EQ(log->entries("sink.chat", "telling"), 30u);
  log->advance(hours(6 * 24), minutes(10));
  auto repeat = deliver("i30", {.state = TransitionState::kUpdated, .cause = "repeat"});
  log->advance(hours(2 * 24), minutes(10));
  EXPECT_EQ(reasons[repeat], "told_in_digest");
  EXPECT_EQ(log->entries("sink.chat", "telling"), 1u);

  log->advance(hours(6 * 24), minutes(10));

  EXPECT_EQ(log->entries("sink.chat", "telling"), 0u);
}

TEST_F(StormTest, NeverSendsFasterThanTheRateInALane) {
  storm(2000, seconds(30), {.channel = "a"});
  log->advance(minutes(2));

  for (std::size_t i = 1; i < told.size(); ++i) EXPECT_GE(told[i].at - told[i - 1].at, seconds(1)) << i;
}

TEST_F(StormTest, LeavesOtherLanesAlone) {
  for (int i = 0; i < 10; ++i) {
    storm(300, seconds(3), {.channel = "loud"});
    deliver("quiet" + std::to_string(i), {.channel = "quiet"});
  }
  log->advance(minutes(2));

  int quiet = 0;
  for (const auto& one : told) quiet += one.lane == "quiet" && one.cause != "digest";
  EXPECT_EQ(quiet, 10);
  expect_all_accounted_for();
}

TEST_F(StormTest, SendsNothingToAnyLaneInsideAPause) {
  for (int i = 0; i < 20; ++i) deliver("before" + std::to_string(i), {.channel = "c" + std::to_string(i)});
  log->run();
  chat->refuse = base::Error{Reason::kRateLimited, base::Retry::after(seconds(30)), "429"};
  deliver("refused", {.channel = "c0"});
  log->advance(seconds(1));
  chat->refuse.reset();
  base::Time pause = clock.now();
  int attempts = chat->attempts;

  for (int i = 0; i < 20; ++i)
    storm(40, seconds(1),
          {.severity = i % 2 ? Severity::kCritical : Severity::kLow, .channel = "c" + std::to_string(i)});
  log->advance(pause + seconds(28) - clock.now());

  EXPECT_EQ(chat->attempts, attempts);
  log->advance(minutes(3));
  expect_all_accounted_for();
}

TEST_F(StormTest, GoesOnInTheOtherLanesWhileOneIsPaused) {
  chat->limited = "a";
  deliver("first", {.channel = "a"});
  log->advance(seconds(1));
  int attempts = chat->attempts;
  std::string critical;
  for (int i = 0; i < 25; ++i) {
    for (int k = 0; k < 4; ++k) storm(1, milliseconds(0), {.channel = "a"});
    critical = deliver("critical" + std::to_string(i), {.severity = Severity::kCritical, .channel = "a"});
    storm(1, seconds(1), {.channel = "b"});
  }

  EXPECT_EQ(chat->attempts, attempts + 25);  // All of them in b.
  EXPECT_EQ(told.size(), 25u);
  chat->limited.reset();
  log->advance(minutes(2));
  EXPECT_TRUE(std::any_of(told.begin(), told.end(), [&](const Told& one) { return one.id == critical; }) ||
              log->counters["deliveries/delivered/chat/in_digest"] > 100);
  expect_all_accounted_for();
}

TEST_F(StormTest, KeepsQuietAboutWhatItToldInADigest) {
  storm(30, seconds(1), {});
  log->advance(minutes(1));
  std::string digested = "i30";
  auto before = told.size();

  auto repeat = deliver(digested, {.state = TransitionState::kUpdated, .cause = "repeat"});
  auto evidence = deliver(digested, {.state = TransitionState::kUpdated, .cause = "new_evidence"});
  log->advance(minutes(1));

  EXPECT_EQ(told.size(), before);
  EXPECT_EQ(reasons[repeat], "told_in_digest");
  EXPECT_EQ(reasons[evidence], "told_in_digest");
  expect_all_accounted_for();
}

TEST_F(StormTest, OpensWhatGetsWorseAfterItsDigest) {
  storm(30, seconds(1), {});
  log->advance(minutes(1));

  auto rise =
      deliver("i30", {.severity = Severity::kCritical, .state = TransitionState::kUpdated, .cause = "severity_rise"});
  log->advance(minutes(1));
  auto end = deliver(
      "i30", {.severity = Severity::kCritical, .state = TransitionState::kResolved, .cause = "last_member_resolved"});
  log->advance(minutes(1));

  ASSERT_GE(told.size(), 2u);
  EXPECT_EQ(told[told.size() - 2].id, rise);
  EXPECT_TRUE(told[told.size() - 2].opening);
  EXPECT_EQ(told.back().id, end);
  expect_all_accounted_for();
}

TEST_F(StormTest, TellsTheEndsOfADigestInADigest) {
  storm(30, seconds(1), {});
  log->advance(minutes(1));
  auto digests_before = told_by("digest").size();
  auto in_digest = log->counters["deliveries/delivered/chat/in_digest"];
  ASSERT_GT(in_digest, 20);

  for (int i = 1; i <= 30; ++i) {
    deliver("i" + std::to_string(i), {.state = TransitionState::kResolved, .cause = "last_member_resolved"});
  }
  log->advance(minutes(2));

  EXPECT_EQ(told_by("digest").size(), digests_before + 1);
  EXPECT_EQ(told_by("last_member_resolved").size(), static_cast<std::size_t>(30 - in_digest));
  EXPECT_EQ(log->entries("sink.chat", "telling"), 0u);
  expect_all_accounted_for();
}

TEST_F(StormTest, TriesTheSameDigestAgain) {
  chat->refuse = base::passing(Reason::kUnavailable, "503");
  chat->refuse_only = "digest";
  storm(30, seconds(1), {});
  log->advance(seconds(15));
  EXPECT_TRUE(told_by("digest").empty());
  chat->refuse.reset();
  storm(30, seconds(1), {});
  log->advance(minutes(2));

  EXPECT_GE(told_by("digest").size(), 2u);
  EXPECT_LT(told_by("digest").front().count, 30);
  expect_all_accounted_for();
}

TEST_F(StormTest, DeadLettersWhatADigestCouldNotTellAndPlaysItAgain) {
  chat->refuse = base::permanent(Reason::kBadRequest, "400");
  chat->refuse_only = "digest";
  storm(30, seconds(1), {});
  log->advance(minutes(1));
  auto lost = log->counted("deliveries/dead_lettered/chat/bad_request");
  EXPECT_GT(lost, 20);
  ASSERT_EQ(letters.size(), static_cast<std::size_t>(lost));
  EXPECT_EQ(ended(), made_);

  chat->refuse.reset();
  for (const auto& letter : letters) {
    log->append(letter.topic, letter.key, letter.value);
    --ends[decode_folded(letter.value).value().transition_id];
  }
  log->counters["deliveries/dead_lettered/chat/bad_request"] = 0;
  log->advance(minutes(1));

  EXPECT_EQ(told_by("digest").size(), 1u);
  EXPECT_EQ(told_by("digest")[0].count, lost);
  expect_all_accounted_for();
}

TEST_F(StormTest, CountsWhatCannotBeReadAsADeadLetter) {
  log->append("digests.chat", "lane:", R"({"schema":"tocsin.folded/2"})");
  log->append("digests.chat", "lane:", "{nonsense");
  log->run();

  EXPECT_EQ(log->counted("deliveries/dead_lettered/chat"), 2);
  EXPECT_EQ(letters.size(), 2u);
}

TEST_F(StormTest, WaitsForItsTurnWhereDigestsAreNotWanted) {
  make({.sink = "chat", .rate_limit = {.per_second = 1, .burst = 1}, .storm = {.digest_after = {}}});
  storm(300, seconds(10), {});
  deliver("critical", {.severity = Severity::kCritical});
  base::Time came = clock.now();
  log->advance(minutes(6));

  EXPECT_EQ(told.size(), 301u);
  EXPECT_LE(std::find_if(told.begin(), told.end(), [&](const Told& one) { return one.id == "t301"; })->at - came,
            seconds(5));
  // At least 0.95 of the rate is used.
  EXPECT_LE(told.back().at - told.front().at, seconds(316));
  expect_all_accounted_for();
}

TEST_F(StormTest, UsesTheRateOfManyLanes) {
  make({.sink = "chat", .rate_limit = {.per_second = 1, .burst = 1}, .storm = {.digest_after = {}}});
  for (int i = 0; i < 2000; ++i)
    deliver("x" + std::to_string(i), {.channel = std::to_string(static_cast<int>(rng.unit() * 20))});
  log->advance(minutes(5), milliseconds(200));

  EXPECT_EQ(told.size(), 2000u);
  std::map<std::string, std::pair<base::Time, int>> last;
  for (const auto& one : told) last[one.lane] = {one.at, last[one.lane].second + 1};
  for (const auto& [lane, end] : last) {
    EXPECT_GE(end.second / std::chrono::duration<double>(end.first - kNow).count(), 0.95) << lane;
  }
  expect_all_accounted_for();
}

// A sink that is down for three days while a thousand incidents open, go on and end.
TEST_F(StormTest, AccountsForEverythingAfterThreeDaysDown) {
  chat->refuse = base::passing(Reason::kUnavailable, "503");
  for (int hour = 0; hour < 72; ++hour) {
    for (int i = 0; i < 14; ++i) {
      std::string incident = "i" + std::to_string(++incidents_);
      deliver(incident, {.severity = i % 10 == 0 ? Severity::kCritical : Severity::kLow});
      deliver(incident, {.state = TransitionState::kUpdated, .cause = "repeat"});
      if (i % 2 == 0) deliver(incident, {.state = TransitionState::kResolved, .cause = "last_member_resolved"});
    }
    log->advance(hours(1), seconds(10));
  }
  chat->refuse.reset();
  log->advance(hours(2), seconds(1));
  EXPECT_EQ(ended(), made_);
  EXPECT_GT(log->counted("deliveries/dead_lettered"), 0);

  for (const auto& letter : std::exchange(letters, {})) {
    log->append(letter.topic, letter.key, letter.value);
    auto delivery = schemas::decode_delivery(letter.value);
    --ends[delivery ? delivery.value().transition.id : decode_folded(letter.value).value().transition_id];
  }
  std::erase_if(log->counters, [](const auto& entry) { return entry.first.starts_with("deliveries/dead_lettered"); });
  log->advance(hours(2), seconds(1));

  EXPECT_TRUE(letters.empty());
  EXPECT_EQ(log->counted("deliveries/dead_lettered"), 0);
  EXPECT_LE(told.size(), 2000u);
  expect_all_accounted_for();
}

}  // namespace
}  // namespace sinks
