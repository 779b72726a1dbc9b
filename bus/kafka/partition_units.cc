// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "base/log.h"
#include "bus/kafka/partition_lane.h"
#include "bus/kafka/topics.h"

namespace bus::kafka {

namespace {

// Between tries of a write that the cluster does not take: an outage ends within a second of the broker's return.
constexpr base::Backoff kBackoff{std::chrono::milliseconds(50), std::chrono::milliseconds(1000)};
// Chunks are never made smaller, however small the largest message that a topic takes.
constexpr std::size_t kSmallestChunk = 10'000;
// A large state is written at this pace: one that grows with each record, such as a digest's, would cost its whole size
// for each. What comes for its key meanwhile shares the next write. 300 KB wait for 65 ms, and take 13 records each
// where 200 come a second.
constexpr std::size_t kSmallState = 32'768;
// What is larger waits no longer: 100 ms at the usual pace.
constexpr std::size_t kLargestState = kSmallState + 400 * 1024;

std::chrono::milliseconds pause_for(std::size_t state_bytes, std::size_t bytes_per_ms) {
  return std::chrono::milliseconds((std::clamp(state_bytes, kSmallState, kLargestState) - kSmallState) / bytes_per_ms);
}

}  // namespace

// From any thread. A copy that can't be read is no reason to handle a key without its state.
void PartitionLane::load(stage::Slot& slot) {
  auto state = deps_.cache.find(name_, slot.key);
  if (state) {
    lane_.loaded(slot, std::make_shared<stage::KeyState>(std::move(state.value())));
    return;
  }
  give_up_copy(state.error());
}

// From any thread.
void PartitionLane::load_timers(stage::TimerIndex::Question question) {
  auto keys = deps_.cache.due_keys(name_, question);
  if (!keys) return give_up_copy(keys.error());
  lane_.timers_loaded(keys.value());
}

void PartitionLane::give_up_copy(const base::Error& error) {
  boost::asio::post(deps_.cluster.loop(), [this, error, self = shared_from_this()] {
    fail("can't read the local copy of states", error);
    deps_.intake.restore();
  });
}

void PartitionLane::has_room() {
  boost::asio::post(deps_.cluster.loop(), [this, self = shared_from_this()] { look_at_room(); });
}

void PartitionLane::submit(std::unique_ptr<stage::KeyUnit> keys) {
  // A function object that can be posted is copyable or not at all: the box makes it so.
  auto box = std::make_shared<std::unique_ptr<stage::KeyUnit>>(std::move(keys));
  boost::asio::post(deps_.cluster.loop(), [this, self = shared_from_this(), box] {
    auto taken = std::move(*box);
    accept(std::move(taken));
  });
}

void PartitionLane::accept(std::unique_ptr<stage::KeyUnit> keys) {
  if (abandoned_) return;
  auto unit = std::make_shared<Unit>();
  base::Time fired = base::Time::max();
  for (const auto& call : keys->calls()) {
    if (!call.record) fired = std::min(fired, call.due);
  }
  unit->timer = fired_.insert(fired);
  unit->begun = std::chrono::steady_clock::now();
  unit->keys = std::move(keys);
  units_.insert(unit);
  deps_.metrics.in_flight.Increment();
  make_topics(unit);
}

// Outputs may go to topics that nobody has used before.
void PartitionLane::make_topics(const UnitRef& unit) {
  std::set<std::string> topics;
  for (const auto& record : unit->keys->changes().records) topics.insert(record->topic);
  unit->unanswered = 1 + topics.size();
  auto made = [this, self = shared_from_this(), unit](int) {
    if (--unit->unanswered == 0 && unit->keys) send_outputs(unit);
  };
  for (const auto& topic : topics) deps_.cluster.with_topic(record_topic(deps_.cluster.options(), topic), made);
  made(0);
}

void PartitionLane::send_outputs(const UnitRef& unit) {
  deps_.cluster.options().failpoint("before_outputs");
  unit->failed.reset();
  auto messages = messages_of(*unit);
  if (!messages) {
    unit->failed = messages.error();
    try_again(unit);
    return;
  }
  unit->unanswered = 1 + messages.value().size();
  auto self = shared_from_this();
  for (auto& message : messages.value()) {
    deps_.cluster.produce_output(
        std::move(message), [this, self, unit](const base::Result<Delivery>& delivered) { answered(unit, delivered); });
  }
  answered(unit, Delivery{});
}

base::Result<std::vector<Message>> PartitionLane::messages_of(const Unit& unit) {
  std::vector<Message> all;
  const auto& records = unit.keys->changes().records;
  if (records.empty()) return all;
  auto causes = causes_of(*unit.keys);
  std::optional<WireWriter> smaller;  // Only where needed: making one asks for randomness.
  if (unit.message_limit < kMaxMessageBytes) smaller.emplace(unit.message_limit);
  WireWriter& wire = smaller ? *smaller : wire_;
  base::Time now = deps_.cluster.clock().now();
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::string topic = topic_name(deps_.cluster.options(), records[i]->topic);
    BOOST_OUTCOME_TRY(auto messages,
                      wire.messages(topic, {records[i]->key, records[i]->value, now, std::move(causes[i]), {}}));
    std::move(messages.begin(), messages.end(), std::back_inserter(all));
  }
  return all;
}

