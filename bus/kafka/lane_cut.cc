// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/lane_cut.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "bus/kafka/compression.h"
#include "bus/kafka/wire.h"

namespace bus::kafka {

namespace {

// With the newest position record, the ones before it: a unit that the newest does not cover may lie before the second.
constexpr std::size_t kEnoughPositions = 3;
// Positions are written every fraction of a second while there is something to write.
constexpr std::int64_t kLongAgoMs = 60'000;

// Modulo 2^64: no sum of ours comes near, and one of somebody else's does no harm.
void add(const Count& count, std::map<std::string, std::int64_t>& counters) {
  std::int64_t& sum = counters[count.counter];
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(count.by));
}

}  // namespace

base::Result<std::string> changelog_value(const MessageView& message) {
  BOOST_OUTCOME_TRY(auto marks, read_marks(message));
  if (marks.compressed) return decompress(*message.value, kMaxValueBytes);
  return std::string(*message.value);
}

bool LaneCut::is_done(const std::string& topic, std::int64_t offset) const {
  auto found = done.find(topic);
  return found != done.end() && found->second.is_done(offset);
}

bool LaneCut::is_cause_done(const std::string& name_in_causes, std::int64_t offset) const {
  auto input = input_named(name_in_causes);
  auto at = inputs.find(input.topic);
  std::int64_t logs_before = at == inputs.end() ? 0 : at->second.logs_before;
  if (input.logs_before != logs_before) return input.logs_before < logs_before;
  return is_done(input.topic, offset);
}

void LaneCutReader::take(const MessageView& message) {
  if (first_time_ms_ < 0) first_time_ms_ = message.broker_time_ms;
  end_ = message.offset + 1;
  if (auto epoch = claimed_epoch(message.key)) claims_.emplace(*epoch, message.offset);
  if (!message.value) return;
  base::Result<void> taken = base::ok();
  if (epoch_of(message.key)) taken = take_position(message);
  if (key_of(message.key)) taken = take_units(message);
  if (!taken) readable_ = taken;
}

base::Result<void> LaneCutReader::take_position(const MessageView& message) {
  BOOST_OUTCOME_TRY(auto value, changelog_value(message));
  BOOST_OUTCOME_TRY(auto record, decode_position_record(value));
  if (record.claimed_at >= 0) claims_.emplace(record.epoch, record.claimed_at);
  positions_.push_back({message.offset, std::max<std::int64_t>(message.broker_time_ms, 0), std::move(record)});
  return base::ok();
}

base::Result<void> LaneCutReader::take_units(const MessageView& message) {
  BOOST_OUTCOME_TRY(auto value, changelog_value(message));
  BOOST_OUTCOME_TRY(auto record, decode_key_record(value));
  units_.push_back({message.offset, record.epoch, std::move(record.units)});
  return base::ok();
}

bool LaneCutReader::is_enough() const {
  if (positions_.size() >= kEnoughPositions) return true;
  const Position* position = newest();
  return position != nullptr && first_time_ms_ >= 0 && first_time_ms_ < position->broker_time_ms - kLongAgoMs;
}

bool LaneCutReader::is_late(std::int64_t epoch, std::int64_t offset) const {
  return std::any_of(claims_.upper_bound(epoch), claims_.end(),
                     [&](const auto& claim) { return claim.second <= offset; });
}

const LaneCutReader::Position* LaneCutReader::newest() const {
  const Position* best = nullptr;
  for (const Position& position : positions_) {
    if (is_late(position.record.epoch, position.offset)) continue;
    if (best == nullptr || std::pair(position.record.epoch, position.record.version) >=
                               std::pair(best->record.epoch, best->record.version)) {
      best = &position;
    }
  }
  return best;
}

base::Result<LaneCut> LaneCutReader::finish() const {
  BOOST_OUTCOME_TRY(readable_);
  LaneCut cut;
  cut.changelog_end = end_;
  std::int64_t covered = -1;
  try {
    if (const Position* position = newest()) {
      covered = position->record.seq;
      cut.inputs = position->record.inputs;
      cut.counters = position->record.counters;
      for (const auto& [topic, input] : cut.inputs) {
        cut.done.emplace(topic, stage::Progress(input.next, input.ahead));
      }
    }
  } catch (const std::invalid_argument& error) {
    return base::permanent(base::Reason::kBadAnswer, std::string("position record: ") + error.what());
  }
  std::set<std::int64_t> seen;
  for (const Units& written : units_) {
    if (is_late(written.epoch, written.offset)) continue;
    for (const UnitMark& unit : written.units) {
      if (unit.seq <= covered || !seen.insert(unit.seq).second) continue;
      for (const Count& count : unit.counts) add(count, cut.counters);
      for (const auto& [topic, offsets] : unit.done) {
        auto& done = cut.done.try_emplace(topic, stage::Progress(0, "")).first->second;
        for (std::int64_t offset : offsets) done.mark(offset);
      }
    }
  }
  return cut;
}

}  // namespace bus::kafka
