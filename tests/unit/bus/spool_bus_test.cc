// SPDX-License-Identifier: Apache-2.0
#include "bus/spool/spool_bus.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bus/spool/spooled_append.h"
#include "tests/fakes/fake_bus.h"
#include "tests/fakes/io_thread.h"
#include "tests/harness/temp_dir.h"

namespace {

using bus::spool::SpooledAppend;
using fakes::BusLevers;

const base::Error kAway = base::passing(base::Reason::kUnavailable, "the broker is away");

class Spool : public ::testing::Test {
 protected:
  void TearDown() override {
    if (bus_) close();
  }
  void open(std::int64_t max_bytes = std::int64_t{1} << 30) {
    bus::spool::SpoolOptions options;
    options.dir = directory_.path();
    options.max_bytes = max_bytes;
    options.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(4)};
    bus_ = bus::spool::make_spool_bus(options, std::make_unique<fakes::FakeBus>(levers_), clock_, metrics_,
                                      io_.executor());
    auto started = bus_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void close() {
    io_.run(stop(*bus_));
    bus_.reset();
  }
  static base::Task<int> stop(bus::Bus& bus) {
    co_await bus.stop();
    co_return 0;
  }
  static base::Task<int> drain(bus::Bus& bus) {
    co_await bus.idle();
    co_return 0;
  }
  static base::Task<std::optional<base::Result<void>>> keep(bus::Bus& bus, std::string key, std::string value) {
    std::vector<bus::Outgoing> records;
    records.push_back({"intake", std::move(key), std::move(value)});
    std::vector<bus::Count> counts;
    counts.push_back({"events/received", 1});
    co_return co_await bus.append(std::move(records), std::move(counts));
  }
  base::Result<void> append(std::string key, std::string value) {
    return *io_.begin(keep(*bus_, std::move(key), std::move(value))).get();
  }
  // The values that the other bus got for a key.
  std::vector<std::string> values_of(const std::string& key) {
    std::vector<std::string> values;
    for (const auto& append : levers_->appends()) {
      if (append.records.front().key == key) values.push_back(append.records.front().value);
    }
    return values;
  }
  double gauge(const char* name) { return metrics_.gauge(name, "").Value(); }

  harness::TempDir directory_;
  base::ManualClock clock_{base::Time(std::chrono::hours(24 * 365 * 50))};
  base::Metrics metrics_;
  fakes::IoThread io_;
  std::shared_ptr<BusLevers> levers_ = std::make_shared<BusLevers>();
  std::unique_ptr<bus::Bus> bus_;
};

TEST_F(Spool, IsNotTouchedWhileTheOtherBusTakesAppends) {
  open();

  ASSERT_TRUE(append("k", "one"));

  EXPECT_EQ(values_of("k"), std::vector<std::string>{"one"});
  EXPECT_EQ(metrics_.counter("tocsin_spool_appends_total", "").Value(), 0);
  EXPECT_EQ(bus_->health().detail, "");
}

TEST_F(Spool, TakesAppendsWhileTheOtherBusIsAwayAndDrainsThemInOrderWithTheirCounts) {
  open();
  levers_->fail_with(kAway);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(append("a", std::to_string(i)));
    ASSERT_TRUE(append("b", std::to_string(i)));
  }
  EXPECT_EQ(gauge("tocsin_spool_appends"), 40);
  EXPECT_GT(gauge("tocsin_spool_bytes"), 40);

  levers_->fail_with(std::nullopt);

  ASSERT_TRUE(levers_->wait_for(40));
  io_.run(drain(*bus_));
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(values_of("a"), expected);
  EXPECT_EQ(values_of("b"), expected);
  EXPECT_EQ(levers_->appends().front().counts.front().counter, "events/received");
  EXPECT_EQ(gauge("tocsin_spool_appends"), 0);
  EXPECT_EQ(gauge("tocsin_spool_bytes"), 0);
}

TEST_F(Spool, KeepsWhatComesNowBehindWhatWaits) {
  open();
  levers_->fail_with(kAway);
  ASSERT_TRUE(append("k", "first"));
  int refused = levers_->refused;
  ASSERT_TRUE(levers_->wait_for_refusals(refused + 1));

  ASSERT_TRUE(append("k", "second"));
  levers_->fail_with(std::nullopt);

  ASSERT_TRUE(levers_->wait_for(2));
  EXPECT_EQ(values_of("k"), (std::vector<std::string>{"first", "second"}));
}

TEST_F(Spool, GoesOnAfterARestart) {
  open();
  levers_->fail_with(kAway);
  ASSERT_TRUE(append("k", "first"));
  ASSERT_TRUE(append("k", "second"));
  close();

  open();
  EXPECT_EQ(gauge("tocsin_spool_appends"), 2);
  ASSERT_TRUE(append("k", "third"));
  levers_->fail_with(std::nullopt);

  ASSERT_TRUE(levers_->wait_for(3));
  EXPECT_EQ(values_of("k"), (std::vector<std::string>{"first", "second", "third"}));
  io_.run(drain(*bus_));
  close();
  open();
  EXPECT_EQ(gauge("tocsin_spool_appends"), 0);
}

