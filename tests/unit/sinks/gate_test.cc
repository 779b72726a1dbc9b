// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/gate.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>

namespace sinks {
namespace {

using std::chrono::seconds;

const base::Time kNow = base::Time(seconds(1'000'000));
constexpr base::Time kNever = base::Time::max();

struct GateTest : testing::Test {
  GateTest() { make({}); }
  ~GateTest() override {
    tasks->cancel();
    callers.spawn([](Gate& stopped) -> base::Task<void> { co_await stopped.stop(); }(*gate));
    run();
  }

  void make(RateLimit limit) { gate = std::make_unique<Gate>(limit, clock, loop.get_executor()); }

  // Everything that can happen without the clock moving.
  void run() {
    loop.restart();
    loop.poll();
  }
  void advance(base::Duration by) {
    clock.advance(by);
    run();
  }

  struct Caller {
    bool done = false;
    std::optional<Gate::Pass> pass;
    std::optional<base::Duration> later;
  };
  static base::Task<void> enter(Gate& gate, std::shared_ptr<Caller> caller, Gate::Ask ask) {
    auto turn = co_await gate.enter(std::move(ask));
    if (turn.pass) caller->pass.emplace(std::move(*turn.pass));
    caller->later = turn.later;
    caller->done = true;
  }
  std::shared_ptr<Caller> call(base::Time give_up = kNever) { return call(Gate::Ask{.give_up = give_up}); }
  std::shared_ptr<Caller> call(Gate::Ask ask) {
    auto caller = std::make_shared<Caller>();
    tasks->spawn(enter(*gate, caller, std::move(ask)));
    run();
    return caller;
  }

  void open_breaker() {
    for (int i = 0; i < CircuitBreaker::kFailuresToOpen; ++i) {
      call()->pass->failed(base::passing(base::Reason::kUnreachable, "no route"));
    }
    run();
  }

