// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/circuit_breaker.h"

#include <gtest/gtest.h>

namespace sinks {
namespace {

using Admission = CircuitBreaker::Admission;
using std::chrono::seconds;

const base::Time kNow = base::Time(seconds(1'000'000));

CircuitBreaker opened() {
  CircuitBreaker breaker;
  for (int i = 0; i < CircuitBreaker::kFailuresToOpen; ++i) breaker.failed(false, kNow);
  return breaker;
}

TEST(CircuitBreaker, StaysClosedWhileSomethingSucceeds) {
  CircuitBreaker breaker;

  for (int i = 0; i < 100; ++i) {
    for (int n = 1; n < CircuitBreaker::kFailuresToOpen; ++n) breaker.failed(false, kNow);
    breaker.succeeded();
    EXPECT_EQ(breaker.ask(kNow), Admission::kSend);
  }
}

TEST(CircuitBreaker, OpensAfterSomeFailuresInARow) {
  CircuitBreaker breaker = opened();

  EXPECT_TRUE(breaker.is_open());
  EXPECT_EQ(breaker.ask(kNow), Admission::kWait);
  EXPECT_EQ(breaker.probe_at(), kNow + CircuitBreaker::kFirstWait);
}

TEST(CircuitBreaker, LetsOneProbeThroughAtATime) {
  CircuitBreaker breaker = opened();
  auto later = breaker.probe_at();

  EXPECT_EQ(breaker.ask(later), Admission::kProbe);
  EXPECT_EQ(breaker.ask(later), Admission::kWait);
}

TEST(CircuitBreaker, ClosesWhenTheProbeSucceeds) {
  CircuitBreaker breaker = opened();
  breaker.ask(breaker.probe_at());

  breaker.succeeded();

  EXPECT_EQ(breaker.ask(kNow), Admission::kSend);
}

TEST(CircuitBreaker, WaitsLongerAfterEachFailedProbeUpToABound) {
  CircuitBreaker breaker = opened();

  for (int expected : {10, 20, 40, 60, 60, 60}) {
    auto when = breaker.probe_at();
    ASSERT_EQ(breaker.ask(when), Admission::kProbe);
    breaker.failed(true, when);
    EXPECT_EQ(breaker.probe_at() - when, seconds(expected));
  }
}

TEST(CircuitBreaker, LetsAnotherProbeGoWhenOneIsAbandoned) {
  CircuitBreaker breaker = opened();
  auto when = breaker.probe_at();
  breaker.ask(when);

  breaker.abandoned(when);

  EXPECT_EQ(breaker.ask(when), Admission::kProbe);
}

TEST(CircuitBreaker, TakesNoNoticeOfStragglersWhileOpen) {
  CircuitBreaker breaker = opened();
  auto when = breaker.probe_at();

  breaker.failed(false, kNow + seconds(3));

  EXPECT_EQ(breaker.probe_at(), when);
}

}  // namespace
}  // namespace sinks
