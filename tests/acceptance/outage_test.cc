// SPDX-License-Identifier: Apache-2.0
// A sink that is down for days of virtual time, over the log that the program uses.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <vector>

#include "bus/dead_letter.h"
#include "bus/embedded/embedded_bus.h"
#include "bus/stage/stage_metrics.h"
#include "schemas/topics.h"
#include "sinks/delivery/digest_worker.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/worker.h"
#include "tests/fakes/io_thread.h"
#include "tests/harness/temp_dir.h"

namespace acceptance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr hours kOutage(72);
constexpr std::int64_t kMostGrowth = 32LL << 20;

std::int64_t findings() {
  const char* given = std::getenv("TOCSIN_OUTAGE_FINDINGS");
  return given != nullptr ? std::atoll(given) : 10'000;
}

// What the process holds in memory that is not a file's, in bytes.
std::int64_t anonymous_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::atoll(line.c_str() + 8) * 1024;
  }
  return 0;
}

// A chat that is not there until it is.
class Chat final : public sinks::Sink {
 public:
  explicit Chat(std::atomic<bool>& down) : down_(down) {}
  base::Result<sinks::Rendered> render(const schemas::Delivery& delivery) const override {
    return sinks::Rendered{.body = delivery.transition.finding.title, .idempotency_key = delivery.id};
  }
  base::Task<base::Result<sinks::Reply>> send(sinks::Sending&) override {
    if (down_) co_return base::passing(base::Reason::kUnreachable, "no route to host");
    co_return sinks::Reply{.detail = "ok"};
  }

 private:
  std::atomic<bool>& down_;
};

// Each delivery that is given up is a line of the log.
class Silence {
 public:
  Silence() : was_(dup(STDERR_FILENO)) {
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    dup2(was_, STDERR_FILENO);
    close(was_);
  }

 private:
  const int was_;
};

struct Outage : testing::Test {
  Outage() {
    bus = bus::embedded::make_embedded_bus(
        {.data_dir = dir.path(), .max_age = hours(30 * 24), .max_bytes = 64LL << 30, .durable = false}, clock, metrics);
    EXPECT_TRUE(bus->start());
    sinks::DeliveryOptions options{.sink = "chat", .rate_limit = {.per_second = 1, .burst = 3}};
    worker = std::make_unique<sinks::DeliveryWorker>(options, std::make_unique<Chat>(down),
                                                     sinks::DeliveryDeps{clock, rng, metrics, health, loop.executor()});
    digests = std::make_unique<sinks::DigestWorker>(worker->sender());
    EXPECT_TRUE(bus->add_stage(sinks::DeliveryWorker::spec("chat"), *worker, loop.executor()));
    EXPECT_TRUE(bus->add_stage(sinks::DigestWorker::spec("chat"), *digests, loop.executor()));
  }
  ~Outage() override {
    loop.run(bus->stop());
    loop.run(worker->stop());
  }

