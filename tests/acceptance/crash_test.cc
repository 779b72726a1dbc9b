// SPDX-License-Identifier: Apache-2.0
// kill -9 at random moments, again and again, while alerts come in.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/outcomes.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"

namespace acceptance {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr int kCrashes = 100;
constexpr int kSenders = 4;
constexpr int kMostAlertsOfABody = 8;
// What may be accepted and not yet delivered: enough that a crash always hits work, little enough to end soon.
constexpr std::size_t kMostUnderway = 400;
// Ready again takes well under 2 s; this bound is for a machine that is busy with other tests.
constexpr milliseconds kSlowestStart = std::chrono::seconds(20);

void pause(int ms) { poll(nullptr, 0, ms); }

// Sends alerts as Alertmanager does: the same body again until it is answered 2xx. Every second body is resolved after.
class Senders {
 public:
  Senders(std::uint16_t port, std::uint32_t seed) : port_(port) {
    for (int i = 0; i < kSenders; ++i)
      threads_.emplace_back([this, i, seed] { send_all(i, seed + static_cast<std::uint32_t>(i)); });
  }
  // Gives up on what is not accepted yet.
  ~Senders() {
    given_up_ = true;
    finish();
  }
  // Lets every body that was begun be accepted. The server must be up.
  void finish() {
    stopping_ = true;
    threads_.clear();
  }
  void set_delivered(std::size_t opened) { delivered_ = opened; }
  std::size_t accepted() const { return accepted_; }
  std::set<std::string> fired() const { return locked(fired_); }
  std::set<std::string> resolved() const { return locked(resolved_); }

 private:
  std::set<std::string> locked(const std::set<std::string>& set) const {
    std::lock_guard lock(mutex_);
    return set;
  }
  void deliver(harness::HttpConnection& connection, const std::string& body) {
    while (!given_up_ && !connection.post("/api/alerts", body, std::chrono::seconds(10)).is_success()) pause(5);
  }
  void send_all(int sender, std::uint32_t seed) {
    std::mt19937 random(seed);
    harness::HttpConnection connection(port_);
    std::string group = "sender-" + std::to_string(sender);
    for (int number = 0; !stopping_; ++number) {
      if (accepted_ > delivered_ + kMostUnderway) {
        pause(5);
        --number;
        continue;
      }
      std::vector<json> firing;
      std::vector<json> over;
      int size = 1 + static_cast<int>(random() % kMostAlertsOfABody);
      std::set<std::string> names;
      for (int i = 0; i < size; ++i) {
        std::string name = group + "-" + std::to_string(number) + "-" + std::to_string(i);
        firing.push_back(alert(name));
        over.push_back(alert(name, true));
        names.insert(name);
      }
      deliver(connection, body_of(firing, group));
      accepted_ += names.size();
      bool ends = number % 2 == 0;
      if (ends) deliver(connection, body_of(over, group));
      std::lock_guard lock(mutex_);
      fired_.insert(names.begin(), names.end());
      if (ends) resolved_.insert(names.begin(), names.end());
    }
  }

  std::uint16_t port_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> given_up_ = false;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<std::size_t> delivered_ = 0;
  mutable std::mutex mutex_;
  std::set<std::string> fired_;
  std::set<std::string> resolved_;
  std::vector<std::jthread> threads_;
};

void report(std::vector<milliseconds> starts, const Senders& senders, const Outcomes& outcomes) {
  std::ranges::sort(starts);
  auto at = [&](std::size_t percent) { return std::to_string(starts[(starts.size() - 1) * percent / 100].count()); };
  std::string line = std::to_string(starts.size()) + " starts: ready in ms p50 " + at(50) + ", p90 " + at(90) +
                     ", p99 " + at(99) + ", max " + at(100) + "; " + std::to_string(senders.accepted()) + " alerts, " +
                     std::to_string(outcomes.repeated()) + " deliveries repeated under their key";
  testing::Test::RecordProperty("crashes", line);
  std::printf("%s\n", line.c_str());
}

TEST(Crashes, AHundredKillsUnderLoadLoseNothingAndOpenNothingTwice) {
  harness::HttpReceiver receiver;
  Tocsin tocsin(config_with_webhook(receiver.url("/hook")));
  const char* given = std::getenv("TOCSIN_TEST_SEED");
  auto seed = given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  SCOPED_TRACE("TOCSIN_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<milliseconds> starts;
  Outcomes outcomes(receiver);
  auto first = tocsin.start();
  ASSERT_TRUE(first) << tocsin.log();
  Senders senders(tocsin.port(), seed);

  for (int crash = 0; crash < kCrashes; ++crash) {
    outcomes.update();
    senders.set_delivered(outcomes.opened());
    pause(static_cast<int>(random() % 300));
    tocsin.crash();
    auto again = tocsin.start();
    ASSERT_TRUE(again) << "after crash " << crash << "\n" << tocsin.log();
    starts.push_back(*again);
  }
  senders.finish();

  EXPECT_TRUE(harness::eventually(2 * kGenerous,
                                  [&] {
                                    outcomes.update();
                                    return outcomes.opened() >= senders.fired().size() &&
                                           outcomes.resolved() >= senders.resolved().size();
                                  }))
      << outcomes.opened() << " of " << senders.fired().size() << " opened, " << outcomes.resolved() << " of "
      << senders.resolved().size() << " resolved";
  ASSERT_TRUE(tocsin.stop());
  outcomes.update();
  report(starts, senders, outcomes);
  expect_told_once(senders.fired(), "opened", outcomes);
  expect_told_once(senders.resolved(), "resolved", outcomes);
  EXPECT_EQ(outcomes.changed(), 0);
  EXPECT_LE(*std::ranges::max_element(starts), kSlowestStart);
  EXPECT_EQ(tocsin.ledger().at("difference"), 0) << tocsin.ledger().dump(1);
}

}  // namespace
}  // namespace acceptance
