// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/kafka_archive.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "bus/kafka/kafka_bus.h"
#include "tests/fakes/io_thread.h"
#include "tests/harness/eventually.h"
#include "tests/harness/temp_dir.h"

namespace {

using bus::kafka::KafkaOptions;

// Copies what it gets to topic `out`, remembers the last value of each key, and counts. Can be held back.
class Copier final : public bus::Handler {
 public:
  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override {
    if (record.value == "refused") co_return base::passing(base::Reason::kUnavailable, "not now");
    txn.emit("out", record.key, record.value);
    txn.put("seen", "last", record.value);
    txn.count("copied");
    co_return base::ok();
  }
};

// Topics need a broker that makes them: deploy/dev/kafka/run.sh, and TOCSIN_KAFKA=127.0.0.1:PORT.
class KafkaArchives : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* address = std::getenv("TOCSIN_KAFKA");
    if (address == nullptr) GTEST_SKIP() << "TOCSIN_KAFKA names no broker";
    options_.bootstrap_servers = address;
    options_.topic_prefix =
        "archive-test-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + ".";
    options_.data_dir = directory_.path();
    options_.partitions = 4;
    bus_ = bus::kafka::make_kafka_bus(options_, clock_, metrics_);
    auto started = bus_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void TearDown() override {
    if (bus_) io_.run(stop(*bus_));
  }

  static base::Task<int> stop(bus::Bus& bus) {
    co_await bus.stop();
    co_return 0;
  }
  static base::Task<bool> keep(bus::Bus& bus, std::string key, std::string value) {
    std::vector<bus::Outgoing> records;
    records.push_back({"in", std::move(key), std::move(value)});
    std::vector<bus::Count> counts;
    counts.push_back({"received", 1});
    auto kept = co_await bus.append(std::move(records), std::move(counts));
    co_return kept.has_value();
  }
  // The broker may still be on its way.
  void append(const std::string& key, const std::string& value) {
    ASSERT_TRUE(harness::eventually(std::chrono::seconds(60), [&] { return io_.run(keep(*bus_, key, value)); }));
    clock_.advance(std::chrono::seconds(1));
  }
  void copy() {
    ASSERT_TRUE(
        bus_->add_stage({.name = "copier", .inputs = {"in"}, .max_attempts = 1000000}, copier_, io_.executor()));
  }
  std::unique_ptr<bus::Archive> look() {
    auto opened = bus::kafka::open_kafka_archive(options_);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(opened.value());
  }
  static std::vector<std::string> newest_first(const bus::Archive& archive, const std::string& topic) {
    std::vector<std::string> values;
    auto scanned = archive.scan_newest_first(topic, [&](const bus::Record& record) {
      values.push_back(record.value);
      return true;
    });
    EXPECT_TRUE(scanned) << scanned.error().message;
    return values;
  }
  static std::size_t pending(const bus::Archive& archive) {
    std::size_t count = 0;
    auto scanned = archive.scan_pending("copier", "in", [&](const bus::Record&) {
      ++count;
      return true;
    });
    EXPECT_TRUE(scanned) << scanned.error().message;
    return count;
  }

  harness::TempDir directory_;
  base::ManualClock clock_{base::Time(std::chrono::hours(24 * 365 * 50))};
  base::Metrics metrics_;
  fakes::IoThread io_;
  KafkaOptions options_;
  Copier copier_;
  std::unique_ptr<bus::Bus> bus_;
};

TEST_F(KafkaArchives, ShowATopicNewestFirstOverAllItsPartitions) {
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    append("key " + std::to_string(i % 7), std::to_string(i));
    expected.insert(expected.begin(), std::to_string(i));
  }

  auto archive = look();

  EXPECT_EQ(newest_first(*archive, "in"), expected);
  EXPECT_TRUE(newest_first(*archive, "nothing-here").empty());
}

