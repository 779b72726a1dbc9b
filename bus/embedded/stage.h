// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/task_group.h"
#include "bus/bus.h"
#include "bus/embedded/bus_metrics.h"
#include "bus/embedded/call.h"
#include "bus/embedded/key_cache.h"
#include "bus/embedded/progress.h"
#include "bus/embedded/reader.h"
#include "bus/embedded/timer_index.h"
#include "bus/embedded/work.h"
#include "bus/embedded/writer.h"

namespace bus::embedded {

class StageUnit;

// A record in hand: which input it came from, and itself.
struct InHand {
  std::size_t input;
  std::shared_ptr<const Record> record;
};

// A key that has something to do. Busy from when it is ready until its unit is committed: one owner at a time, who
// alone touches `state` and what follows it.
struct Slot {
  std::string key;
  std::vector<InHand> waiting;  // In the order of the log.
  bool busy = false;
  bool timers_due = false;

  std::shared_ptr<KeyState> state;
  int record_attempt = 1;
  int timer_attempt = 1;
  std::optional<std::chrono::milliseconds> retry_in;
};

// What the writer tells a stage when it enters.
struct Entered {
  std::int64_t topic_id = 0;
  Progress progress;
  std::int64_t head = 1;  // Behind the last record.
};

// A running stage: takes records from commits as they happen, or from the log when it is behind, hands each key's to
// the handler one after another, and turns what a key's calls changed into units for the writer. Thread-safe; kept
// alive by what it has under way.
class Stage : public std::enable_shared_from_this<Stage> {
 public:
  struct Deps {
    base::Clock& clock;
    Writer& writer;
    Reader& reader;
    Work& work;
    base::Rng& rng;
    base::Backoff backoff;
    Failpoint failpoint;
    std::size_t cache_bytes;
  };

  Stage(StageSpec spec, Handler& handler, base::Executor executor, Deps deps, base::Metrics& metrics);

  const StageSpec& spec() const { return spec_; }
  std::int64_t id() const { return id_; }

  // From the writer's thread: where it stands, in the order of spec().inputs, and the keys that have timers.
  void activate(std::int64_t id, std::vector<Entered> entered, TimerIndex timers);
  // From the writer's thread: records of one of its topics were committed.
  void offer(const Fresh& fresh);

  // Counts timers that are due as work and gets them done.
  void start_due_timers();
  std::optional<base::Time> next_timer() const;

  // Asks running handlers to end and takes nothing new.
  void begin_close();
  bool is_closing() const { return closing_; }
  // Completes when nothing of the stage runs, waits for a commit or will be called any more. After begin_close().
  base::Task<void> closed();
  // Keeps closed() waiting, and the stage alive, until the last copy is gone.
  std::shared_ptr<void> hold();

 private:
  friend class StageUnit;
  enum class Outcome { kDone, kFailed, kCancelled };

  struct Input {
    std::string topic;
    std::int64_t topic_id = 0;
    std::int64_t cursor = 1;  // What is below was taken in hand, or done before.
    std::int64_t head = 1;    // Behind the last record known.
    bool fetching = false;
    Progress done_before;  // As it stood when the stage entered.
  };
  // What is to be started once the lock is released: starting may run at once, on this thread.
  struct Started {
    std::vector<Slot*> keys;
    std::vector<std::size_t> fetches;
    std::optional<base::Time> alarm;
  };

  // stage.cc: what to do next. All but start() and fetched() under the lock.
  void take(std::size_t input, std::shared_ptr<const Record> record);
  void take_from_commit(Input& input, const Fresh& fresh);
  Slot& slot_of(const std::string& key);
  void make_ready(Slot& slot);
  bool has_room() const;
  Started next_steps();
  void flag_due(base::Time now);
  std::int64_t notice_due(Slot& slot, base::Time now);
  void start(Started started);
  void start_fetch(std::size_t input);
  void fetched(std::size_t input, Piece piece);
  void load(Slot& slot);

  // stage_run.cc: doing it.
  void launch(Slot& slot);
  base::Task<void> run(Slot& slot);
  base::Task<Outcome> step(Slot& slot, StageUnit& unit);
  base::Task<Outcome> handle_record(Slot& slot, StageUnit& unit, InHand in_hand);
  base::Task<Outcome> handle_timer(Slot& slot, StageUnit& unit);
  base::Task<base::Result<void>> guarded(base::Task<base::Result<void>> call);
  std::optional<Outcome> judge(const base::Result<void>& result, Slot& slot, int& attempt);
  void give_up(const Record& record, const base::Error& error, Slot& slot, StageUnit& unit, bool is_timer);
  void finish(Slot& slot, std::unique_ptr<StageUnit> unit);
  void committed(Slot& slot, const StageUnit& unit);
  void settle(Slot& slot, std::int64_t done);
  base::Task<void> retry(Slot& slot, std::chrono::milliseconds wait);
  base::Task<void> wake_at(base::Time when);

  StageSpec spec_;
  Handler& handler_;
  base::Executor executor_;
  Deps deps_;
  StageMetrics metrics_;
  std::int64_t id_ = 0;
  std::atomic<bool> closing_ = false;

  mutable std::mutex mutex_;
  std::vector<Input> inputs_;
  std::unordered_map<std::string, std::unique_ptr<Slot>> slots_;
  std::deque<Slot*> ready_;
  std::size_t running_ = 0;
  std::size_t held_records_ = 0;
  std::size_t held_bytes_ = 0;
  std::int64_t outstanding_ = 0;  // What this stage has added to the bus's work and not taken off.
  TimerIndex timers_;
  base::Time flagged_until_ = base::Time::min();  // Timers due by then are flagged in their slots.
  std::multiset<base::Time> alarms_;
  KeyCache cache_;

  Work under_way_;         // Units, reads and starts that will call back.
  base::TaskGroup tasks_;  // Last: runs on the fields above.
};

}  // namespace bus::embedded
