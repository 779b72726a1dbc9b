// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/log.h"

namespace bus::embedded {

namespace {

// Units a commit: at 1 KB each a commit of 1,000 takes about 5 ms, which is what an append waits for at most twice.
constexpr std::size_t kBatchUnits = 1000;
// Bytes a commit: keeps a commit of big records to some 50 ms of disk.
constexpr std::size_t kBatchBytes = 16U << 20;
// How long a quiet log waits between steps of housekeeping when the last one found nothing to do.
constexpr std::chrono::seconds kUpkeepPause(10);
// Under load without a pause, housekeeping still gets a step this often.
constexpr std::chrono::milliseconds kLongestWithoutUpkeep(200);
// Between tries to write to a disk that does not take data: 0.1 s to 2 s, so that it resumes soon after there is room.
constexpr base::Backoff kDiskBackoff{std::chrono::milliseconds(100), std::chrono::milliseconds(2000)};

// Appends that wait at once before the units of stages stand back. A steady load has one or two.
constexpr std::ptrdiff_t kBusyAppends = 4;
// How long a sync waits for the next thing that the stages make of what it is for: some five hops of a stage, each a
// handler's call and a commit of 0.1 ms on a busy machine.
constexpr std::chrono::microseconds kSyncGap(500);
// And at most altogether, so that slow evidence does not hold up answers.
constexpr std::chrono::milliseconds kLongestSyncWait(3);
// But never longer than this: what a stage holds in memory stays bounded by time too.
constexpr std::chrono::milliseconds kLongestWaitOfOurs(100);

}  // namespace

Writer::Writer(Limits limits, Deps deps) : limits_(limits), deps_(std::move(deps)) {}

Writer::~Writer() { stop(); }

void Writer::start(std::unique_ptr<Store> store) {
  store_ = std::move(store);
  std::lock_guard lock(mutex_);
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

void Writer::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  Batch rest;
  {
    std::lock_guard lock(mutex_);
    running_ = false;
    rest.assign(std::move_iterator(queue_.begin()), std::move_iterator(queue_.end()));
    queue_.clear();
    queued_bytes_ = 0;
  }
  refuse_all(std::move(rest), base::passing(base::Reason::kUnavailable, "the log is closed"));
  store_.reset();
}

void Writer::offer(std::unique_ptr<Unit> unit) {
  std::unique_lock lock(mutex_);
  if (auto error = refusal(*unit)) {
    lock.unlock();
    deps_.metrics.refused.Increment();
    unit->refused(*error);
    return;
  }
  enqueue(std::move(unit));
}

void Writer::submit(std::unique_ptr<Unit> unit) {
  std::lock_guard lock(mutex_);
  enqueue(std::move(unit));
}

void Writer::enqueue(std::unique_ptr<Unit> unit) {
  deps_.work.add();
  queued_bytes_ += unit->bytes();
  queue_.push_back(std::move(unit));
  if (queue_.size() == 1) wake_.notify_all();
}

std::optional<base::Error> Writer::refusal(const Unit& unit) const {
  if (!running_ || stopping_) return base::passing(base::Reason::kUnavailable, "the log is closed");
  if (failing_) return failing_;
  if (held_) return base::passing(base::Reason::kFull, *held_);
  if (queue_.size() >= limits_.queue_units || queued_bytes_ + unit.bytes() > limits_.queue_bytes) {
    return base::passing(base::Reason::kFull, "too many appends wait for the disk");
  }
  return std::nullopt;
}

void Writer::sweep() {
  Batch dropped;
  {
    std::lock_guard lock(mutex_);
    if (running_ && !failing_) return;
    for (auto& unit : queue_) {
      if (!unit->is_abandoned()) continue;
      queued_bytes_ -= unit->bytes();
      dropped.push_back(std::move(unit));
    }
    std::erase(queue_, nullptr);
  }
  refuse_all(std::move(dropped), base::passing(base::Reason::kCancelled, "the stage was removed"));
}

Health Writer::health() const {
  std::lock_guard lock(mutex_);
  if (failing_) return {false, failing_->message};
  if (held_) return {false, *held_};
  return {running_, running_ ? "" : "the log is closed"};
}

void Writer::hold_appends(std::optional<std::string> why) {
  std::lock_guard lock(mutex_);
  held_ = std::move(why);
}

void Writer::run() {
  while (wait_for_work()) {
    Batch batch = take_batch();
    bool quiet = batch.empty();
    bool alone = !quiet && batch.front()->is_alone();
    if (!quiet) commit(std::move(batch));
    if (is_unsynced() && (quiet || alone || is_sync_due())) sync();
    if (quiet || std::chrono::steady_clock::now() - last_upkeep_ > kLongestWithoutUpkeep) keep_house();
  }
  if (is_unsynced()) sync();
}

void Writer::keep_house() {
  last_upkeep_ = std::chrono::steady_clock::now();
  {
    std::lock_guard lock(mutex_);
    if (failing_) return;
  }
  try {
    upkeep_due_ = deps_.upkeep(*store_);
  } catch (const sqlite::SqliteError& error) {
    store_->roll_back();
    fail({}, error);
  }
}

// Whether to go on: there is something to commit, or nothing is and housekeeping may use the time.
bool Writer::wait_for_work() {
  std::unique_lock lock(mutex_);
  if (failing_) {
    lock.unlock();
    recover();
    lock.lock();
    return !stopping_ || !failing_;
  }
  if (queue_.empty() && !stopping_ && is_unsynced()) {
    wake_.wait_for(lock, kSyncGap, [this] { return !queue_.empty() || stopping_; });
    return true;
  }
  if (queue_.empty() && !stopping_ && !upkeep_due_) {
    wake_.wait_for(lock, kUpkeepPause, [this] { return !queue_.empty() || stopping_; });
  }
  return !stopping_ || !queue_.empty();
}

// Whether outsiders queue up so much that what the stages have done waits: each of their units makes another, and an
// alert that is not yet accepted can be lost while one that is can't.
bool Writer::ours_wait() const {
  if (std::chrono::steady_clock::now() - last_ours_ >= kLongestWaitOfOurs) return false;
  auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBatchUnits));
  auto appends = std::count_if(queue_.begin(), end, [](const auto& unit) { return !unit->is_kept(); });
  return appends >= kBusyAppends;
}

