// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/stage.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace bus::embedded {

namespace {

// Records a stage holds in memory, those in hand and those of busy keys: ten times the default concurrency lets one hot
// key fill a tenth of a second before the others wait behind it in the log. At 1 KB a record: 1 MB.
constexpr std::size_t kHeldRecords = 1024;
// The same in bytes, for topics of big records.
constexpr std::size_t kHeldBytes = 4U << 20;
// Records of one read.
constexpr std::size_t kFetchRecords = 512;
constexpr std::size_t kFetchBytes = 2U << 20;

std::size_t size_of(const Record& record) { return record.key.size() + record.value.size(); }

}  // namespace

Stage::Stage(StageSpec spec, Handler& handler, base::Executor executor, Deps deps, base::Metrics& metrics)
    : spec_(std::move(spec)),
      handler_(handler),
      executor_(executor),
      deps_(std::move(deps)),
      metrics_(metrics, spec_.name),
      cache_(deps_.cache_bytes),
      tasks_(std::move(executor)) {}

void Stage::activate(std::int64_t id, std::vector<Entered> entered, TimerIndex timers) {
  Started started;
  {
    std::lock_guard lock(mutex_);
    id_ = id;
    timers_ = std::move(timers);
    flagged_until_ = base::Time::min();
    metrics_.timers.Set(static_cast<double>(timers_.size()));
    for (std::size_t i = 0; i < entered.size(); ++i) {
      const Entered& at = entered[i];
      inputs_.push_back({spec_.inputs[i], at.topic_id, at.progress.next(), at.head, false, at.progress});
      outstanding_ += at.head - at.progress.next() - at.progress.done_ahead();
    }
    deps_.work.add(outstanding_);
    metrics_.lag.Set(static_cast<double>(outstanding_));
    started = next_steps();
  }
  start(std::move(started));
}

void Stage::offer(const Fresh& fresh) {
  Started started;
  {
    std::lock_guard lock(mutex_);
    auto input = std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& at) { return at.topic == fresh.topic; });
    if (closing_ || input == inputs_.end() || fresh.next <= input->head) return;
    std::int64_t added = fresh.next - input->head;
    deps_.work.add(added);
    outstanding_ += added;
    metrics_.lag.Set(static_cast<double>(outstanding_));
    take_from_commit(*input, fresh);
    started = next_steps();
  }
  start(std::move(started));
}

// Takes what fits, when nothing of the topic is left to be read before it.
void Stage::take_from_commit(Input& input, const Fresh& fresh) {
  bool caught_up = input.cursor == input.head && !input.fetching;
  input.head = fresh.next;
  if (!caught_up) return;
  auto index = static_cast<std::size_t>(&input - inputs_.data());
  for (const auto& record : fresh.records) {
    if (record->offset != input.cursor || !has_room()) break;
    ++input.cursor;
    take(index, record);
  }
}

void Stage::take(std::size_t input, std::shared_ptr<const Record> record) {
  ++held_records_;
  held_bytes_ += size_of(*record);
  Slot& slot = slot_of(record->key);
  slot.waiting.push_back({input, std::move(record)});
  make_ready(slot);
}

Slot& Stage::slot_of(const std::string& key) {
  auto& slot = slots_[key];
  if (!slot) {
    slot = std::make_unique<Slot>();
    slot->key = key;
  }
  return *slot;
}

void Stage::make_ready(Slot& slot) {
  if (slot.busy) return;
  slot.busy = true;
  ready_.push_back(&slot);
}

bool Stage::has_room() const { return held_records_ < kHeldRecords && held_bytes_ < kHeldBytes; }

Stage::Started Stage::next_steps() {
  Started started;
  if (closing_) return started;
  base::Time now = deps_.clock.now();
  flag_due(now);
  while (!ready_.empty() && running_ < spec_.concurrency) {
    started.keys.push_back(ready_.front());
    ready_.pop_front();
    ++running_;
  }
  metrics_.running.Set(static_cast<double>(running_));
  // Read again when half of the room is free: whole pieces instead of single records.
  if (held_records_ < kHeldRecords / 2 && held_bytes_ < kHeldBytes / 2) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].fetching || inputs_[i].cursor >= inputs_[i].head) continue;
      inputs_[i].fetching = true;
      started.fetches.push_back(i);
    }
  }
  auto next = timers_.earliest_after(now);
  if (next && (alarms_.empty() || *next < *alarms_.begin())) {
    alarms_.insert(*next);
    started.alarm = next;
  }
  return started;
}

void Stage::start(Started started) {
  for (Slot* slot : started.keys) {
    if (!slot->state)
      slot->state = [&] {
        std::lock_guard lock(mutex_);
        return cache_.take(slot->key);
      }();
    if (slot->state) {
      launch(*slot);
    } else {
      load(*slot);
    }
  }
  for (std::size_t input : started.fetches) start_fetch(input);
  if (started.alarm) tasks_.spawn(wake_at(*started.alarm));
}

void Stage::load(Slot& slot) {
  auto until_read = hold();
  deps_.reader.post([this, &slot, until_read](LogView& view) {
    if (closing_) return;
    slot.state = view.key_state(id_, slot.key);
    launch(slot);
  });
}

void Stage::start_fetch(std::size_t input) {
  std::int64_t from = 0;
  std::int64_t until = 0;
  {
    std::lock_guard lock(mutex_);
    from = inputs_[input].cursor;
    until = inputs_[input].head;
  }
  auto until_read = hold();
  deps_.reader.post([this, input, from, until, until_read](LogView& view) {
    if (closing_) return;
    const Input& at = inputs_[input];
    fetched(input, view.read(at.topic, at.topic_id, from, until, kFetchRecords, kFetchBytes));
  });
}

void Stage::fetched(std::size_t input, Piece piece) {
  Started started;
  {
    std::lock_guard lock(mutex_);
    Input& at = inputs_[input];
    at.fetching = false;
    at.cursor = piece.next;
    for (auto& record : piece.records) {
      if (!at.done_before.is_done(record->offset)) take(input, std::move(record));
    }
    started = next_steps();
  }
  start(std::move(started));
}

void Stage::start_due_timers() {
  Started started;
  {
    std::lock_guard lock(mutex_);
    started = next_steps();
  }
  start(std::move(started));
}

// Makes keys ready whose timers have become due since the last look.
void Stage::flag_due(base::Time now) {
  if (now < flagged_until_) flagged_until_ = now;  // The wall clock was set back.
  for (const auto& key : timers_.due(flagged_until_, now)) {
    Slot& slot = slot_of(key);
    if (slot.timers_due) continue;
    slot.timers_due = true;
    deps_.work.add();
    ++outstanding_;
    make_ready(slot);
  }
  flagged_until_ = now;
}

std::optional<base::Time> Stage::next_timer() const {
  std::lock_guard lock(mutex_);
  return timers_.earliest();
}

std::shared_ptr<void> Stage::hold() {
  under_way_.add();
  return {nullptr, [self = shared_from_this()](void*) { self->under_way_.done(); }};
}

void Stage::begin_close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  tasks_.cancel();
}

base::Task<void> Stage::closed() {
  co_await tasks_.wait();
  co_await under_way_.wait();
  std::int64_t left = 0;
  {
    std::lock_guard lock(mutex_);
    left = std::exchange(outstanding_, 0);
  }
  metrics_.lag.Set(0);
  metrics_.running.Set(0);
  deps_.work.done(left);
}

}  // namespace bus::embedded