// What each output of the unit came from, in order.
std::vector<Cause> PartitionLane::causes_of(const stage::KeyUnit& keys) const {
  std::vector<Cause> causes;
  const auto& records = keys.changes().records;
  base::Time timers_done = std::min(lane_.next_timer().value_or(deps_.cluster.clock().now()), *fired_.begin());
  for (const auto& call : keys.calls()) {
    std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> indexes;
    while (causes.size() < call.outputs_end) {
      const Record& output = *records[causes.size()];
      Cause cause;
      cause.stage = spec_.name;
      cause.partition = partition_;
      cause.index = indexes[{output.topic, output.key}]++;
      cause.timers_done = timers_done;
      if (call.record) {
        const Input& input = inputs_.at(call.record->topic);
        cause.topic = name_in_causes(input.topic, input.logs_before);
        cause.offset = call.record->offset;
        cause.offsets_done = input.progress.next();
      } else {
        cause.timer_key = keys.key();
        cause.timer_name = call.timer;
        cause.timer_due = call.due;
      }
      causes.push_back(std::move(cause));
    }
  }
  return causes;
}

void PartitionLane::answered(const UnitRef& unit, const base::Result<Delivery>& delivered) {
  if (!unit->keys) return;
  if (!delivered) unit->failed = delivered.error();
  if (--unit->unanswered > 0) return;
  if (unit->failed) {
    try_again(unit);
  } else {
    deps_.cluster.options().failpoint("after_outputs");
    write_state(unit);
  }
}

// All of it: what was acknowledged is recognised as a repeat.
void PartitionLane::try_again(const UnitRef& unit) {
  const base::Error error = *unit->failed;
  deps_.metrics.retries.Increment();
  if (error.reason == base::Reason::kTooLarge && unit->message_limit > kSmallestChunk) {
    unit->message_limit = std::max(unit->message_limit / 4, kSmallestChunk);
  } else if (unit->attempt == 0) {
    fail("a write to Kafka failed and is tried again", error);
  }
  auto timer = std::make_shared<boost::asio::steady_timer>(deps_.cluster.loop(),
                                                           kBackoff.wait(++unit->attempt, deps_.cluster.rng()));
  timer->async_wait([this, self = shared_from_this(), unit, timer](boost::system::error_code) {
    if (!unit->keys) return;
    if (unit->seq > 0) {
      send_state(unit);
    } else {
      send_outputs(unit);
    }
  });
}

