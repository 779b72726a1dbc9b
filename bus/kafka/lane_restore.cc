// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/lane_restore.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "bus/kafka/compression.h"
#include "bus/kafka/topics.h"
#include "bus/stage/completion.h"

namespace bus::kafka {

namespace {

// For some of a partition's states.
constexpr std::chrono::seconds kReadPatience(120);
constexpr std::chrono::seconds kAskPatience(10);
// Keys put into the copy before they are written to its file.
constexpr std::size_t kFlushKeys = 2000;
// Claims that stay in the changelog: late writes of the owners before the last fifty are not to be feared.
constexpr std::int64_t kClaimsKept = 50;
// How far the clocks of those who append may be apart, and how long a lane may go on writing until it misses its input.
constexpr std::chrono::seconds kNewLogSlack(10);

base::Time wall_clock() { return base::Time(std::chrono::system_clock::now()); }

// The bytes of a changelog value.
base::Result<std::string> value_of(const MessageView& message) {
  BOOST_OUTCOME_TRY(auto marks, read_marks(message));
  if (marks.compressed) return decompress(*message.value, kMaxValueBytes);
  return std::string(*message.value);
}

}  // namespace

LaneRestore::LaneRestore(const StageSpec& spec, std::int32_t partition, Cluster& cluster, StateCache& cache,
                         KafkaStageMetrics& metrics)
    : spec_(spec),
      name_(spec.name, partition),
      changelog_(changelog_name(cluster.options(), spec.name)),
      cluster_(cluster),
      cache_(cache),
      metrics_(metrics),
      wire_(kMaxChangelogMessageBytes) {}

base::Task<base::Result<LaneStart>> LaneRestore::run() {
  auto begun = std::chrono::steady_clock::now();
  BOOST_OUTCOME_CO_TRY(auto ends,
                       co_await cluster_.reader().watermarks({changelog_, name_.second}, base::in(kAskPatience)));
  BOOST_OUTCOME_CO_TRY(is_wanted());
  begin_from_copy();
  BOOST_OUTCOME_CO_TRY(co_await read_until(ends.high));
  BOOST_OUTCOME_CO_TRY(auto claimed_at, co_await claim());
  LaneStart start;
  fold_units();
  BOOST_OUTCOME_CO_TRY(co_await find_ends(start));
  BOOST_OUTCOME_CO_TRY(start.changelog_next, co_await write_place(claimed_at));
  StateCache::Mark mark{start.changelog_next, *position_};
  cache_.flush(name_, &mark, wall_clock());
  start.position = *std::move(position_);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  metrics_.restore_seconds.Observe(took.count());
  co_return start;
}

base::Result<void> LaneRestore::is_wanted() const {
  if (given_up_) return base::passing(base::Reason::kCancelled, "the partition was taken away");
  return base::ok();
}

// Where the claim lies. Of two that claim the same epoch the first has it: the second reads that.
base::Task<base::Result<std::int64_t>> LaneRestore::claim() {
  std::int64_t epoch = epoch_ + 1;
  BOOST_OUTCOME_CO_TRY(auto claimed_at, co_await write(claim_key(epoch), ""));
  BOOST_OUTCOME_CO_TRY(co_await read_until(claimed_at));
  if (epoch_ >= epoch) co_return base::passing(base::Reason::kUnavailable, "another process claimed the partition");
  epoch_ = epoch;
  co_return claimed_at;
}

// The position of this owner, in the place of those before. Returns where the changelog goes on behind it.
base::Task<base::Result<std::int64_t>> LaneRestore::write_place(std::int64_t claimed_at) {
  position_->epoch = epoch_;
  ++position_->version;
  position_->claimed_at = claimed_at;
  BOOST_OUTCOME_CO_TRY(auto written, co_await write(position_record_key(epoch_), encode(*position_)));
  for (std::int64_t old : old_positions_) {
    BOOST_OUTCOME_CO_TRY(co_await write(position_record_key(old), std::nullopt));
  }
  if (epoch_ > kClaimsKept) {
    BOOST_OUTCOME_CO_TRY(co_await write(claim_key(epoch_ - kClaimsKept), std::nullopt));
  }
  co_return written + 1;
}

void LaneRestore::begin_from_copy() {
  if (auto mark = cache_.mark(name_, wall_clock(), cluster_.deletions_kept(changelog_))) {
    first_ = next_ = mark->changelog_next;
    position_ = std::move(mark->position);
    epoch_ = position_->epoch;
    last_seq_ = position_->seq;
    return;
  }
  if (auto cleared = cache_.forget(name_); !cleared) {
    base::log::warn("bus: can't clear the local copy of states", {{"error", cleared.error().message}});
  }
}

base::Task<base::Result<void>> LaneRestore::read_until(std::int64_t end) {
  end_ = std::max(end_, end);
  if (next_ >= end) {
    if (next_ == end) co_return base::ok();
    // The partition is shorter than the copy is good for: it was made anew.
    is_copy_wrong_ = true;
  } else {
    auto read = co_await read_on(end);
    BOOST_OUTCOME_CO_TRY(is_wanted());
    BOOST_OUTCOME_CO_TRY(readable_);
    if (!read && read.error().reason == base::Reason::kNoData) is_copy_wrong_ = true;
    if (!read && !is_copy_wrong_) co_return read.error();
  }
  if (is_copy_wrong_) {
    base::log::warn("bus: the local copy of a partition's states is not of this log and is made anew",
                    {{"stage", spec_.name}, {"partition", name_.second}});
    BOOST_OUTCOME_CO_TRY(cache_.forget(name_));
    co_return base::passing(base::Reason::kUnavailable, "the local copy was of another log");
  }
  next_ = end;
  co_return base::ok();
}

// For as long as something comes: how much there is to read, nobody knows.
base::Task<base::Result<void>> LaneRestore::read_on(std::int64_t end) {
  auto visit = [this](const MessageView& message) {
    if (!given_up_) apply(message);
    return !given_up_ && !is_copy_wrong_ && readable_;
  };
  while (true) {
    std::int64_t from = next_;
    auto read = co_await cluster_.reader().read({{changelog_, name_.second, from > 0 ? from : kOldest, end}}, visit,
                                                base::in(kReadPatience));
    bool has_moved = next_ != from;
    if (read || read.error().reason != base::Reason::kTimeout || !has_moved) co_return read;
  }
}

void LaneRestore::apply(const MessageView& message) {
  metrics_.restored.Increment();
  next_ = message.offset + 1;
  if (auto claimed = claimed_epoch(message.key)) {
    epoch_ = std::max(epoch_, *claimed);
  } else if (auto key = key_of(message.key)) {
    apply_state(message, *key);
  } else if (auto epoch = epoch_of(message.key)) {
    apply_position(message, *epoch);
  }
}

void LaneRestore::apply_state(const MessageView& message, std::string_view key) {
  std::string name(key);
  if (!message.value) {
    auto epoch = message.header(kEpochHeader);
    if (epoch && position_record_key(epoch_) != "p" + std::string(*epoch)) {
      if (auto written = epoch_of("p" + std::string(*epoch)); written && *written < epoch_) return;
    }
    units_.erase(name);
    cache_.put(name_, name, nullptr);
  } else {
    auto value = value_of(message);
    auto record = value ? decode_key_record(value.value()) : base::Result<KeyRecord>(value.error());
    if (!record) {
      base::log::error("bus: a changelog record can't be read",
                       {{"topic", changelog_}, {"offset", message.offset}, {"error", record.error().message}});
      return;
    }
    if (record.value().epoch < epoch_) return;  // Written late by a former owner.
    auto newest = units_.find(name);
    bool is_older = newest != units_.end() && !newest->second.empty() && !record.value().units.empty() &&
                    record.value().units.back().seq < newest->second.back().seq;
    if (is_older) return;  // Written late by a producer that has been replaced.
    for (const auto& unit : record.value().units) last_seq_ = std::max(last_seq_, unit.seq);
    last_write_ms_ = std::max(last_write_ms_, message.broker_time_ms);
    cache_.put(name_, name, &record.value().state);
    units_.insert_or_assign(std::move(name), std::move(record.value().units));
  }
  if (++put_ % kFlushKeys == 0) cache_.flush(name_, nullptr, wall_clock());
}

void LaneRestore::apply_position(const MessageView& message, std::int64_t epoch) {
  if (!message.value) {
    old_positions_.erase(epoch);
    return;
  }
  old_positions_.insert(epoch);
  if (epoch < epoch_) return;
  auto value = value_of(message);
  auto record = value ? decode_position_record(value.value()) : base::Result<PositionRecord>(value.error());
  if (!record) {
    readable_ = record.error().in("the position at offset " + std::to_string(message.offset) + " of " + changelog_);
    return;
  }
  // What this process wrote into its copy after another one had claimed the partition is not what the log says.
  if (position_ && epoch > position_->epoch && record.value().claimed_at < first_) is_copy_wrong_ = true;
  epoch_ = epoch;
  last_write_ms_ = std::max(last_write_ms_, message.broker_time_ms);
  last_seq_ = std::max(last_seq_, record.value().seq);
  if (!position_ || std::pair(epoch, record.value().version) > std::pair(position_->epoch, position_->version)) {
    position_ = std::move(record.value());
  }
}

// What units were done with whose key records no position covers.
void LaneRestore::fold_units() {
  if (!position_) position_.emplace();
  std::int64_t covered = position_->seq;
  std::map<std::string, stage::Progress> done;
  for (const auto& [key, units] : units_) {
    for (const auto& unit : units) {
      if (unit.seq <= covered) continue;
      for (const auto& [topic, offsets] : unit.done) {
        const InputPosition& at = position_->inputs[topic];
        auto progress = done.try_emplace(topic, at.next, at.ahead).first;
        for (std::int64_t offset : offsets) progress->second.mark(offset);
      }
      for (const auto& count : unit.counts) position_->counters[count.counter] += count.by;
    }
  }
  for (const auto& [topic, progress] : done) {
    position_->inputs[topic].next = progress.next();
    position_->inputs[topic].ahead = progress.ahead();
  }
  position_->seq = last_seq_;
}

// Where the inputs end, and with them where the stage stands that is new to one, or whose place is gone. A leader that
// has just taken over and may not know yet how long its partition is says so (KIP-207).
base::Task<base::Result<void>> LaneRestore::find_ends(LaneStart& start) {
  std::vector<TopicPartition> inputs;
  for (const auto& topic : spec_.inputs) inputs.push_back({topic_name(cluster_.options(), topic), name_.second});
  BOOST_OUTCOME_CO_TRY(auto ends, co_await cluster_.reader().watermarks(std::move(inputs), base::in(kAskPatience)));
  for (std::size_t i = 0; i < ends.size(); ++i) {
    start.ends[spec_.inputs[i]] = ends[i];
    BOOST_OUTCOME_CO_TRY(co_await place_input(spec_.inputs[i], ends[i]));
  }
  co_return base::ok();
}

// Whether a lane found the input shorter than its position, which may have grown since. What is below was removed by
// retention; of another epoch, another owner saw to it.
bool LaneRestore::was_shorter(const std::string& topic, const Watermarks& ends) const {
  auto miss = misses_.find(topic);
  return miss != misses_.end() && miss->second.epoch == position_->epoch && miss->second.offset >= ends.low;
}

base::Task<base::Result<void>> LaneRestore::place_input(const std::string& topic, const Watermarks& ends) {
  auto [found, is_new] = position_->inputs.try_emplace(topic);
  InputPosition& at = found->second;
  if (is_new) {
    at.next = at.look_back = spec_.from_oldest ? ends.low : ends.high;
  } else if (at.next < ends.low) {
    base::log::error("bus: records were removed before they were handled (retention)",
                     {{"stage", spec_.name}, {"topic", topic}, {"records", ends.low - at.next}});
    stage::Progress progress(at.next, at.ahead);
    progress.raise_to(ends.low);
    at.next = progress.next();
    at.ahead = progress.ahead();
  } else if (at.next > ends.high || was_shorter(topic, ends)) {
    BOOST_OUTCOME_CO_TRY(co_await begin_new_log(topic, ends));
  }
  at.look_back = std::clamp(at.look_back, std::min(ends.low, at.next), at.next);
  co_return base::ok();
}

// The topic lost its end, or was made anew: offsets that were handled stand for other records. What was appended since
// the lane last wrote is new to it, and so is what whoever missed it had not read yet.
base::Task<base::Result<void>> LaneRestore::begin_new_log(const std::string& topic, const Watermarks& ends) {
  if (last_write_ms_ < 0) {
    // The local copy does not say when; the changelog does.
    BOOST_OUTCOME_CO_TRY(cache_.forget(name_));
    co_return base::passing(base::Reason::kUnavailable, "topic " + topic + " is shorter than what was read of it");
  }
  std::int64_t known_ms = last_write_ms_;
  if (auto miss = misses_.find(topic); miss != misses_.end() && miss->second.newest_ms >= 0) {
    known_ms = std::min(known_ms, miss->second.newest_ms);
  }
  base::Time since = base::Time(std::chrono::milliseconds(known_ms)) - kNewLogSlack;
  TopicPartition partition{topic_name(cluster_.options(), topic), name_.second};
  BOOST_OUTCOME_CO_TRY(auto first, co_await cluster_.reader().offsets_at({partition}, since, base::in(kAskPatience)));
  InputPosition& at = position_->inputs[topic];
  std::int64_t next = std::min(at.next, std::clamp(first.front(), ends.low, ends.high));
  base::log::error("bus: a topic is shorter than what was read of it: what Kafka had of its end is lost",
                   {{"stage", spec_.name},
                    {"topic", partition.topic},
                    {"partition", partition.partition},
                    {"next", at.next},
                    {"end", ends.high},
                    {"goes_on_at", next}});
  at = {.next = next, .ahead = {}, .look_back = next, .sources = {}, .logs_before = at.logs_before + 1};
  co_return base::ok();
}

base::Task<base::Result<std::int64_t>> LaneRestore::write(std::string key, std::optional<std::string> value) {
  BOOST_OUTCOME_CO_TRY(is_wanted());
  std::vector<Message> messages;
  if (value) {
    Envelope envelope{std::move(key), *std::move(value), cluster_.clock().now(), {}, {}};
    BOOST_OUTCOME_CO_TRY(messages, wire_.messages(changelog_, std::move(envelope), name_.second));
  } else {
    messages.push_back({changelog_, name_.second, std::move(key), std::nullopt, {}});
  }
  auto delivered = std::make_shared<std::optional<base::Result<Delivery>>>();
  auto signal = std::make_shared<boost::asio::steady_timer>(cluster_.loop(), kAskPatience);
  cluster_.produce_output(std::move(messages.front()), [delivered, signal](base::Result<Delivery> outcome) {
    *delivered = std::move(outcome);
    signal->cancel();
  });
  boost::system::error_code raised;
  co_await signal->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, raised));
  if (!*delivered) co_return base::passing(base::Reason::kTimeout, "no answer to a write to " + changelog_);
  BOOST_OUTCOME_CO_TRY(auto delivery, **delivered);
  BOOST_OUTCOME_CO_TRY(is_wanted());
  co_return delivery.offset;
}

}  // namespace bus::kafka
