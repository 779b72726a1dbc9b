// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/task_group.h"
#include "bus/bus.h"
#include "bus/stage/failpoint.h"
#include "bus/stage/key_cache.h"
#include "bus/stage/key_unit.h"
#include "bus/stage/log.h"
#include "bus/stage/slot.h"
#include "bus/stage/stage_metrics.h"
#include "bus/stage/timer_index.h"
#include "bus/stage/turns.h"
#include "bus/stage/work.h"

namespace bus::stage {

class Call;

using Records = std::vector<std::shared_ptr<const Record>>;

// Runs the keys of a stage, or of one partition of it: takes records as the log hands them over, gives each key's to
// the handler one after another, and turns what a key's calls changed into units that the log makes durable.
// Thread-safe. A member of the object that is its log; kept alive with it by what it has under way.
class Lane {
 public:
  // What it may hold in memory, those in hand and those of busy keys; one piece more may come on top.
  struct Limits {
    std::size_t records;
    std::size_t bytes;
    std::size_t cache_bytes;
    // Keys whose timers are held: TimerIndex.
    std::size_t timer_keys;
    // Of a key's state: a handler that would make it larger fails for good.
    std::size_t state_bytes = std::numeric_limits<std::size_t>::max();
  };
  struct Deps {
    base::Clock& clock;
    Work& work;  // Of the bus: records and due timers that are not done.
    Turns& turns;
    base::Rng& rng;
    base::Backoff backoff;
    Failpoint failpoint;
    Limits limits;
  };

  // `spec`, `handler` and `log` outlive the lane.
  Lane(const StageSpec& spec, Handler& handler, base::Executor executor, Log& log, Deps deps, base::Metrics& metrics);

  // Begins: `behind` records are known that are still to be handed over. Asks the log for timers.
  void begin(std::int64_t behind);
  // So many more records are known that will be handed over or passed over.
  void expect(std::int64_t records);
  // So many expected records need no handling, for they are gone or were done before.
  void pass_over(std::int64_t records);
  // Takes the records, all or those that there is room for, in order. Returns how many.
  std::size_t take(const Records& records);
  std::size_t take_what_fits(const Records& records);
  // Whether nothing more fits.
  bool is_full() const;
  // Log::has_room() will be called once half of the room is free.
  bool is_crowded() const;

  void loaded(Slot& slot, std::shared_ptr<KeyState> state);
  void timers_loaded(const std::vector<DueKey>& rows);
  // The unit is durable.
  void committed(const KeyUnit& unit);

  // Counts timers that are due as work, and starts what can be started.
  void look();
  // No timer is due before; nullopt: there is none, or the lane has not begun or is closed.
  std::optional<base::Time> next_timer() const;
  // Records and due timers that are not done.
  std::int64_t outstanding() const;

  // Asks running handlers to end and takes nothing new.
  void begin_close();
  bool is_closing() const { return closing_; }
  // Completes when nothing of the lane runs, waits for a commit or will be called any more. After begin_close().
  base::Task<void> closed();
  // Keeps closed() waiting, and the log alive, until the last copy is gone.
  std::shared_ptr<void> hold();
  std::shared_ptr<Lane> self() { return {log_.shared_from_this(), this}; }

 private:
  enum class Outcome { kDone, kFailed, kCancelled };

  // What is to be started once the lock is released: starting may run at once, on this thread.
  struct Started {
    std::vector<Slot*> keys;
    bool has_room = false;
    std::optional<base::Time> alarm;
    std::optional<TimerIndex::Question> timers;
  };

  // lane.cc: what to do next. All but start() under the lock.
  void take_one(std::shared_ptr<const Record> record);
  Slot& slot_of(const std::string& key);
  void make_ready(Slot& slot);
  bool fits() const;
  bool is_half_free() const;
  Started next_steps();
  void flag_due(base::Time now);
  std::int64_t notice_due(Slot& slot, base::Time now);
  void show_timers(std::size_t held_before);
  void add_outstanding(std::int64_t count);
  void start(Started started);

  // lane_run.cc: doing it.
  void launch(Slot& slot);
  base::Task<void> run(Slot& slot);
  base::Task<Outcome> step(Slot& slot, KeyUnit& unit);
  base::Task<Outcome> handle_record(Slot& slot, KeyUnit& unit, std::shared_ptr<const Record> next);
  base::Task<Outcome> handle_timer(Slot& slot, KeyUnit& unit);
  base::Task<base::Result<void>> guarded(base::Task<base::Result<void>> call);
  base::Result<void> verdict(const Call& call, const KeyState& state) const;
  std::optional<Outcome> judge(const base::Result<void>& result, Slot& slot, int& attempt);
  Changes give_up(const Record& record, const base::Error& error, const Slot& slot);
  void finish(Slot& slot, std::unique_ptr<KeyUnit> unit);
  void settle(Slot& slot, std::int64_t done);
  base::Task<void> retry(Slot& slot, std::chrono::milliseconds wait);
  base::Task<void> wake_at(base::Time when);

  const StageSpec& spec_;
  Handler& handler_;
  base::Executor executor_;
  Log& log_;
  Deps deps_;
  StageMetrics metrics_;
  std::atomic<bool> closing_ = false;
  base::Time begun_;  // Set before anything is handled.

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<Slot>> slots_;
  std::deque<Slot*> ready_;
  std::size_t running_ = 0;
  std::size_t held_records_ = 0;
  std::size_t held_bytes_ = 0;
  bool has_begun_ = false;        // And is not closed.
  bool crowded_ = false;          // Until half of the room is free.
  std::int64_t outstanding_ = 0;  // What this lane has added to the bus's work and not taken off.
  TimerIndex timers_;
  base::Time flagged_until_ = base::Time::min();  // Timers due by then are flagged in their slots.
  std::multiset<base::Time> alarms_;
  KeyCache cache_;

  Work under_way_;         // Units, reads and starts that will call back.
  base::TaskGroup tasks_;  // Last: runs on the fields above.
};

}  // namespace bus::stage
