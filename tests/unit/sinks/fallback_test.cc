// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/fallback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/task_group.h"
#include "schemas/topics.h"
#include "sinks/delivery/digest_worker.h"
#include "sinks/delivery/worker.h"
#include "tests/fakes/fake_log.h"

namespace sinks {
namespace {

using base::Reason;
using schemas::TransitionState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHint = "invite the app";

// Keeps what it is told, as "i1 opened!" where the "!" is an opening.
class Listener final : public Sink {
 public:
  base::Result<Rendered> render(const schemas::Delivery& delivery) const override {
    return Rendered{.body = "text", .idempotency_key = delivery.id};
  }
  base::Task<base::Result<Reply>> send(Sending& sending) override {
    if (refusal) {
      sending.hint = kHint;
      co_return *refusal;
    }
    const auto& delivery = sending.delivery;
    bool is_digest = delivery.transition.cause == "digest";
    told.push_back((is_digest
                        ? "digest of " + std::to_string(delivery.transition.incident.count)
                        : delivery.transition.incident.id + " " + std::string(to_string(delivery.transition.state))) +
                   (delivery.opening ? "!" : ""));
    co_return Reply{.detail = "ok"};
  }

  std::optional<base::Error> refusal;
  std::vector<std::string> told;
};

// "chat" and "hook" fall back to "mail", and "mail" to "log".
struct FallbackTest : testing::Test {
  FallbackTest() {
    chat = add({.sink = "chat", .rate_limit = {.per_second = 1, .burst = 1}, .fallback = "mail"});
    mail = add({.sink = "mail", .fallback = "log"});
    log = add({.sink = "log"});
    add({.sink = "hook", .fallback = "mail"})->refusal = base::permanent(Reason::kAuth, "401");
    bus.on_append = [this](const bus::Record& record) {
      if (record.topic == bus::kDeadLetters) ++letters;
      if (record.topic != schemas::topics::kReceipts) return;
      auto receipt = schemas::decode_receipt(record.value).value();
      receipts.push_back(receipt.sink + " " + receipt.transition_id + " " + std::string(to_string(receipt.outcome)) +
                         (receipt.reason.empty() ? "" : " " + receipt.reason));
      details.push_back(receipt.detail);
    };
    chat->refusal = base::permanent(Reason::kAuth, "invalid_auth");
  }
  ~FallbackTest() override {
    base::TaskGroup stopping(bus.executor());
    for (auto& worker : workers) stopping.spawn(worker->stop());
    bus.run();
  }

  Listener* add(DeliveryOptions options) {
    auto listener = std::make_unique<Listener>();
    auto* sink = listener.get();
    std::string name = options.sink;
    workers.push_back(std::make_unique<DeliveryWorker>(std::move(options), std::move(listener),
                                                       DeliveryDeps{clock, rng, metrics, health, bus.executor()}));
    digests.push_back(std::make_unique<DigestWorker>(workers.back()->sender()));
    bus.add(DeliveryWorker::spec(name), *workers.back());
    bus.add(DigestWorker::spec(name), *digests.back());
    return sink;
  }
  schemas::Delivery deliver(const std::string& incident, TransitionState state,
                            const std::string& cause = "first_finding", std::vector<std::string> told_too = {}) {
    schemas::Delivery delivery{.id = "d" + std::to_string(++made), .sink = "chat", .created = clock.now()};
    delivery.opening = state == TransitionState::kOpened;
    delivery.told_too = std::move(told_too);
    auto& transition = delivery.transition;
    transition.id = "t" + std::to_string(made);
    transition.state = state;
    transition.cause = cause;
    transition.at = clock.now();
    transition.incident.id = incident;
    transition.incident.identity.key = "key-" + incident;
    transition.incident.severity = schemas::Severity::kHigh;
    transition.incident.open = state != TransitionState::kResolved;
    transition.incident.opened = transition.incident.last_seen = clock.now();
    transition.finding.created = clock.now();
    if (asked) transition.command = schemas::Command{.id = "c", .action = *asked, .sink = "chat", .at = clock.now()};
    bus.append("deliveries.chat", "key-" + incident, schemas::encode(delivery));
    bus.counters["deliveries/made/chat"] += 1;
    return delivery;
  }
  // The newest transition, to another sink too.
  void deliver_too(const std::string& sink, schemas::Delivery delivery) {
    delivery.id += sink;
    delivery.sink = sink;
    bus.append("deliveries." + sink, "key-" + delivery.transition.incident.id, schemas::encode(delivery));
    bus.counters["deliveries/made/" + sink] += 1;
  }
  std::int64_t difference() const {
    return bus.counted("deliveries/made") - bus.counted("deliveries/delivered") - bus.counted("deliveries/suppressed") -
           bus.counted("deliveries/dead_lettered");
  }

