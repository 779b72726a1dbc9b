// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "bus/embedded/embedded_bus.h"
#include "schemas/topics.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/worker.h"
#include "tests/fakes/fake_sink.h"
#include "tests/fakes/io_thread.h"

namespace sinks {
namespace {

namespace fs = std::filesystem;

constexpr int kDeliveries = 100;

// Sinks on a real log on disk.
struct Isolation : testing::Test {
  Isolation() {
    std::string pattern = (fs::temp_directory_path() / "tocsin-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    open();
  }
  ~Isolation() override {
    close();
    fs::remove_all(folder);
  }

  void open() {
    bus = bus::embedded::make_embedded_bus({.data_dir = folder, .durable = false}, clock, metrics);
    ASSERT_TRUE(bus->start().has_value());
  }
  void close() {
    if (!bus) return;
    loop.run(stop_all());
    bus.reset();
    workers.clear();
  }
  base::Task<int> stop_all() {
    co_await bus->stop();
    for (auto& worker : workers) co_await worker->stop();
    co_return 0;
  }

  fakes::FakeSink& add(const std::string& name, bool hanging = false) {
    auto sink = std::make_unique<fakes::FakeSink>();
    auto& added = *sink;
    added.hanging = hanging;
    workers.push_back(std::make_unique<DeliveryWorker>(DeliveryOptions{.sink = name}, std::move(sink),
                                                       DeliveryDeps{clock, rng, metrics, health, loop.executor()}));
    EXPECT_TRUE(bus->add_stage(DeliveryWorker::spec(name), *workers.back(), loop.executor()).has_value());
    return added;
  }

  void deliver_to(const std::string& name) {
    std::vector<bus::Outgoing> records;
    for (int i = 0; i < kDeliveries; ++i) {
      schemas::Delivery delivery{.id = "d" + std::to_string(i), .sink = name, .created = clock.now()};
      delivery.transition.id = "t" + std::to_string(i);
      records.push_back({schemas::topics::deliveries(name), "incident" + std::to_string(i), schemas::encode(delivery)});
    }
    EXPECT_TRUE(loop.run(append(std::move(records))));
  }
  base::Task<bool> append(std::vector<bus::Outgoing> records) {
    co_return (co_await bus->append(std::move(records))).has_value();
  }
  std::int64_t pending(const std::string& name) {
    return pending_deliveries(*bus::embedded::open_embedded_archive(folder).value(), name).value();
  }

  fs::path folder;
  base::SystemClock clock;
  base::Rng rng{3};
  base::Metrics metrics;
  HealthBoard health;
  fakes::IoThread loop;
  std::vector<std::unique_ptr<DeliveryWorker>> workers;
  std::unique_ptr<bus::Bus> bus;
};

TEST_F(Isolation, OneSinkThatHangsDelaysNoOther) {
  add("hangs", true);
  auto& well = add("well");

  deliver_to("hangs");
  deliver_to("well");

  EXPECT_TRUE(well.wait_for(kDeliveries));
}

TEST_F(Isolation, WhatASinkHungOnArrivesAfterARestart) {
  add("hangs", true);
  deliver_to("hangs");
  close();
  EXPECT_EQ(pending("hangs"), kDeliveries);

  open();
  auto& well = add("hangs");
  EXPECT_TRUE(well.wait_for(kDeliveries));
  close();

  EXPECT_EQ(pending("hangs"), 0);
}

TEST_F(Isolation, WhatIsBeingSentAtAStopIsSentOnce) {
  auto& slow = add("slow");
  slow.takes = std::chrono::milliseconds(100);
  deliver_to("slow");
  ASSERT_TRUE(slow.wait_for_attempt());
  loop.run(stop_all());
  std::vector<std::string> before = slow.keys();
  EXPECT_EQ(slow.sent().size(), before.size());
  EXPECT_LT(before.size(), static_cast<std::size_t>(kDeliveries));
  close();

  open();
  auto& well = add("slow");
  EXPECT_TRUE(well.wait_for(kDeliveries - before.size()));
  close();

  EXPECT_EQ(pending("slow"), 0);
}

TEST_F(Isolation, WhatIsParkedIsPendingAndArrivesAfterARestart) {
  auto& sink = add("down");
  sink.failure = base::Error{base::Reason::kRateLimited, base::Retry::after(std::chrono::hours(1)), "429"};
  deliver_to("down");
  close();

  EXPECT_EQ(pending("down"), kDeliveries);
}

}  // namespace
}  // namespace sinks