// The unit's commit point, if it changed anything: run again without, it would change nothing and its outputs would be
// recognised.
void PartitionLane::write_state(const UnitRef& unit) {
  const auto& changes = unit->keys->changes();
  if (changes.entries.empty() && changes.timers.empty()) {
    finish(unit);
    return;
  }
  const std::string& key = unit->keys->key();
  UnitMark mark = mark_of(*unit->keys);
  mark.seq = unit->seq = ++last_seq_;
  unconfirmed_[key].push_back(std::move(mark));
  if (unit->keys->state().is_empty()) {
    empty_keys_.insert_or_assign(key, unit->seq);
  } else {
    empty_keys_.erase(key);
  }
  auto pause = pause_for(unit->keys->state().bytes(), deps_.cluster.options().state_bytes_per_ms);
  if (pause.count() == 0) return send_state(unit);
  auto timer = std::make_shared<boost::asio::steady_timer>(deps_.cluster.loop(), pause);
  timer->async_wait([this, self = shared_from_this(), unit, timer](boost::system::error_code) {
    if (unit->keys) send_state(unit);
  });
}

void PartitionLane::send_state(const UnitRef& unit) {
  const std::string& key = unit->keys->key();
  KeyRecord record{epoch_, unit->keys->state(), unconfirmed_[key]};
  Envelope envelope{key_record_key(key), encode(record), deps_.cluster.clock().now(), {}, {}};
  auto messages = changelog_wire_.messages(changelog_, std::move(envelope), partition_);
  if (!messages || messages.value().size() != 1) {
    unit->failed = base::permanent(base::Reason::kTooLarge, "the state of key " + key + " is too large for a record");
    try_again(unit);
    return;
  }
  deps_.cluster.options().failpoint("before_state");
  deps_.cluster.produce_output(std::move(messages.value().front()),
                               [this, self = shared_from_this(), unit](base::Result<Delivery> delivered) {
                                 if (!unit->keys) return;
                                 if (!delivered) {
                                   unit->failed = delivered.error();
                                   try_again(unit);
                                   return;
                                 }
                                 deps_.cluster.options().failpoint("after_state");
                                 changelog_next_ = std::max(changelog_next_, delivered.value().offset + 1);
                                 acknowledged_.mark(unit->seq);
                                 deps_.cache.put(name_, unit->keys->key(), &unit->keys->state());
                                 finish(unit);
                               });
}

// Which records the unit was done with, and what was counted on the way.
UnitMark PartitionLane::mark_of(const stage::KeyUnit& keys) {
  UnitMark mark;
  mark.counts = keys.changes().counts;
  for (const auto& call : keys.calls()) {
    if (!call.record) continue;
    auto& offsets = mark.done[call.record->topic];
    const auto& extras = inputs_.at(call.record->topic).extras;
    auto extra = extras.find(call.record->offset);
    if (extra == extras.end()) {
      offsets.push_back(call.record->offset);
      continue;
    }
    offsets.insert(offsets.end(), extra->second.offsets.begin(), extra->second.offsets.end());
    mark.counts.insert(mark.counts.end(), extra->second.counts.begin(), extra->second.counts.end());
  }
  return mark;
}

// The unit is durable.
void PartitionLane::finish(const UnitRef& unit) {
  auto keys = std::move(unit->keys);
  UnitMark mark = mark_of(*keys);
  for (const auto& [topic, offsets] : mark.done) {
    Input& input = inputs_.at(topic);
    for (std::int64_t offset : offsets) input.progress.mark(offset);
  }
  for (const auto& call : keys->calls()) {
    if (call.record) inputs_.at(call.record->topic).extras.erase(call.record->offset);
  }
  auto& counts = counts_ahead_[unit->seq];
  counts.insert(counts.end(), mark.counts.begin(), mark.counts.end());
  moved_ = true;
  deps_.metrics.in_flight.Decrement();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - unit->begun;
  deps_.metrics.commit_seconds.Observe(took.count());
  lane_.committed(*keys);
  fired_.erase(unit->timer);
  units_.erase(unit);
  look_at_room();
}

}  // namespace bus::kafka
