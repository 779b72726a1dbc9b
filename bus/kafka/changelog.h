// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "bus/stage/key_state.h"

namespace bus::kafka {

// What a lane (a stage's share of one partition) writes into its partition of the changelog: docs/formats/
// kafka-topics.md. A key record holds a key's state whole, a position record how far the lane is. What a unit was done
// with is certain once its key record is acknowledged; its key records carry it until a position record covers it.

// A unit that changed state: its number among those of the lane, which records of the inputs it is done with, and what
// it counted.
struct UnitMark {
  std::int64_t seq = 0;
  std::map<std::string, std::vector<std::int64_t>> done;  // Offsets, by the bus's name of the topic.
  std::vector<Count> counts;
};

// The newest state of a key.
struct KeyRecord {
  std::int64_t epoch = 0;  // Of the owner that wrote it.
  stage::KeyState state;
  // Units of this key that no position record covered when it was written, ascending; the last one is its own.
  std::vector<UnitMark> units;
};

// A cause that was seen (Repeats), and the offset of the record that carried it.
struct SeenCause {
  std::int64_t at = 0;      // The offset of the cause, or when its timer was due (ns).
  std::uint64_t which = 0;  // A digest of what else tells it from others.
  std::int64_t carrier = 0;
};

// What is remembered of the causes that one lane of another stage sent.
struct SourceWindow {
  std::string stage;
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offsets_done = 0;
  std::vector<SeenCause> offsets;
  std::vector<SeenCause> timers;
};

// How far a lane is with an input: everything below `next` and the ranges `ahead` (stage::Progress).
struct InputPosition {
  std::int64_t next = 0;
  std::string ahead;
  std::int64_t look_back = 0;  // Causes of records from here on are not in `sources`.
  std::vector<SourceWindow> sources;
  std::int64_t logs_before = 0;  // How often its offsets began to stand for other records: the topic had lost its end.
};

// Everything about a lane but its keys. Covers every unit up to `seq`.
struct PositionRecord {
  std::int64_t epoch = 0;        // One more with each owner.
  std::int64_t version = 0;      // One more with each snapshot: the higher of two knows all that the lower does.
  std::int64_t claimed_at = -1;  // The changelog offset of the owner's claim.
  std::int64_t seq = 0;
  std::map<std::string, InputPosition> inputs;
  std::map<std::string, std::int64_t> counters;
};

// The header of a tombstone that says who wrote it, in decimal: its value can't.
inline constexpr std::string_view kEpochHeader = "e";

// Message keys.
std::string key_record_key(std::string_view key);
std::string position_record_key(std::int64_t epoch);
// A new owner's first record, without anything in it: what follows of lower epochs is a former owner's, written late,
// and does not count.
std::string claim_key(std::int64_t epoch);
// The key that a message key of a key record stands for, or nullopt.
std::optional<std::string_view> key_of(std::string_view message_key);
// The epoch of a position record's message key, or nullopt.
std::optional<std::int64_t> epoch_of(std::string_view message_key);
// The same of a claim.
std::optional<std::int64_t> claimed_epoch(std::string_view message_key);

std::string encode(const KeyRecord& record);
std::string encode(const PositionRecord& record);
// kBadAnswer for what no tocsin wrote, or a newer one.
base::Result<KeyRecord> decode_key_record(std::string_view bytes);
base::Result<PositionRecord> decode_position_record(std::string_view bytes);
// The state alone.
std::string encode_state(const stage::KeyState& state);
base::Result<stage::KeyState> decode_state(std::string_view bytes);

}  // namespace bus::kafka