Writer::Batch Writer::take_batch() {
  Batch batch;
  std::lock_guard lock(mutex_);
  if (failing_) return batch;
  bool takes_ours = !ours_wait();
  std::deque<std::unique_ptr<Unit>> later;
  std::size_t bytes = 0;
  while (!queue_.empty() && batch.size() < kBatchUnits && bytes < kBatchBytes) {
    if (!takes_ours && queue_.front()->is_kept()) {
      later.push_back(std::move(queue_.front()));
      queue_.pop_front();
      continue;
    }
    if (queue_.front()->is_alone() && !batch.empty()) break;
    bytes += queue_.front()->bytes();
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (batch.back()->is_alone()) break;
  }
  std::move(later.rbegin(), later.rend(), std::front_inserter(queue_));
  if (takes_ours) last_ours_ = std::chrono::steady_clock::now();
  queued_bytes_ -= bytes;
  deps_.metrics.queue_bytes.Set(static_cast<double>(queued_bytes_));
  return batch;
}

void Writer::commit(Batch batch) {
  auto begun = std::chrono::steady_clock::now();
  try {
    write(batch);
  } catch (const sqlite::SqliteError& error) {
    store_->roll_back();
    if (is_unsynced()) sync();
    fail(std::move(batch), error);
    return;
  }
  deps_.metrics.commits.Increment();
  deps_.metrics.units.Increment(static_cast<double>(batch.size()));
  deps_.metrics.commit_seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  tell(std::move(batch));
  upkeep_due_ = true;
}

void Writer::write(Batch& batch) {
  deps_.failpoint("before_begin");
  store_->begin(deps_.clock.now());
  for (auto& unit : batch) unit->apply(*store_);
  deps_.failpoint("before_commit");
  store_->commit();
  deps_.failpoint("after_commit");
}

