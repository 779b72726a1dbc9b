// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <fstream>

#include "bus/archive.h"
#include "bus/embedded/embedded_bus.h"
#include "tests/contract/bus/rig.h"
#include "tests/contract/bus/temporary_directory.h"

namespace contract {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

// The embedded log on a disk that misbehaves.
class EmbeddedDisk : public ::testing::Test {
 protected:
  ~EmbeddedDisk() override { pool_.join(); }

  std::unique_ptr<bus::Bus> make() {
    bus::embedded::EmbeddedOptions options;
    options.data_dir = directory_.path();
    return bus::embedded::make_embedded_bus(std::move(options), clock_, metrics_);
  }
  Outcome append(bus::Bus& bus, std::string value) {
    std::optional<Outcome> outcome;
    boost::asio::co_spawn(pool_, keep(bus.append({{"in", "k", std::move(value)}}), outcome), boost::asio::use_future)
        .get();
    return *outcome;
  }
  static base::Task<void> keep(base::Task<Outcome> task, std::optional<Outcome>& outcome) {
    outcome.emplace(co_await std::move(task));
  }
  void wait(base::Task<void> task) { boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future).get(); }

  std::filesystem::path file() const { return directory_.path() / "tocsin.db"; }
  void write(const std::string& bytes) { std::ofstream(file(), std::ios::binary) << bytes; }
  std::string refusal() {
    auto started = make()->start();
    return started ? "started" : started.error().message;
  }

  TemporaryDirectory directory_;
  base::ManualClock clock_{base::Time(24h * 365 * 50)};
  base::Metrics metrics_;
  boost::asio::thread_pool pool_{2};
};

// Files of this process can't grow past a size: what a full disk looks like to SQLite.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(EmbeddedDisk, AFullDiskRefusesAppendsKeepsHandlersWorkAndResumes) {
  auto bus = make();
  ASSERT_TRUE(bus->start());
  ScriptedHandler handler;
  std::atomic<int> handled = 0;
  handler.record = [&](const bus::Record& record, bus::Transaction& txn) -> base::Task<Outcome> {
    txn.emit("out", record.key, record.value);
    txn.count("handled");
    ++handled;
    co_return base::ok();
  };
  ASSERT_TRUE(bus->add_stage({.name = "s", .inputs = {"in"}}, handler, pool_.get_executor()));
  int accepted = 0;
  {
    FileSizeLimit limit(1 << 20);
    Outcome last = base::ok();
    for (int i = 0; i < 1000 && last; ++i) {
      last = append(*bus, std::string(10'000, 'x'));
      accepted += last ? 1 : 0;
    }
    ASSERT_FALSE(last);
    EXPECT_FALSE(last.error().retry.is_never());
    EXPECT_FALSE(bus->health().writable);
    EXPECT_THAT(bus->health().detail, HasSubstr("tocsin.db"));
  }
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!bus->health().writable && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(append(*bus, "after"));
  wait(bus->idle());
  EXPECT_EQ(handled, accepted + 1);
  wait(bus->stop());
  auto archive = bus::embedded::open_embedded_archive(directory_.path());
  EXPECT_EQ(archive.value()->counters().value().at("handled"), accepted + 1);
}

TEST_F(EmbeddedDisk, AFileThatIsNoDatabaseIsRefusedWithTheWayOut) {
  write(std::string(8192, 'x'));
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr(file().string()), HasSubstr("damaged"), HasSubstr("mv ")));
}

TEST_F(EmbeddedDisk, WhatACrashLeftOfAFileInTheMakingIsMadeAnew) {
  std::ofstream(file().string() + ".new", std::ios::binary) << "half a database";
  write("");
  {
    auto bus = make();
    ASSERT_TRUE(bus->start());
    EXPECT_TRUE(append(*bus, "kept"));
    wait(bus->stop());
  }

  EXPECT_FALSE(std::filesystem::exists(file().string() + ".new"));
  EXPECT_EQ(refusal(), "started");
}

TEST_F(EmbeddedDisk, ADamagedFileIsRefusedWithTheWayOut) {
  {
    auto bus = make();
    ASSERT_TRUE(bus->start());
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(append(*bus, std::string(1000, 'x')));
    wait(bus->stop());
  }
  {
    std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(100);
    stream << std::string(4000, '\xee');
  }
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr(file().string()), HasSubstr("damaged"), HasSubstr("mv ")));
}

TEST_F(EmbeddedDisk, ASecondOwnerIsRefusedNamingTheFirst) {
  auto first = make();
  ASSERT_TRUE(first->start());
  EXPECT_THAT(refusal(), HasSubstr("in use by process " + std::to_string(::getpid())));
  EXPECT_TRUE(bus::embedded::open_embedded_archive(directory_.path()));
  wait(first->stop());
  EXPECT_EQ(refusal(), "started");
}

TEST_F(EmbeddedDisk, AnArchiveSeesWhatIsPendingBesideARunningBus) {
  EXPECT_EQ(bus::embedded::open_embedded_archive(directory_.path()).error().reason, base::Reason::kNotFound);
  auto bus = make();
  ASSERT_TRUE(bus->start());
  ASSERT_TRUE(append(*bus, "1"));
  ASSERT_TRUE(append(*bus, "2"));
  auto opened = bus::embedded::open_embedded_archive(directory_.path());
  ASSERT_TRUE(opened);
  std::vector<std::string> values;
  auto collect = [&](const bus::Record& record) {
    values.push_back(record.value);
    return true;
  };
  ASSERT_TRUE(opened.value()->scan_newest_first("in", collect));
  ASSERT_TRUE(opened.value()->scan_pending("nobody", "in", collect));
  ASSERT_TRUE(opened.value()->scan("in", 2, collect));
  EXPECT_THAT(values, testing::ElementsAre("2", "1", "1", "2", "2"));
  EXPECT_THAT(opened.value()->topics().value(), testing::ElementsAre("in"));
  wait(bus->stop());
}

TEST_F(EmbeddedDisk, AnArchiveThatHoldsStillSeesOneMoment) {
  auto bus = make();
  ASSERT_TRUE(bus->start());
  ASSERT_TRUE(append(*bus, "1"));
  auto still = bus::embedded::open_embedded_archive(directory_.path());
  ASSERT_TRUE(still.value()->hold_still());
  ASSERT_TRUE(append(*bus, "2"));
  auto count = [](const bus::Archive& archive) {
    int records = 0;
    EXPECT_TRUE(archive.scan("in", 0, [&](const bus::Record&) { return ++records > 0; }));
    return records;
  };

  EXPECT_EQ(count(*still.value()), 1);
  EXPECT_EQ(count(*bus::embedded::open_embedded_archive(directory_.path()).value()), 2);
  wait(bus->stop());
}

TEST_F(EmbeddedDisk, RecordsGoByAgeOnceEveryStageIsDoneWithThem) {
  auto bus = make();
  ASSERT_TRUE(bus->start());
  ASSERT_TRUE(append(*bus, "old"));
  wait(bus->stop());
  clock_.advance(24h * 8);
  bus = make();
  ASSERT_TRUE(bus->start());
  ASSERT_TRUE(append(*bus, "new"));
  auto opened = bus::embedded::open_embedded_archive(directory_.path());
  ASSERT_TRUE(opened);
  auto first_of = [&] {
    std::string first;
    (void)opened.value()->scan("in", 0, [&](const bus::Record& record) {
      first = record.value;
      return false;
    });
    return first;
  };
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (first_of() == "old" && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(first_of(), "new");
  wait(bus->stop());
}

}  // namespace
}  // namespace contract
