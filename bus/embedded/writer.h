// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "bus/bus.h"
#include "bus/embedded/bus_metrics.h"
#include "bus/embedded/store.h"
#include "bus/embedded/unit.h"
#include "bus/stage/failpoint.h"
#include "bus/stage/work.h"

namespace bus::embedded {

// The one thread that writes. Whatever is queued when it looks becomes one commit, which survives the end of the
// process. Stages get to see it at once; who wants it synced is told after the next sync to disk, which waits a moment
// for what the stages make of it: an alert alone goes from intake to its sinks with one sync.
//
// When the log can't be written, the appends of the batch are refused, kept units stay in front of the queue, further
// appends are refused at once, and the writer tries again with backoff until the disk takes data.
class Writer {
 public:
  struct Limits {
    std::size_t queue_units;
    std::size_t queue_bytes;
    bool syncs;  // Off: a commit is enough for everybody.
  };
  struct Deps {
    base::Clock& clock;
    BusMetrics& metrics;
    stage::Work& work;
    base::Rng& rng;
    stage::Failpoint failpoint;
    // What a commit appended, in order. On the writer's thread, before the units are told. The first returns what is
    // also for the second, after the sync.
    std::function<std::vector<Fresh>(std::vector<Fresh>)> dispatch;
    std::function<void(const std::vector<Fresh>&)> dispatch_synced;
    // A small step of housekeeping between commits. Whether another one would find something to do.
    std::function<bool(Store&)> upkeep;
    // Turns SQLite's words into what an operator can act on.
    std::function<base::Error(const sqlite::SqliteError&)> explain;
  };

  Writer(Limits limits, Deps deps);
  ~Writer();

  void start(std::unique_ptr<Store> store);
  // Commits what is queued, or refuses it when that fails, and ends the thread. Blocks for as long.
  void stop();

  // Queues a unit from outside, or refuses it at once: over a bound, not running, or not writable.
  void offer(std::unique_ptr<Unit> unit);
  // Queues a unit of ours, whose number the stages bound.
  void submit(std::unique_ptr<Unit> unit);
  // Refuses queued units that nobody wants any more, where waiting for their commit could take long.
  void sweep();

  Health health() const;
  // Refuses appends while `why` is set: housekeeping found the log over its bound.
  void hold_appends(std::optional<std::string> why);

 private:
  using Batch = std::vector<std::unique_ptr<Unit>>;

  void run();
  bool wait_for_work();
  bool is_unsynced() const { return !unsynced_.empty() || !unsynced_fresh_.empty(); }
  bool ours_wait() const;
  Batch take_batch();
  void commit(Batch batch);
  void write(Batch& batch);
  void tell(Batch batch);
  bool is_sync_due() const;
  void sync();
  void fail(Batch batch, const sqlite::SqliteError& error);
  void keep_house();
  void recover();
  void refuse_all(Batch batch, const base::Error& error);
  std::optional<base::Error> refusal(const Unit& unit) const;
  void enqueue(std::unique_ptr<Unit> unit);

  Limits limits_;
  Deps deps_;
  std::unique_ptr<Store> store_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Unit>> queue_;
  std::size_t queued_bytes_ = 0;
  bool running_ = false;
  bool stopping_ = false;
  std::optional<base::Error> failing_;
  std::optional<std::string> held_;
  int attempts_ = 0;
  bool upkeep_due_ = true;
  std::chrono::steady_clock::time_point last_upkeep_;
  std::chrono::steady_clock::time_point last_ours_;

  // Committed, and to be told after the next sync. For the writer's thread.
  Batch unsynced_;
  std::vector<Fresh> unsynced_fresh_;
  std::chrono::steady_clock::time_point unsynced_since_;

  std::thread thread_;  // Last: runs on the fields above.
};

}  // namespace bus::embedded