  boost::asio::io_context loop;
  base::ManualClock clock{kNow};
  std::unique_ptr<Gate> gate;
  base::TaskGroup callers{loop.get_executor()};
  std::unique_ptr<base::TaskGroup> tasks = std::make_unique<base::TaskGroup>(loop.get_executor());
};

TEST_F(GateTest, LetsCallersPassWhileTheSinkIsWell) {
  auto first = call();
  auto second = call();

  EXPECT_TRUE(first->pass && second->pass);
}

TEST_F(GateTest, LetsCallersWaitWhileTheBreakerIsOpen) {
  open_breaker();

  auto waiting = call();

  EXPECT_TRUE(gate->is_open());
  EXPECT_FALSE(waiting->done);
}

TEST_F(GateTest, SendsOneOfThoseWhoWaitAsAProbeAndAllWhenItSucceeds) {
  open_breaker();
  std::vector<std::shared_ptr<Caller>> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(call());
  auto passed = [&] { return std::count_if(waiting.begin(), waiting.end(), [](auto& one) { return one->done; }); };

  advance(CircuitBreaker::kFirstWait);
  ASSERT_EQ(passed(), 1);
  auto probe = *std::find_if(waiting.begin(), waiting.end(), [](auto& one) { return one->done; });
  probe->pass->succeeded();
  run();

  EXPECT_EQ(passed(), 10);
  EXPECT_FALSE(gate->is_open());
}

TEST_F(GateTest, ProbesAgainLaterWhenAProbeFails) {
  open_breaker();
  auto first = call();
  auto second = call();
  advance(CircuitBreaker::kFirstWait);
  ASSERT_NE(first->done, second->done);

  (first->done ? first : second)->pass->failed(base::passing(base::Reason::kTimeout, "slow"));
  advance(CircuitBreaker::kFirstWait);
  EXPECT_FALSE(first->done && second->done);
  advance(CircuitBreaker::kFirstWait);

  EXPECT_TRUE(first->done && second->done);
}

TEST_F(GateTest, PassesTheProbeOnWhenItsHolderGoesAway) {
  open_breaker();
  auto first = call();
  auto second = call();
  advance(CircuitBreaker::kFirstWait);

  (first->done ? first : second)->pass.reset();
  run();

  EXPECT_TRUE(first->done && second->done);
}

TEST_F(GateTest, TurnsThoseAwayWhoseTimeIsOver) {
  open_breaker();
  auto patient = call();
  auto impatient = call(kNow + seconds(1));

  advance(CircuitBreaker::kFirstWait);
  advance(CircuitBreaker::kLongestWait);

  EXPECT_TRUE(impatient->done);
  EXPECT_NE(patient->pass.has_value(), impatient->pass.has_value());
}

TEST_F(GateTest, LetsCallersBeCancelledWhileTheyWait) {
  open_breaker();
  auto waiting = call();

  tasks->cancel();
  run();

  EXPECT_TRUE(tasks->empty());
  EXPECT_FALSE(waiting->done);
}

TEST_F(GateTest, HoldsCallersToTheRate) {
  make({.per_second = 2, .burst = 1});
  auto first = call();
  auto second = call();
  EXPECT_TRUE(first->done);
  EXPECT_FALSE(second->done);

  advance(std::chrono::milliseconds(500));

  EXPECT_TRUE(second->done);
}

TEST_F(GateTest, LetsTheUrgentGoFirstAndEditsLast) {
  make({.per_second = 1, .burst = 1});
  call();
  auto edit = call(Gate::Ask{.rank = Rank::kEdit});
  auto usual = call(Gate::Ask{.rank = Rank::kUsual});
  auto urgent = call(Gate::Ask{.rank = Rank::kUrgent});

  advance(seconds(1));
  EXPECT_TRUE(urgent->done && !usual->done && !edit->done);
  advance(seconds(1));
  EXPECT_TRUE(usual->done && !edit->done);
  advance(seconds(1));
  EXPECT_TRUE(edit->done);
}

TEST_F(GateTest, CountsEachLaneByItself) {
  make({.per_second = 1, .burst = 1});
  call(Gate::Ask{.lane = "a"});

  EXPECT_FALSE(call(Gate::Ask{.lane = "a"})->done);
  EXPECT_TRUE(call(Gate::Ask{.lane = "b"})->done);
}

TEST_F(GateTest, HasThoseWithoutPatienceComeAgainEachAtAMomentOfItsOwn) {
  make({.per_second = 1, .burst = 1});
  for (int i = 0; i < 3; ++i) call(Gate::Ask{.patience = seconds(2)});

  auto first = call(Gate::Ask{.patience = seconds(2)});
  auto second = call(Gate::Ask{.patience = seconds(2)});

  EXPECT_EQ(first->later, seconds(3));
  EXPECT_EQ(second->later, seconds(4));
  EXPECT_EQ(gate->waiting(), 2);
}

TEST_F(GateTest, LetsGoWhoseTurnHasComeHoweverLateThatIsNoticed) {
  make({.per_second = 1, .burst = 1});
  call(Gate::Ask{.lane = "a"});
  auto waiting = call(Gate::Ask{.lane = "a", .patience = seconds(2)});

  advance(seconds(5));

  EXPECT_TRUE(waiting->pass.has_value());
}

TEST_F(GateTest, FoldsUntilTheStormIsOver) {
  make({.per_second = 1, .burst = 1});
  Gate::Ask ask{.patience = seconds(2), .folds = true};
  for (int i = 0; i < 3; ++i) call(ask);
  EXPECT_EQ(call(ask)->later, seconds(0));

  for (int i = 0; i < 20; ++i) call(ask);
  advance(seconds(5));
  EXPECT_EQ(call(ask)->later, seconds(0));
  advance(seconds(20));

  EXPECT_TRUE(call(ask)->pass.has_value());
}

TEST_F(GateTest, GivesNoPassInsideAPauseThatBeganWhileOneWaited) {
  make({.per_second = 1, .burst = 2});
  auto sent = call();
  call();
  auto waiting = call(Gate::Ask{.patience = seconds(3)});
  sent->pass->paused(base::passing(base::Reason::kRateLimited, "429"), seconds(20));

  advance(seconds(19));
  EXPECT_FALSE(waiting->done);
  advance(seconds(1));

  EXPECT_TRUE(waiting->pass.has_value());
}

TEST_F(GateTest, HoldsALaneAloneWhereOnlyThatIsLimited) {
  make({.per_second = 1, .burst = 3});
  auto error = base::passing(base::Reason::kRateLimited, "429");
  call(Gate::Ask{.lane = "a"})->pass->paused(error, seconds(20), Limited::kLane);
  auto waiting = call(Gate::Ask{.lane = "a"});
  auto folded = call(Gate::Ask{.lane = "a", .patience = seconds(3), .folds = true});
  auto other = call(Gate::Ask{.lane = "b", .patience = seconds(3)});

  EXPECT_TRUE(other->pass.has_value());
  EXPECT_EQ(folded->later, seconds(0));
  advance(seconds(19));
  EXPECT_FALSE(waiting->done);
  advance(seconds(1));
  EXPECT_TRUE(waiting->pass.has_value());
}

TEST_F(GateTest, HasThoseComeAgainWhoseLaneIsHeldLongerThanTheirPatience) {
  make({.per_second = 2, .burst = 1});
  auto error = base::passing(base::Reason::kRateLimited, "429");
  call(Gate::Ask{.lane = "a"})->pass->paused(error, seconds(20), Limited::kLane);

  auto first = call(Gate::Ask{.lane = "a", .patience = seconds(3)});
  auto second = call(Gate::Ask{.lane = "a", .patience = seconds(3)});

  EXPECT_EQ(first->later, seconds(20));
  EXPECT_EQ(second->later, std::chrono::milliseconds(20'500));
  EXPECT_EQ(gate->waiting(), 0);
}

TEST_F(GateTest, HoldsNobodyWhereOnlyTheDeliveryIsLimited) {
  auto error = base::passing(base::Reason::kRateLimited, "429");
  call(Gate::Ask{.lane = "a"})->pass->paused(error, seconds(20), Limited::kDelivery);

  EXPECT_TRUE(call(Gate::Ask{.lane = "a"})->pass.has_value());
}

TEST_F(GateTest, KeepsNoPlaceForThoseWhoAreCancelled) {
  make({.per_second = 1, .burst = 1});
  call();
  call();
  EXPECT_EQ(gate->waiting(), 1);

  tasks->cancel();
  run();

  EXPECT_EQ(gate->waiting(), 0);
}

TEST_F(GateTest, HoldsEverybodyWhenTheSinkAsksForAPause) {
  call()->pass->paused(base::passing(base::Reason::kRateLimited, "429"), seconds(20));
  auto waiting = call();

  advance(seconds(19));
  EXPECT_FALSE(waiting->done);
  advance(seconds(1));

  EXPECT_TRUE(waiting->done);
  EXPECT_FALSE(gate->is_open());
}

}  // namespace
}  // namespace sinks
