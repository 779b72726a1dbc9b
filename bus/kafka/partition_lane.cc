// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/partition_lane.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/log.h"
#include "bus/kafka/topics.h"

namespace bus::kafka {

namespace {

// Records a lane holds in memory. A process may have 12 lanes of each of nine stages: 108 times 1 MB at the very worst.
// As many records as keep the keys busy while a partition that was paused is fetched again.
constexpr std::size_t kHeldRecords = 4096;
constexpr std::size_t kHeldBytes = 1U << 20;
// How far a lane goes beyond the oldest record that is not done: what it must remember of records done out of order,
// and others of its outputs, is bounded by this.
constexpr std::int64_t kWindow = 16'384;
// Causes of so many records before the position are read again at a restart instead of being written with each
// position.
constexpr std::int64_t kLookBack = 2000;
// Between tries to write the last position of a lane that is handed over.
constexpr std::chrono::milliseconds kPositionPause(50);

}  // namespace

PartitionLane::PartitionLane(const StageSpec& spec, Handler& handler, base::Executor executor, std::int32_t partition,
                             Deps deps)
    : spec_(spec),
      partition_(partition),
      name_(spec.name, partition),
      changelog_(changelog_name(deps.cluster.options(), spec.name)),
      deps_(std::move(deps)),
      changelog_wire_(kMaxChangelogMessageBytes),
      lane_(spec_, handler, std::move(executor), *this,
            {deps_.cluster.clock(),
             deps_.work,
             deps_.turns,
             deps_.cluster.rng(),
             deps_.cluster.options().backoff,
             deps_.cluster.options().failpoint,
             {kHeldRecords, kHeldBytes, deps_.cluster.options().key_cache_bytes, deps_.cluster.options().timer_keys,
              kMaxStateBytes}},
            deps_.cluster.metrics()) {
  for (const auto& topic : spec_.inputs) inputs_[topic].topic = topic;
}

void PartitionLane::begin(LaneStart start) {
  epoch_ = start.position.epoch;
  version_ = start.position.version;
  claimed_at_ = start.position.claimed_at;
  changelog_next_ = start.changelog_next;
  last_seq_ = start.position.seq;
  acknowledged_ = stage::Progress(last_seq_ + 1, "");
  counters_ = std::move(start.position.counters);
  std::int64_t behind = 0;
  for (auto& [topic, input] : inputs_) {
    const InputPosition& at = start.position.inputs[topic];
    input.logs_before = at.logs_before;
    input.progress = stage::Progress(at.next, at.ahead);
    input.cursor = at.look_back;
    input.head = std::max({input.head, start.ends[topic].high, at.next});
    input.repeats = Repeats(at.sources);
    behind += input.head - at.next - input.progress.done_ahead();
    start.position.inputs.erase(topic);
  }
  unknown_inputs_ = std::move(start.position.inputs);
  begun_ = true;
  paused_ = false;
  moved_ = true;
  lane_.begin(behind);
}

std::int64_t PartitionLane::look_back(const std::string& topic) const { return inputs_.at(topic).cursor; }

void PartitionLane::appended(const std::string& topic, std::int64_t next) {
  auto input = inputs_.find(topic);
  if (input == inputs_.end() || next <= input->second.head) return;
  std::int64_t more = next - std::exchange(input->second.head, next);
  if (begun_ && !abandoned_) lane_.expect(more);
}

void PartitionLane::take(const std::string& topic, const MessageView& message) {
  auto found = inputs_.find(topic);
  if (!begun_ || abandoned_ || lane_.is_closing() || found == inputs_.end()) return;
  Input& input = found->second;
  if (message.offset < input.cursor) return;
  appended(topic, message.offset + 1);
  if (message.offset > input.cursor) pass_gap(input, message.offset);
  input.cursor = message.offset + 1;
  input.newest_ms = std::max(input.newest_ms, message.broker_time_ms);
  auto outcome = input.assembler.take(message, std::chrono::steady_clock::now());
  if (auto* assembled = std::get_if<Assembled>(&outcome)) take_record(input, std::move(*assembled));
  if (auto* discarded = std::get_if<Discarded>(&outcome)) {
    fail("a message that is no record", discarded->why);
    deps_.metrics.discarded.Increment(static_cast<double>(discarded->offsets.size()));
    done_without_handling(input, discarded->offsets);
  }
  look_at_room();
}

// Offsets that will never come: removed by retention, or not records.
void PartitionLane::pass_gap(Input& input, std::int64_t until) {
  auto times = until > input.progress.next() ? gaps_.count(input.topic, deps_.cluster.clock().now()) : std::nullopt;
  if (times) {
    base::log::warn("bus: offsets without a record were passed over: removed by retention, or somebody else's",
                    {{"stage", spec_.name},
                     {"topic", input.topic},
                     {"partition", partition_},
                     {"from", input.cursor},
                     {"until", until},
                     {"times", *times}});
  }
  std::vector<std::int64_t> gone;
  if (input.progress.next() >= input.cursor && input.progress.next() < until) {
    std::int64_t done = input.progress.done_ahead();
    std::int64_t passed = until - input.progress.next();
    input.progress.raise_to(until);
    lane_.pass_over(passed - (done - input.progress.done_ahead()));
    moved_ = true;
    return;
  }
  for (std::int64_t offset = std::max(input.cursor, input.progress.next()); offset < until; ++offset) {
    gone.push_back(offset);
  }
  done_without_handling(input, gone);
}

void PartitionLane::take_record(Input& input, Assembled assembled) {
  std::int64_t offset = assembled.offset();
  Envelope& envelope = assembled.record;
  // A reader that begins where the record ends could not put it together.
  bool repeat = envelope.cause && input.repeats.is_repeat(*envelope.cause, envelope.key, assembled.offsets.front());
  if (input.progress.is_done(offset)) return;
  if (repeat) {
    deps_.metrics.repeats.Increment();
    done_without_handling(input, assembled.offsets);
    return;
  }
  auto record = std::make_shared<Record>();
  record->topic = input.topic;
  record->partition = partition_;
  record->offset = offset;
  record->time = envelope.time;
  record->key = std::move(envelope.key);
  record->value = std::move(envelope.value);
  // The lane counts it as one.
  auto more = static_cast<std::int64_t>(assembled.offsets.size()) - 1;
  if (more > 0 || !envelope.counts.empty()) {
    input.extras.emplace(offset, Extras{std::move(assembled.offsets), std::move(envelope.counts)});
  }
  lane_.take({std::move(record)});
  if (more > 0) lane_.pass_over(more);
}

void PartitionLane::done_without_handling(Input& input, const std::vector<std::int64_t>& offsets) {
  std::int64_t passed = 0;
  for (std::int64_t offset : offsets) {
    if (input.progress.is_done(offset)) continue;
    input.progress.mark(offset);
    ++passed;
  }
  if (passed == 0) return;
  moved_ = true;
  lane_.pass_over(passed);
}

void PartitionLane::look_at_room() {
  if (!begun_ || abandoned_ || lane_.is_closing()) return;
  std::int64_t ahead = 0;
  for (const auto& [topic, input] : inputs_) ahead = std::max(ahead, input.cursor - input.progress.next());
  bool full = (paused_ ? lane_.is_crowded() : lane_.is_full()) || ahead >= (paused_ ? kWindow / 2 : kWindow);
  if (full == paused_) return;
  paused_ = full;
  deps_.intake.set_paused(full);
}

void PartitionLane::tick() {
  if (!begun_ || abandoned_) return;
  for (auto& [topic, input] : inputs_) {
    // Nothing more is read while what is oldest is incomplete and a window behind.
    std::int64_t oldest = input.cursor - kWindow + 1;
    for (const auto& discarded : input.assembler.give_up(std::chrono::steady_clock::now(), oldest)) {
      // Chunks of a record that was done before this lane began are read again without their beginning.
      if (input.progress.is_done(discarded.offsets.back())) continue;
      fail("a record that was never completed", discarded.why);
      deps_.metrics.discarded.Increment(static_cast<double>(discarded.offsets.size()));
      done_without_handling(input, discarded.offsets);
    }
  }
  look_at_room();
  auto due = last_position_ + deps_.cluster.options().position_interval;
  if (moved_ && !writing_position_ && std::chrono::steady_clock::now() >= due) write_position();
}

// A position speaks of the units up to its seq: what later ones counted stands in their key records and would count
// twice.
void PartitionLane::count_covered() {
  auto end = counts_ahead_.lower_bound(acknowledged_.next());
  for (auto it = counts_ahead_.begin(); it != end; it = counts_ahead_.erase(it)) {
    for (const auto& count : it->second) counters_[count.counter] += count.by;
  }
}

PositionRecord PartitionLane::snapshot() {
  count_covered();
  PositionRecord record;
  record.epoch = epoch_;
  record.version = ++version_;
  record.claimed_at = claimed_at_;
  record.seq = acknowledged_.next() - 1;
  record.counters = counters_;
  record.inputs = unknown_inputs_;
  for (auto& [topic, input] : inputs_) {
    InputPosition& at = record.inputs[topic];
    at.logs_before = input.logs_before;
    at.next = input.progress.next();
    at.ahead = input.progress.ahead();
    input.repeats.settle(at.next);
    at.look_back = std::max(input.repeats.first_carrier(at.next), at.next - kLookBack);
    at.sources = input.repeats.remembered(at.look_back);
  }
  return record;
}

void PartitionLane::write_position() {
  moved_ = false;
  writing_position_ = true;
  last_position_ = std::chrono::steady_clock::now();
  PositionRecord position = snapshot();
  StateCache::Mark mark{changelog_next_, position};
  deps_.cache.flush(name_, &mark, base::Time(std::chrono::system_clock::now()));
  auto messages = changelog_wire_.messages(
      changelog_, {position_record_key(epoch_), encode(position), deps_.cluster.clock().now(), {}, {}}, partition_);
  if (!messages || messages.value().size() != 1) {
    fail("a position record is too large",
         messages ? base::permanent(base::Reason::kTooLarge, "more than one message") : messages.error());
    writing_position_ = false;
    return;
  }
  deps_.cluster.options().failpoint("before_position");
  deps_.cluster.produce_output(std::move(messages.value().front()),
                               [this, self = shared_from_this(), position = std::move(position)](
                                   base::Result<Delivery> delivered) { position_written(position, delivered); });
}

void PartitionLane::position_written(const PositionRecord& position, const base::Result<Delivery>& delivered) {
  writing_position_ = false;
  if (on_position_) on_position_();
  if (abandoned_) return;
  if (!delivered) {
    moved_ = true;
    fail("can't write a position", delivered.error());
    return;
  }
  deps_.cluster.options().failpoint("after_position");
  for (auto it = unconfirmed_.begin(); it != unconfirmed_.end();) {
    std::erase_if(it->second, [&](const UnitMark& mark) { return mark.seq <= position.seq; });
    it = it->second.empty() ? unconfirmed_.erase(it) : std::next(it);
  }
  drop_empty_keys(position.seq);
  for (const auto& [topic, input] : inputs_) deps_.intake.commit(topic, position.inputs.at(topic).next);
}

// A key without state needs no record any more once a position covers the unit that emptied it.
void PartitionLane::drop_empty_keys(std::int64_t confirmed) {
  for (auto it = empty_keys_.begin(); it != empty_keys_.end();) {
    if (it->second > confirmed) {
      ++it;
      continue;
    }
    Message tombstone{changelog_,
                      partition_,
                      key_record_key(it->first),
                      std::nullopt,
                      {{std::string(kEpochHeader), std::to_string(epoch_)}}};
    deps_.cluster.produce_output(std::move(tombstone), [](const base::Result<Delivery>&) {});
    it = empty_keys_.erase(it);
  }
}

base::Task<bool> PartitionLane::hand_over(base::Deadline deadline) {
  auto signal = std::make_shared<boost::asio::steady_timer>(deps_.cluster.loop());
  auto closed = std::make_shared<bool>(false);
  auto raise = [signal] { signal->cancel(); };
  lane_.begin_close();
  boost::asio::co_spawn(deps_.cluster.loop(), lane_.closed(),
                        [self = shared_from_this(), raise, closed](const std::exception_ptr&) {
                          *closed = true;
                          raise();
                        });
  on_position_ = raise;
  base::Deadline next_try{};
  while (!abandoned_ && base::time_left(deadline).count() > 0) {
    base::Deadline until = deadline;
    if (*closed && !writing_position_) {
      if (!begun_ || !moved_) co_return true;
      if (base::time_left(next_try).count() <= 0) {
        next_try = base::in(kPositionPause);
        write_position();
        continue;
      }
      until = std::min(until, next_try);
    }
    signal->expires_at(until);
    boost::system::error_code raised;
    co_await signal->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, raised));
  }
  co_return false;
}

void PartitionLane::abandon() {
  abandoned_ = true;
  if (on_position_) on_position_();
  lane_.begin_close();
  for (const auto& unit : units_) unit->keys.reset();
  deps_.metrics.in_flight.Decrement(static_cast<double>(units_.size()));
  units_.clear();
}

void PartitionLane::fail(const std::string& what, const base::Error& error) {
  base::log::warn("bus: " + what, {{"stage", spec_.name}, {"partition", partition_}, {"error", error.message}});
}

}  // namespace bus::kafka