TEST_F(Spool, HandsThroughWhatTheOtherBusRefusesForGood) {
  open();
  levers_->fail_with(base::permanent(base::Reason::kTooLarge, "too large"));

  auto appended = append("k", "huge");

  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().reason, base::Reason::kTooLarge);
  EXPECT_EQ(gauge("tocsin_spool_appends"), 0);
}

TEST_F(Spool, TriesForEverWhateverTheErrorIs) {
  open();
  levers_->fail_with(kAway);
  ASSERT_TRUE(append("k", "value"));

  levers_->fail_with(base::permanent(base::Reason::kAuth, "not authorised for the topic"));
  int refused = levers_->refused;
  ASSERT_TRUE(levers_->wait_for_refusals(refused + 10));
  levers_->fail_with(std::nullopt);

  ASSERT_TRUE(levers_->wait_for(1));
  EXPECT_EQ(values_of("k"), std::vector<std::string>{"value"});
}

TEST_F(Spool, RefusesForLaterBeyondItsBound) {
  open(std::int64_t{2} << 20);
  levers_->fail_with(kAway);
  std::string value(256 * 1024, 'x');

  base::Result<void> appended = base::ok();
  int taken = 0;
  for (; appended && taken < 10'000; ++taken) appended = append("k", value);

  ASSERT_FALSE(appended);
  EXPECT_FALSE(appended.error().retry.is_never());
  EXPECT_GE(taken, 5);
  EXPECT_NE(bus_->health().detail.find("the spool can't take appends"), std::string::npos) << bus_->health().detail;
}

TEST_F(Spool, SaysWhatWaitsAndThatTheProcessIsNotReady) {
  open();
  levers_->health = {false, "no broker answers", {{"playbooks", false, "no partitions yet"}}};
  levers_->fail_with(kAway);
  ASSERT_TRUE(append("k", "value"));
  int refused = levers_->refused;
  ASSERT_TRUE(levers_->wait_for_refusals(refused + 2));
  clock_.advance(std::chrono::seconds(90));

  auto health = bus_->health();

  EXPECT_FALSE(health.writable);
  EXPECT_EQ(health.detail,
            "no broker answers; intake goes to the spool: 1 appends wait, 0.0 of 1024 MB, the oldest for 90 s");
  ASSERT_EQ(health.stages.size(), 1u);
  EXPECT_EQ(gauge("tocsin_spool_oldest_timestamp_seconds"), base::to_unix_seconds(clock_.now()) - 90);
}

TEST_F(Spool, SaysItsOptionWhenItsDirectoryCantBeUsed) {
  bus::spool::SpoolOptions options;
  options.dir = "/dev/null/spool";
  auto bus =
      bus::spool::make_spool_bus(options, std::make_unique<fakes::FakeBus>(levers_), clock_, metrics_, io_.executor());

  auto started = bus->start();

  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().message.starts_with("bus.kafka.spool: ")) << started.error().message;
  io_.run(stop(*bus));
}

TEST(SpooledAppends, KeepEveryByte) {
  SpooledAppend append{{{"intake", std::string("k\0\n", 3), "\xff{}\n"}, {"events", "", ""}},
                       {{"events/received", 64}}};

  auto read = bus::spool::decode_spooled_append(bus::spool::encode(append));

  ASSERT_TRUE(read);
  ASSERT_EQ(read.value().records.size(), 2u);
  EXPECT_EQ(read.value().records[0].key, append.records[0].key);
  EXPECT_EQ(read.value().records[0].value, append.records[0].value);
  EXPECT_EQ(read.value().records[1].topic, "events");
  EXPECT_EQ(read.value().counts[0].by, 64);
}

TEST(SpooledAppends, AreRefusedWhenTheyAreCutOrForeign) {
  std::string whole = bus::spool::encode({{{"intake", "key", "value"}}, {}});

  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(bus::spool::decode_spooled_append(whole.substr(0, size))) << size;
  }
  EXPECT_FALSE(bus::spool::decode_spooled_append(whole + "x"));
  EXPECT_FALSE(bus::spool::decode_spooled_append("{\"schema\":\"tocsin.event/1\"}\n"));
}

// The directory to change is not the data directory.
TEST_F(Spool, NamesTheOptionOfADirectoryThatIsInUse) {
  open();
  auto second = bus::spool::make_spool_bus({.dir = directory_.path()}, std::make_unique<fakes::FakeBus>(levers_),
                                           clock_, metrics_, io_.executor());

  auto started = second->start();

  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().message.starts_with("bus.kafka.spool: " + directory_.path() + " is in use"));
  EXPECT_TRUE(started.error().message.ends_with("use another directory")) << started.error().message;
  io_.run(stop(*second));
}

}  // namespace