TEST_F(KafkaArchives, PutLargeRecordsTogetherInBothDirections) {
  std::string large;
  for (std::uint32_t i = 0; large.size() < 2'500'000; ++i) {
    std::uint32_t noise = i * 2654435761U;
    large.append(reinterpret_cast<const char*>(&noise), sizeof noise);
  }
  append("a", "before");
  append("a", large);
  append("a", "after");

  auto archive = look();
  std::vector<std::size_t> sizes;
  ASSERT_TRUE(archive->scan("in", 0, [&](const bus::Record& record) {
    sizes.push_back(record.value.size());
    return true;
  }));

  EXPECT_EQ(sizes, (std::vector<std::size_t>{6, large.size(), 5}));
  EXPECT_EQ(newest_first(*archive, "in"), (std::vector<std::string>{"after", large, "before"}));
}

TEST_F(KafkaArchives, StopWhereTheVisitorHasEnough) {
  for (int i = 0; i < 20; ++i) append("key " + std::to_string(i), std::to_string(i));
  auto archive = look();
  int seen = 0;

  ASSERT_TRUE(archive->scan("in", 0, [&](const bus::Record&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
  ASSERT_TRUE(archive->scan_newest_first("in", [&](const bus::Record&) { return ++seen < 5; }));
  EXPECT_EQ(seen, 5);
}

TEST_F(KafkaArchives, CountWhatIsPendingAndWhatIsDone) {
  copy();
  for (int i = 0; i < 40; ++i) append("key " + std::to_string(i % 5), std::to_string(i));
  append("stuck", "refused");
  ASSERT_TRUE(harness::eventually(std::chrono::seconds(60), [&] { return pending(*look()) == 1; }));

  auto archive = look();
  ASSERT_TRUE(archive->hold_still());
  auto counters = archive->counters().value();

  EXPECT_EQ(counters["received"], 41);
  EXPECT_EQ(counters["copied"], 40);
  EXPECT_EQ(newest_first(*archive, "out").size(), 40u);
  EXPECT_EQ(archive->topics().value(), (std::vector<std::string>{"in", "out"}));
}

// The sums must come out at any moment beside a running process: each event is pending or copied, not both.
TEST_F(KafkaArchives, AddUpBesideARunningStage) {
  copy();
  append("first", "0");
  ASSERT_TRUE(harness::eventually(std::chrono::seconds(60), [&] { return pending(*look()) == 0; }));
  std::thread writer([&] {
    for (int i = 0; i < 400; ++i) append("key " + std::to_string(i % 9), std::to_string(i));
  });
  for (int i = 0; i < 8; ++i) {
    auto archive = look();
    EXPECT_TRUE(archive->hold_still());
    auto counters = archive->counters().value();
    EXPECT_EQ(counters["received"], counters["copied"] + static_cast<std::int64_t>(pending(*archive)));
  }
  writer.join();
}

TEST_F(KafkaArchives, ShowTheNewestStateOfEachKey) {
  copy();
  for (int i = 0; i < 20; ++i) append("key " + std::to_string(i % 2), std::to_string(i));
  ASSERT_TRUE(harness::eventually(std::chrono::seconds(60), [&] { return pending(*look()) == 0; }));
  std::map<std::string, std::string> last;

  auto scanned = look()->scan_state("copier", "seen",
                                    [&](const std::string& key, const std::string& entry, const std::string& value) {
                                      EXPECT_EQ(entry, "last");
                                      EXPECT_TRUE(last.emplace(key, value).second) << key;
                                    });

  ASSERT_TRUE(scanned);
  EXPECT_EQ(last, (std::map<std::string, std::string>{{"key 0", "18"}, {"key 1", "19"}}));
}

TEST(KafkaArchivesWithoutABroker, SayWhichBrokersDoNotAnswer) {
  KafkaOptions options;
  options.bootstrap_servers = "127.0.0.1:1";

  auto opened = bus::kafka::open_kafka_archive(options);

  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("127.0.0.1:1"), std::string::npos) << opened.error().message;
}

}  // namespace