  std::string delivery(std::int64_t number) {
    schemas::Delivery made{.id = "d" + std::to_string(number), .sink = "chat", .created = clock.now(), .opening = true};
    auto& transition = made.transition;
    transition.id = "t" + std::to_string(number);
    transition.state = schemas::TransitionState::kOpened;
    transition.cause = "first_finding";
    transition.at = clock.now();
    transition.incident.id = "i" + std::to_string(number);
    transition.incident.identity = {.key = "key-" + std::to_string(number), .cluster = "prod"};
    transition.incident.severity = number % 50 == 0 ? schemas::Severity::kCritical : schemas::Severity::kHigh;
    transition.incident.opened = clock.now();
    transition.finding.title = "Something is wrong with " + transition.incident.id;
    transition.finding.aggregation_key = "Wrong" + std::to_string(number % 7);
    return schemas::encode(made);
  }
  void append(std::vector<bus::Outgoing> records) {
    for (std::size_t at = 0; at < records.size(); at += 500) {
      auto end = std::min(at + 500, records.size());
      std::vector<bus::Outgoing> some(std::make_move_iterator(records.begin() + static_cast<std::ptrdiff_t>(at)),
                                      std::make_move_iterator(records.begin() + static_cast<std::ptrdiff_t>(end)));
      auto appended = loop.run(bus->append(std::move(some)));
      ASSERT_TRUE(appended) << appended.error().message;
    }
    most = std::max(most, anonymous_memory());
  }
  std::int64_t pending() {
    auto archive = bus::embedded::open_embedded_archive(dir.path());
    return sinks::pending_deliveries(*archive.value(), "chat").value();
  }
  // The clock moves on once the stages stand still: days of its time must not pass while they work for a second of
  // ours.
  void advance(base::Duration by) {
    clock.advance(by);
    double before = -1;
    for (double now = handled(); now != before; now = handled()) {
      before = now;
      poll(nullptr, 0, 1);
    }
    most = std::max(most, anonymous_memory());
  }
  double handled() const { return in_sink.handled.Value() + in_digests.handled.Value(); }
  // Moves the clock until nothing waits. False: something still does after days.
  bool finish() {
    for (int step = 0; step < 400'000; ++step) {
      advance(seconds(1));
      if (step % 500 == 0 && pending() == 0) return true;
    }
    return false;
  }
  // The outcome of each delivery, by number: how often it was told, and how often it was a dead letter.
  struct Ends {
    std::vector<std::uint8_t> told;
    std::vector<std::uint8_t> dead;
    std::int64_t in_digest = 0;
  };
  Ends ends(std::int64_t count) {
    Ends found{std::vector<std::uint8_t>(static_cast<std::size_t>(count)),
               std::vector<std::uint8_t>(static_cast<std::size_t>(count))};
    auto archive = bus::embedded::open_embedded_archive(dir.path());
    EXPECT_TRUE(archive.value()->scan(schemas::topics::kReceipts, 0, [&](const bus::Record& record) {
      auto receipt = schemas::decode_receipt(record.value).value();
      auto number = static_cast<std::size_t>(std::atoll(receipt.delivery_id.c_str() + 1));
      bool is_dead = receipt.outcome == schemas::DeliveryOutcome::kDeadLettered;
      EXPECT_NE(receipt.outcome, schemas::DeliveryOutcome::kSuppressed);
      ++(is_dead ? found.dead : found.told)[number];
      found.in_digest += receipt.reason == "in_digest";
      return true;
    }));
    return found;
  }
  std::int64_t play_dead_letters_again() {
    std::vector<bus::Outgoing> again;
    std::int64_t played = 0;
    auto archive = bus::embedded::open_embedded_archive(dir.path());
    EXPECT_TRUE(archive.value()->scan(bus::kDeadLetters, 0, [&](const bus::Record& record) {
      auto letter = bus::decode_dead_letter(record.value).value();
      again.push_back({letter.topic, letter.key, letter.value});
      ++played;
      if (again.size() == 500) append(std::exchange(again, {}));
      return true;
    }));
    append(std::move(again));
    return played;
  }

  Silence silence;
  harness::TempDir dir;
  base::ManualClock clock{base::Time(hours(24 * 20'000))};
  base::Rng rng{7};
  base::Metrics metrics;
  bus::stage::StageMetrics in_sink{metrics, sinks::delivery_stage("chat")};
  bus::stage::StageMetrics in_digests{metrics, sinks::digest_stage("chat")};
  sinks::HealthBoard health;
  std::atomic<bool> down{true};
  fakes::IoThread loop;
  std::unique_ptr<bus::Bus> bus;
  std::unique_ptr<sinks::DeliveryWorker> worker;
  std::unique_ptr<sinks::DigestWorker> digests;
  std::int64_t most = 0;
};

TEST_F(Outage, OfThreeDaysLosesNothingAndHoldsNothingInMemory) {
  const std::int64_t count = findings();
  constexpr std::int64_t kSteps = 72 * 20;
  std::int64_t made = 0;
  std::int64_t before = 0;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    std::vector<bus::Outgoing> records;
    for (; made < count * (step + 1) / kSteps; ++made) {
      records.push_back({schemas::topics::deliveries("chat"), "key-" + std::to_string(made), delivery(made)});
    }
    append(std::move(records));
    advance(base::Duration(kOutage) / kSteps);
    // What a process at work holds, caches filled: after the first hour.
    if (step == 20) before = anonymous_memory();
  }
  ASSERT_EQ(made, count);
  down = false;
  ASSERT_TRUE(finish());

  auto first = ends(count);
  std::int64_t dead = 0;
  for (std::size_t i = 0; i < first.told.size(); ++i) {
    ASSERT_EQ(first.told[i] + first.dead[i], 1) << i;
    dead += first.dead[i];
  }
  EXPECT_GT(dead, 0);
  EXPECT_LT(dead, count);
  EXPECT_EQ(play_dead_letters_again(), dead);
  ASSERT_TRUE(finish());

  auto all = ends(count);
  for (std::size_t i = 0; i < all.told.size(); ++i) ASSERT_EQ(all.told[i], 1) << i;
  std::cout << count << " deliveries: " << dead << " were dead letters and told when played again, " << all.in_digest
            << " told in digests, " << count - all.in_digest << " by themselves; memory grew by "
            << (most - before) / 1024 << " KiB from " << before / 1024 << "\n";
  EXPECT_LE(most - before, kMostGrowth);
}

}  // namespace
}  // namespace acceptance