// Each unit counts as work until it is told, and what is kept back from readers counts as one.
void Writer::tell(Batch batch) {
  deps_.failpoint("before_dispatch");
  bool was_unsynced = is_unsynced();
  auto later = deps_.dispatch(store_->take_fresh());
  if (!later.empty() && unsynced_fresh_.empty()) deps_.work.add();
  std::move(later.begin(), later.end(), std::back_inserter(unsynced_fresh_));
  deps_.failpoint("after_dispatch");
  std::int64_t told = 0;
  for (auto& unit : batch) {
    if (limits_.syncs && unit->wants_sync()) {
      unsynced_.push_back(std::move(unit));
      continue;
    }
    unit->committed(*store_);
    ++told;
  }
  if (!was_unsynced) unsynced_since_ = std::chrono::steady_clock::now();
  deps_.failpoint("after_completion");
  deps_.work.done(told);
}

// Whether more than a chain of stages at work would be waiting for the sync.
bool Writer::is_sync_due() const {
  if (!limits_.syncs || unsynced_.size() >= static_cast<std::size_t>(kBusyAppends)) return true;
  return std::chrono::steady_clock::now() - unsynced_since_ >= kLongestSyncWait;
}

void Writer::sync() {
  deps_.failpoint("before_sync");
  auto begun = std::chrono::steady_clock::now();
  std::optional<sqlite::SqliteError> failed;
  try {
    if (limits_.syncs) store_->sync();
  } catch (const sqlite::SqliteError& error) {
    failed = error;
  }
  deps_.metrics.syncs.Increment();
  deps_.metrics.sync_seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  deps_.failpoint("after_sync");
  auto fresh = std::exchange(unsynced_fresh_, {});
  Batch batch = std::exchange(unsynced_, {});
  deps_.dispatch_synced(fresh);
  for (auto& unit : batch) {
    // What is in the log stays there: a kept unit is done, and whoever appended hears that it may not last.
    failed && !unit->is_kept() ? unit->refused(deps_.explain(*failed)) : unit->committed(*store_);
  }
  deps_.work.done(static_cast<std::int64_t>(batch.size()) + (fresh.empty() ? 0 : 1));
  if (failed) fail({}, *failed);
}

void Writer::fail(Batch batch, const sqlite::SqliteError& error) {
  base::Error explained = deps_.explain(error);
  deps_.metrics.failed_commits.Increment();
  deps_.metrics.writable.Set(0);
  base::log::error("bus: can't write the log", {{"error", explained.message}});
  Batch refused;
  {
    std::lock_guard lock(mutex_);
    failing_ = explained;
    // What was queued meanwhile comes after the batch.
    for (auto& unit : queue_) batch.push_back(std::move(unit));
    queue_.clear();
    queued_bytes_ = 0;
    for (auto& unit : batch) {
      if (unit->is_kept() && !unit->is_abandoned()) {
        queued_bytes_ += unit->bytes();
        queue_.push_back(std::move(unit));
      } else {
        refused.push_back(std::move(unit));
      }
    }
  }
  deps_.metrics.refused.Increment(static_cast<double>(refused.size()));
  // Whoever appended may try again: the fault is the disk's, not the record's.
  explained.retry = base::Retry::later();
  refuse_all(std::move(refused), explained);
}

// Waits a while, then sees whether the disk takes data again.
void Writer::recover() {
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kDiskBackoff.wait(++attempts_, deps_.rng), [this] { return stopping_; });
  }
  sweep();
  try {
    store_->probe();
  } catch (const sqlite::SqliteError& error) {
    store_->roll_back();
    std::lock_guard lock(mutex_);
    failing_ = deps_.explain(error);
    return;
  }
  attempts_ = 0;
  deps_.metrics.writable.Set(1);
  base::log::info("bus: the log can be written again");
  std::lock_guard lock(mutex_);
  failing_.reset();
}

void Writer::refuse_all(Batch batch, const base::Error& error) {
  for (auto& unit : batch) unit->refused(error);
  deps_.work.done(static_cast<std::int64_t>(batch.size()));
}

}  // namespace bus::embedded
