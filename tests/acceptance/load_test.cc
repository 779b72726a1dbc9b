// SPDX-License-Identifier: Apache-2.0
// Alerts that come and go at a steady rate, while the disk fills and the clock is set. Ten seconds of it in `make
// test`; TOCSIN_LOAD_SECONDS=3600 makes a soak of it, which then also looks at the memory.
#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::steady_clock;

// 200 alerts a second: bodies of four.
constexpr int kBodiesASecond = 50;
constexpr int kAlertsABody = 4;
// Alerts that fire and resolve in turn.
constexpr int kAlerts = 2000;
// From when on the memory of a long run must not grow any more, and by how much it may.
constexpr seconds kLongRun(600);
constexpr long kMostGrowthKb = 8 * 1024;

std::string config_with_file(const std::string& directory) {
  return R"(clusterName: load
bus: {retention: {bytes: 67108864}}
customPlaybooks:
  - triggers: [on_prometheus_alert: {}]
    actions: [default_enricher: {}]
sinksConfig:
  - file_sink: {name: file, max_bytes: 16777216, keep: 1, file_name: ")" +
         directory + R"(/transitions.jsonl"}
)";
}

// The pace of the load; nothing is waited for.
void pause(steady_clock::duration duration) {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  if (left.count() > 0) poll(nullptr, 0, static_cast<int>(left.count()));
}

seconds how_long() {
  const char* asked = std::getenv("TOCSIN_LOAD_SECONDS");
  return seconds(asked != nullptr ? std::atoi(asked) : 10);
}

// The next bodies of a load: every alert fires in one round and resolves in the next.
class Bodies {
 public:
  std::string next() {
    std::vector<json> alerts;
    for (int i = 0; i < kAlertsABody; ++i) {
      bool resolved = count_ / kAlerts % 2 == 1;
      json one = alert("load-" + std::to_string(count_ % kAlerts), resolved);
      one["startsAt"] = "2026-01-02T03:04:05." + std::to_string(100'000 + count_ / kAlerts / 2) + "Z";
      alerts.push_back(std::move(one));
      ++count_;
    }
    return body_of(alerts, std::to_string(count_ % 50));
  }

 private:
  int count_ = 0;
};

class Load : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(tocsin_.start()) << tocsin_.log(); }

  // Posts at the rate for a while. A body that is refused is sent again, as Alertmanager does.
  void run_for(steady_clock::duration duration) {
    auto begin = steady_clock::now();
    for (int i = 0; steady_clock::now() - begin < duration; ++i) {
      std::string body = bodies_.next();
      while (!connection_.post("/api/alerts", body, kGenerous).is_success()) {
        ++refused_;
        pause(std::chrono::milliseconds(20));
        if (HasFailure() || steady_clock::now() - begin > duration + kGenerous) FAIL() << tocsin_.log();
      }
      accepted_ += kAlertsABody;
      pause(begin + i * std::chrono::microseconds(1'000'000 / kBodiesASecond) - steady_clock::now());
    }
  }

  void settle() {
    auto is_pending = [](const json& account) { return account.at("outcomes").contains("pending"); };
    ASSERT_TRUE(harness::eventually(kGenerous, [&] {
      json ledger = tocsin_.ledger();
      return ledger.is_object() && !is_pending(ledger["events"]) && !is_pending(ledger["deliveries"]);
    })) << tocsin_.ledger().dump(1);
  }

  harness::TempDir told_;
  Tocsin tocsin_{config_with_file(told_.path())};
  harness::HttpConnection connection_{tocsin_.port()};
  Bodies bodies_;
  std::int64_t accepted_ = 0;
  std::int64_t refused_ = 0;
};

TEST_F(Load, IsCarriedThroughAFullDiskAndClocksThatAreSet) {
  auto part = how_long() / 5;
  run_for(part);
  long before = tocsin_.rss_anon_kb();

  tocsin_.fill_disk(true);
  std::thread room([&] {
    pause(std::min<steady_clock::duration>(part, seconds(10)) / 2);
    tocsin_.fill_disk(false);
  });
  run_for(part);
  room.join();
  tocsin_.set_clock_ahead(seconds(3600));
  run_for(part);
  tocsin_.set_clock_ahead(seconds(-1800));
  run_for(part);
  tocsin_.set_clock_ahead(seconds(0));
  run_for(part);

  long after = tocsin_.rss_anon_kb();
  settle();
  json ledger = tocsin_.ledger();
  EXPECT_EQ(ledger["difference"], 0) << ledger.dump(1);
  EXPECT_EQ(ledger["events"]["received"], accepted_) << ledger.dump(1);
  EXPECT_GT(refused_, 0);
  std::printf("%lld alerts, %lld bodies refused, RssAnon %ld kB, later %ld kB\n", static_cast<long long>(accepted_),
              static_cast<long long>(refused_), before, after);
  if (how_long() >= kLongRun) EXPECT_LE(after - before, kMostGrowthKb);
}

}  // namespace
}  // namespace acceptance
