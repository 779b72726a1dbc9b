// SPDX-License-Identifier: Apache-2.0
// The embedded log by itself: appends a second alone, concurrent and in batches, and what a stage with state and
// outputs gets through. Usage: bus_bench [directory on the disk to measure] [seconds a line].
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/task_group.h"
#include "bus/embedded/embedded_bus.h"

namespace {

using Clock = std::chrono::steady_clock;
using Outcome = base::Result<void>;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Counts its records in the state and passes each on.
class PassOn final : public bus::Handler {
 public:
  base::Task<Outcome> on_record(const bus::Record& record, bus::Transaction& txn) override {
    const std::string* count = txn.get("t", "count");
    txn.put("t", "count", std::to_string((count != nullptr ? std::stoll(*count) : 0) + 1));
    txn.emit("out", record.key, record.value);
    txn.count("passed");
    co_return base::ok();
  }
};

// Runs a coroutine to its end on this thread.
void run(boost::asio::io_context& io, base::Task<void> task) {
  base::TaskGroup tasks(io.get_executor());
  tasks.spawn(std::move(task));
  io.run();
  io.restart();
}

struct Load {
  bus::Bus& bus;
  std::size_t batch;
  std::string value;
  Clock::time_point end;
  std::int64_t appended = 0;
};

base::Task<void> append_until_end(Load& load, int who) {
  while (Clock::now() < load.end) {
    std::vector<bus::Outgoing> records;
    for (std::size_t i = 0; i < load.batch; ++i) {
      records.push_back({"in", "key" + std::to_string(who) + "." + std::to_string(i), load.value});
    }
    if (co_await load.bus.append(std::move(records))) load.appended += static_cast<std::int64_t>(load.batch);
  }
}

void measure_appends(const std::filesystem::path& directory, const char* name, int writers, std::size_t batch,
                     std::size_t bytes, double seconds) {
  std::filesystem::remove_all(directory);
  base::SystemClock clock;
  base::Metrics metrics;
  bus::embedded::EmbeddedOptions options;
  options.data_dir = directory;
  auto bus = bus::embedded::make_embedded_bus(std::move(options), clock, metrics);
  if (auto started = bus->start(); !started) return (void)std::printf("%s\n", started.error().message.c_str());
  boost::asio::io_context io(1);
  Load load{*bus, batch, std::string(bytes, 'x'),
            Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))};
  auto begin = Clock::now();
  base::TaskGroup tasks(io.get_executor());
  for (int i = 0; i < writers; ++i) tasks.spawn(append_until_end(load, i));
  io.run();
  double took = seconds_since(begin);
  std::printf("%-44s %10.0f records/s  %8.3f ms an append\n", name, static_cast<double>(load.appended) / took,
              took * 1e3 * writers / static_cast<double>(load.appended / static_cast<std::int64_t>(batch)));
  io.restart();
  run(io, bus->stop());
}

base::Task<void> append_all(bus::Bus& bus, std::vector<bus::Outgoing> records) {
  (void)co_await bus.append(std::move(records));
}

void measure_stage(const std::filesystem::path& directory, const char* name, int keys, int records) {
  std::filesystem::remove_all(directory);
  base::SystemClock clock;
  base::Metrics metrics;
  bus::embedded::EmbeddedOptions options;
  options.data_dir = directory;
  auto bus = bus::embedded::make_embedded_bus(std::move(options), clock, metrics);
  if (auto started = bus->start(); !started) return (void)std::printf("%s\n", started.error().message.c_str());
  boost::asio::io_context io(1);
  std::string value(1000, 'x');
  for (int done = 0; done < records; done += 1000) {
    std::vector<bus::Outgoing> batch;
    for (int i = 0; i < 1000; ++i) batch.push_back({"in", "key" + std::to_string((done + i) % keys), value});
    run(io, append_all(*bus, std::move(batch)));
  }
  PassOn handler;
  auto begin = Clock::now();
  (void)bus->add_stage({.name = "pass", .inputs = {"in"}}, handler, io.get_executor());
  run(io, bus->idle());
  std::printf("%-44s %10.0f records/s\n", name, records / seconds_since(begin));
  run(io, bus->stop());
}

void measure_start(const std::filesystem::path& directory) {
  std::filesystem::remove_all(directory);
  base::SystemClock clock;
  base::Metrics metrics;
  for (const char* name : {"start, no log", "start, an empty log"}) {
    bus::embedded::EmbeddedOptions options;
    options.data_dir = directory;
    auto bus = bus::embedded::make_embedded_bus(std::move(options), clock, metrics);
    auto begin = Clock::now();
    (void)bus->start();
    std::printf("%-44s %10.2f ms\n", name, seconds_since(begin) * 1e3);
    boost::asio::io_context io(1);
    run(io, bus->stop());
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path directory =
      (argc > 1 ? std::filesystem::path(argv[1]) : std::filesystem::temp_directory_path());
  directory /= "bus_bench";
  double seconds = argc > 2 ? std::stod(argv[2]) : 3;
  measure_start(directory);
  measure_appends(directory, "one append at a time, 1 KB", 1, 1, 1000, seconds);
  measure_appends(directory, "64 appends at a time, 1 KB", 64, 1, 1000, seconds);
  measure_appends(directory, "2,000 appends at a time, 1 KB", 2000, 1, 1000, seconds);
  measure_appends(directory, "16 batches of 64 at a time, 400 B", 16, 64, 400, seconds);
  measure_appends(directory, "64 appends at a time, 26 KB", 64, 1, 26'000, seconds);
  measure_stage(directory, "stage with state and output, 10,000 keys", 10'000, 100'000);
  measure_stage(directory, "stage with state and output, one key", 1, 30'000);
  std::filesystem::remove_all(directory);
}
