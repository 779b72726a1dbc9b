// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/lane.h"

#include <utility>

namespace bus::stage {

Lane::Lane(const StageSpec& spec, Handler& handler, base::Executor executor, Log& log, Deps deps,
           base::Metrics& metrics)
    : spec_(spec),
      handler_(handler),
      executor_(executor),
      log_(log),
      deps_(std::move(deps)),
      metrics_(metrics, spec_.name),
      timers_(deps_.limits.timer_keys),
      cache_(deps_.limits.cache_bytes),
      tasks_(std::move(executor)) {}

void Lane::begin(std::int64_t behind) {
  Started started;
  {
    std::lock_guard lock(mutex_);
    begun_ = deps_.clock.now();
    has_begun_ = true;
    add_outstanding(behind);
    started = next_steps();
  }
  start(std::move(started));
}

void Lane::expect(std::int64_t records) {
  std::lock_guard lock(mutex_);
  if (!closing_) add_outstanding(records);
}

void Lane::pass_over(std::int64_t records) {
  {
    std::lock_guard lock(mutex_);
    if (closing_) return;  // closed() takes off what is left.
    outstanding_ -= records;
    metrics_.lag.Decrement(static_cast<double>(records));
  }
  deps_.work.done(records);
}

void Lane::add_outstanding(std::int64_t count) {
  outstanding_ += count;
  metrics_.lag.Increment(static_cast<double>(count));
  deps_.work.add(count);
}

std::size_t Lane::take(const Records& records) {
  Started started;
  {
    std::lock_guard lock(mutex_);
    if (closing_) return 0;
    for (const auto& record : records) take_one(record);
    started = next_steps();
  }
  start(std::move(started));
  return records.size();
}

std::size_t Lane::take_what_fits(const Records& records) {
  Started started;
  std::size_t taken = 0;
  {
    std::lock_guard lock(mutex_);
    if (closing_) return 0;
    for (; taken < records.size() && fits(); ++taken) take_one(records[taken]);
    started = next_steps();
  }
  start(std::move(started));
  return taken;
}

void Lane::take_one(std::shared_ptr<const Record> record) {
  ++held_records_;
  held_bytes_ += size_of(*record);
  if (!is_half_free()) crowded_ = true;
  Slot& slot = slot_of(record->key);
  slot.waiting.push_back(std::move(record));
  make_ready(slot);
}

Slot& Lane::slot_of(const std::string& key) {
  auto& slot = slots_[key];
  if (!slot) {
    slot = std::make_unique<Slot>();
    slot->key = key;
  }
  return *slot;
}

void Lane::make_ready(Slot& slot) {
  if (slot.busy) return;
  slot.busy = true;
  ready_.push_back(&slot);
}

bool Lane::fits() const { return held_records_ < deps_.limits.records && held_bytes_ < deps_.limits.bytes; }

bool Lane::is_half_free() const {
  return held_records_ < deps_.limits.records / 2 && held_bytes_ < deps_.limits.bytes / 2;
}

bool Lane::is_full() const {
  std::lock_guard lock(mutex_);
  return !fits();
}

bool Lane::is_crowded() const {
  std::lock_guard lock(mutex_);
  return crowded_;
}

Lane::Started Lane::next_steps() {
  Started started;
  if (closing_) return started;
  base::Time now = deps_.clock.now();
  flag_due(now);
  while (!ready_.empty() && deps_.turns.take(*this)) {
    started.keys.push_back(ready_.front());
    ready_.pop_front();
    ++running_;
    metrics_.running.Increment();
  }
  if (crowded_ && is_half_free()) {
    crowded_ = false;
    started.has_room = true;
  }
  auto next = timers_.earliest_after(now);
  if (next && (alarms_.empty() || *next < *alarms_.begin())) {
    alarms_.insert(*next);
    started.alarm = next;
  }
  if (has_begun_) started.timers = timers_.ask();
  if (started.timers) add_outstanding(1);  // Some may be due.
  return started;
}

void Lane::start(Started started) {
  for (Slot* slot : started.keys) {
    if (!slot->state)
      slot->state = [&] {
        std::lock_guard lock(mutex_);
        return cache_.take(slot->key);
      }();
    if (slot->state) {
      launch(*slot);
    } else {
      log_.load(*slot);
    }
  }
  if (started.has_room) log_.has_room();
  if (started.alarm) tasks_.spawn(wake_at(*started.alarm));
  if (started.timers) log_.load_timers(*started.timers);
}

void Lane::loaded(Slot& slot, std::shared_ptr<KeyState> state) {
  slot.state = std::move(state);
  launch(slot);
}

void Lane::timers_loaded(const std::vector<DueKey>& rows) {
  Started started;
  {
    std::lock_guard lock(mutex_);
    if (closing_) return;
    auto held = timers_.size();
    timers_.answer(rows);
    show_timers(held);
    flagged_until_ = base::Time::min();
    started = next_steps();
  }
  start(std::move(started));
  pass_over(1);
}

void Lane::look() {
  Started started;
  {
    std::lock_guard lock(mutex_);
    started = next_steps();
  }
  start(std::move(started));
}

// Makes keys ready whose timers have become due since the last look.
void Lane::flag_due(base::Time now) {
  if (now < flagged_until_) flagged_until_ = now;  // The wall clock was set back.
  for (const auto& key : timers_.due(flagged_until_, now)) {
    Slot& slot = slot_of(key);
    if (slot.timers_due) continue;
    slot.timers_due = true;
    add_outstanding(1);
    make_ready(slot);
  }
  flagged_until_ = now;
}

void Lane::show_timers(std::size_t held_before) {
  metrics_.timers.Increment(static_cast<double>(timers_.size()) - static_cast<double>(held_before));
}

std::optional<base::Time> Lane::next_timer() const {
  std::lock_guard lock(mutex_);
  return has_begun_ ? timers_.earliest() : std::nullopt;
}

std::int64_t Lane::outstanding() const {
  std::lock_guard lock(mutex_);
  return outstanding_;
}

std::shared_ptr<void> Lane::hold() {
  under_way_.add();
  return {nullptr, [owner = self()](void*) { owner->under_way_.done(); }};
}

void Lane::begin_close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  tasks_.cancel();
}

base::Task<void> Lane::closed() {
  co_await tasks_.wait();
  co_await under_way_.wait();
  std::int64_t left = 0;
  std::size_t turns = 0;
  {
    std::lock_guard lock(mutex_);
    left = std::exchange(outstanding_, 0);
    turns = std::exchange(running_, 0);
    metrics_.lag.Decrement(static_cast<double>(left));
    metrics_.running.Decrement(static_cast<double>(turns));
    has_begun_ = false;
    auto held = timers_.size();
    timers_ = TimerIndex();
    show_timers(held);
  }
  for (; turns > 0; --turns) deps_.turns.give_back();
  while (auto other = deps_.turns.next()) other->look();
  deps_.work.done(left);
}

}  // namespace bus::stage