  base::ManualClock clock{base::Time(hours(24 * 20'000))};
  base::Rng rng{7};
  base::Metrics metrics;
  HealthBoard health;
  fakes::FakeLog bus{clock};
  std::vector<std::unique_ptr<DeliveryWorker>> workers;
  std::vector<std::unique_ptr<DigestWorker>> digests;
  Listener* chat;
  Listener* mail;
  Listener* log;
  std::vector<std::string> receipts;
  std::vector<std::string> details;
  std::optional<schemas::CommandAction> asked;
  int letters = 0;
  int made = 0;
};

TEST_F(FallbackTest, TellsTheOtherSinkWhatIsRefusedForGood) {
  deliver("i1", TransitionState::kOpened);
  bus.advance(seconds(2));

  EXPECT_THAT(mail->told, ElementsAre("i1 opened!"));
  EXPECT_THAT(receipts, ElementsAre("chat t1 suppressed fell_back:mail", "mail t1 delivered"));
  EXPECT_EQ(details[0], "invalid_auth");
  EXPECT_EQ(letters, 0);
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, SaysWhatToDoInMetricsAndHealth) {
  deliver("i1", TransitionState::kOpened);
  bus.advance(seconds(2));

  EXPECT_THAT(metrics.expose(),
              HasSubstr(R"(tocsin_sink_refused_total{hint="invite the app",reason="auth",sink="chat"} 1)"));
  EXPECT_THAT(metrics.expose(), HasSubstr(R"(tocsin_sink_fell_back_total{reason="auth",sink="chat"} 1)"));
  EXPECT_THAT(metrics.expose(), HasSubstr(R"(tocsin_sink_healthy{sink="chat"} 0)"));
  ASSERT_EQ(health.all().at(0).sink, "chat");
  EXPECT_THAT(health.all().at(0).detail, HasSubstr(": invite the app"));
}

TEST_F(FallbackTest, TakesOverWhatWasTriedInVainToo) {
  chat->refusal = base::passing(Reason::kUnavailable, "503");
  deliver("i1", TransitionState::kOpened);
  bus.advance(hours(25), seconds(1));

  EXPECT_THAT(mail->told, ElementsAre("i1 opened!"));
  EXPECT_EQ(letters, 0);
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, TellsTheWholeStoryOfAnIncidentThere) {
  deliver("i1", TransitionState::kOpened);
  deliver("i1", TransitionState::kUpdated, "new_evidence");
  deliver("i1", TransitionState::kResolved, "last_member_resolved");
  bus.advance(minutes(1));

  EXPECT_THAT(mail->told, ElementsAre("i1 opened!", "i1 updated", "i1 resolved"));
  EXPECT_THAT(chat->told, IsEmpty());
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, KeepsTheEndOfAnIncidentFromASinkThatWasToldNothing) {
  deliver("i1", TransitionState::kOpened);
  bus.advance(seconds(2));
  chat->refusal.reset();
  deliver("i1", TransitionState::kResolved, "last_member_resolved");
  bus.advance(seconds(2));

  EXPECT_THAT(chat->told, IsEmpty());
  EXPECT_THAT(mail->told, ElementsAre("i1 opened!", "i1 resolved"));
  EXPECT_EQ(bus.entries("sink.chat", "fallen"), 0u);
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, TellsTheEndToBothWhereBothWereTold) {
  chat->refusal.reset();
  deliver("i1", TransitionState::kOpened);
  bus.advance(seconds(2));
  chat->refusal = base::permanent(Reason::kNotFound, "not_in_channel");
  deliver("i1", TransitionState::kUpdated, "new_evidence");
  bus.advance(seconds(2));
  chat->refusal.reset();
  deliver("i1", TransitionState::kResolved, "last_member_resolved");
  bus.advance(seconds(2));

  EXPECT_THAT(chat->told, ElementsAre("i1 opened!", "i1 resolved"));
  EXPECT_THAT(mail->told, ElementsAre("i1 updated!", "i1 resolved"));
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, DoesNotTellTwiceWhatRoutingGaveTheOtherSink) {
  deliver("i1", TransitionState::kOpened, "first_finding", {"mail"});
  bus.advance(seconds(2));

  EXPECT_THAT(mail->told, IsEmpty());
  EXPECT_THAT(receipts, ElementsAre("chat t1 suppressed fell_back:mail"));
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, TellsOnceWhatTwoSinksHandOver) {
  deliver_too("hook", deliver("i1", TransitionState::kOpened));
  deliver_too("hook", deliver("i1", TransitionState::kUpdated, "new_evidence"));
  deliver_too("hook", deliver("i1", TransitionState::kResolved, "last_member_resolved"));
  bus.advance(minutes(1));

  EXPECT_THAT(mail->told, ElementsAre("i1 opened!", "i1 updated", "i1 resolved"));
  EXPECT_EQ(bus.counted("deliveries/suppressed/mail/told_already"), 3);
  EXPECT_EQ(difference(), 0);
  bus.advance(hours(8 * 24), minutes(1));
  EXPECT_EQ(bus.entries("sink.mail", "took"), 0u);
}

TEST_F(FallbackTest, KeepsWhatSomebodyAskedWhereItWasAsked) {
  asked = schemas::CommandAction::kSilence;
  deliver("i1", TransitionState::kUpdated, "silence_asked");
  bus.advance(seconds(2));

  EXPECT_THAT(mail->told, IsEmpty());
  EXPECT_EQ(letters, 1);
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, GoesOnToTheNextAndEndsAsADeadLetter) {
  mail->refusal = log->refusal = base::permanent(Reason::kNotFound, "404");
  deliver("i1", TransitionState::kOpened);
  bus.advance(seconds(2));

  EXPECT_THAT(receipts, ElementsAre("chat t1 suppressed fell_back:mail", "mail t1 suppressed fell_back:log",
                                    "log t1 dead_lettered not_found"));
  EXPECT_EQ(letters, 1);
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, TakesOverDigestsAsDigests) {
  chat->refusal = base::Error{Reason::kRateLimited, base::Retry::after(minutes(30)), "429"};
  for (int i = 0; i < 40; ++i) deliver("i" + std::to_string(i), TransitionState::kOpened);
  bus.advance(hours(26), seconds(1));

  std::int64_t digested = 0;
  std::int64_t alone = 0;
  for (const auto& one : mail->told) {
    one.starts_with("digest of ") ? digested += std::stoll(one.substr(10)) : ++alone;
  }
  EXPECT_GT(digested, 0);
  EXPECT_EQ(digested + alone, 40);
  EXPECT_EQ(letters, 0);
  EXPECT_EQ(difference(), 0);
}

TEST_F(FallbackTest, KeepsHeartbeatsWhereTheyBelong) {
  deliver("beat", TransitionState::kUpdated, std::string(schemas::kHeartbeatCause));
  bus.advance(seconds(2));

  EXPECT_THAT(mail->told, IsEmpty());
  EXPECT_EQ(letters, 1);
}

}  // namespace
}  // namespace sinks
