// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/bus/crash_child.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/task_group.h"

namespace contract {

using Outcome = base::Result<void>;

class CrashPipeline::First final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* count = txn.get("t", "count");
    txn.put("t", "count", std::to_string((count != nullptr ? std::stoll(*count) : 0) + 1));
    txn.emit("mid", record.key, record.value);
    txn.set_timer("tick", txn.now() + std::chrono::milliseconds(3));
    txn.count("first");
    co_return base::ok();
  }
  base::Task<Outcome> on_timer(const bus::Timer&, bus::Transaction& txn) override {
    txn.emit("ticks", txn.key(), "tick");
    txn.count("ticks");
    co_return base::ok();
  }
};

class CrashPipeline::Second final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* last = txn.get("t", "last");
    if (last != nullptr && std::stoll(*last) >= std::stoll(record.value)) txn.count("violations");
    txn.put("t", "last", record.value);
    txn.count("second");
    txn.emit("out", record.key, record.value);
    co_return base::ok();
  }
};

CrashPipeline::CrashPipeline() : first_(std::make_unique<First>()), second_(std::make_unique<Second>()) {}
CrashPipeline::~CrashPipeline() = default;

void CrashPipeline::add_to(bus::Bus& bus, base::Executor executor) {
  (void)bus.add_stage({.name = "first", .inputs = {"in"}}, *first_, executor);
  (void)bus.add_stage({.name = "second", .inputs = {"mid"}}, *second_, executor);
}

bus::embedded::EmbeddedOptions crash_options(const std::filesystem::path& data_dir, bool with_retention) {
  bus::embedded::EmbeddedOptions options;
  options.data_dir = data_dir;
  if (with_retention) options.max_bytes = 200'000;
  return options;
}

bus::kafka::KafkaOptions kafka_crash_options(const std::filesystem::path& data_dir, const std::string& servers) {
  bus::kafka::KafkaOptions options;
  options.bootstrap_servers = servers;
  options.topic_prefix = "crash.";
  options.partitions = 4;
  options.data_dir = data_dir;
  // The mock cluster expects a member that died for so long, and gives the first of a group 3 s to come.
  options.session_timeout = std::chrono::milliseconds(3200);
  options.properties["fetch.wait.max.ms"] = "5";
  options.position_interval = std::chrono::milliseconds(50);
  return options;
}

namespace {

// The mock cluster keeps 5 MB a partition and searches them from the front for each fetch: a thousand records a second
// are what it can hand out again many times.
constexpr std::chrono::milliseconds kBetweenAppends(10);

// Appends ever greater numbers of one key, with a pause between two. Those of an earlier process are below.
base::Task<void> append_forever(bus::Bus& bus, int key, int acknowledged, std::chrono::milliseconds between) {
  std::string name = "key" + std::to_string(key);
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  while (true) {
    std::string number = std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    auto appended = co_await bus.append({{"in", name, number}}, {{"appended", 1}});
    if (appended) {
      std::string line = name + " " + number + "\n";
      if (::write(acknowledged, line.data(), line.size()) < 0) ::_exit(1);
    }
    auto wait = appended ? between : std::chrono::milliseconds(1);
    if (wait == std::chrono::milliseconds(0)) continue;
    pause.expires_after(wait);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
}

// Keeps what a loss of power leaves at the worst: the files as they were at the last sync.
void keep_synced(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory / "synced");
  for (const char* file : {"tocsin.db", "tocsin.db-wal"}) {
    std::filesystem::copy_file(directory / "data" / file, directory / "synced" / file,
                               std::filesystem::copy_options::overwrite_existing);
  }
}

int run(bus::Bus& bus, const std::filesystem::path& directory, std::chrono::milliseconds between) {
  int acknowledged = ::open((directory / "acknowledged").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  boost::asio::thread_pool pool(2);
  if (auto started = bus.start(); !started) return 1;
  CrashPipeline pipeline;
  base::TaskGroup tasks(pool.get_executor());
  pipeline.add_to(bus, pool.get_executor());
  for (int key = 0; key < kChildKeys; ++key) tasks.spawn(append_forever(bus, key, acknowledged, between));
  tasks.join();
  return 1;
}

}  // namespace

int run_crash_child(const std::filesystem::path& directory, const std::string& failpoint, int nth) {
  auto options = crash_options(directory / "data", failpoint.ends_with("_retention"));
  std::atomic<int> passed = 0;
  options.failpoint = [&](std::string_view at) {
    if (at == failpoint && ++passed == nth) ::_exit(kFailpointExit);
    if (at == kSyncedPoint && failpoint == kSyncedPoint) keep_synced(directory);
  };
  base::SystemClock clock;
  base::Metrics metrics;
  auto bus = bus::embedded::make_embedded_bus(std::move(options), clock, metrics);
  return run(*bus, directory, std::chrono::milliseconds(0));
}

int run_kafka_crash_child(const std::filesystem::path& directory, const std::string& failpoint, int nth,
                          const std::string& servers) {
  auto options = kafka_crash_options(directory / "data", servers);
  std::atomic<int> passed = 0;
  options.failpoint = [&](std::string_view at) {
    if (at == failpoint && ++passed == nth) ::_exit(kFailpointExit);
  };
  base::SystemClock clock;
  base::Metrics metrics;
  auto bus = bus::kafka::make_kafka_bus(std::move(options), clock, metrics);
  return run(*bus, directory, kBetweenAppends);
}

}  // namespace contract
