// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/changelog.h"

#include <algorithm>
#include <charconv>

#include "bus/kafka/packing.h"
#include "bus/stage/progress.h"

namespace bus::kafka {

namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::int64_t kMaxOffset = std::int64_t{1} << 62;

void pack(Packer& packer, const stage::KeyState& state) {
  packer.size(state.entries.size());
  for (const auto& [name, value] : state.entries) packer.text(name.table).text(name.entry).text(value);
  packer.size(state.timers.size());
  for (const auto& [name, timer] : state.timers) {
    packer.text(name).number(timer.due.time_since_epoch().count()).text(timer.value);
  }
}

stage::KeyState unpack_state(Unpacker& unpacker) {
  stage::KeyState state;
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    stage::EntryName name;
    name.table = unpacker.text();
    name.entry = unpacker.text();
    state.entries.emplace(std::move(name), unpacker.text());
  }
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    std::string name(unpacker.text());
    base::Time due{base::Duration(unpacker.number())};
    state.timers.emplace(std::move(name), stage::TimerSetting{due, std::string(unpacker.text())});
  }
  return state;
}

// Ascending numbers as their differences.
void pack(Packer& packer, const std::vector<std::int64_t>& offsets) {
  packer.size(offsets.size());
  std::int64_t last = 0;
  for (std::int64_t offset : offsets) packer.number(offset - std::exchange(last, offset));
}

std::vector<std::int64_t> unpack_offsets(Unpacker& unpacker) {
  std::vector<std::int64_t> offsets(unpacker.size());
  std::int64_t last = 0;
  for (auto& offset : offsets) {
    // Kafka counts from 0 and never comes near to the end of 64 bits.
    if (__builtin_add_overflow(last, unpacker.number(), &last) || last < 0 || last > kMaxOffset) {
      throw std::invalid_argument("an offset is out of range");
    }
    offset = last;
  }
  return offsets;
}

void pack(Packer& packer, const UnitMark& unit) {
  packer.number(unit.seq).size(unit.done.size());
  for (const auto& [topic, offsets] : unit.done) {
    packer.text(topic);
    pack(packer, offsets);
  }
  packer.size(unit.counts.size());
  for (const auto& count : unit.counts) packer.text(count.counter).number(count.by);
}

UnitMark unpack_unit(Unpacker& unpacker) {
  UnitMark unit;
  unit.seq = unpacker.number();
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    std::string topic(unpacker.text());
    unit.done.emplace(std::move(topic), unpack_offsets(unpacker));
  }
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    std::string counter(unpacker.text());
    unit.counts.push_back({std::move(counter), unpacker.number()});
  }
  return unit;
}

void pack(Packer& packer, const std::vector<SeenCause>& causes) {
  packer.size(causes.size());
  for (const auto& cause : causes) {
    packer.number(cause.at).number(static_cast<std::int64_t>(cause.which)).number(cause.carrier);
  }
}

std::vector<SeenCause> unpack_causes(Unpacker& unpacker) {
  std::vector<SeenCause> causes(unpacker.size());
  for (auto& cause : causes) {
    cause.at = unpacker.number();
    cause.which = static_cast<std::uint64_t>(unpacker.number());
    cause.carrier = unpacker.number();
  }
  return causes;
}

void pack(Packer& packer, const InputPosition& input) {
  packer.number(input.next).text(input.ahead).number(input.look_back).size(input.sources.size());
  for (const auto& source : input.sources) {
    packer.text(source.stage).text(source.topic).number(source.partition).number(source.offsets_done);
    pack(packer, source.offsets);
    pack(packer, source.timers);
  }
}

InputPosition unpack_input(Unpacker& unpacker) {
  InputPosition input;
  input.next = unpacker.number();
  input.ahead = unpacker.text();
  input.look_back = unpacker.number();
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    SourceWindow source;
    source.stage = unpacker.text();
    source.topic = unpacker.text();
    source.partition = static_cast<std::int32_t>(unpacker.number());
    source.offsets_done = unpacker.number();
    source.offsets = unpack_causes(unpacker);
    source.timers = unpack_causes(unpacker);
    input.sources.push_back(std::move(source));
  }
  return input;
}

// Behind everything else, and only where there is something to tell: earlier versions refuse it.
void pack_logs(Packer& packer, const PositionRecord& record) {
  auto is_later = [](const auto& input) { return input.second.logs_before > 0; };
  if (std::ranges::none_of(record.inputs, is_later)) return;
  for (const auto& [topic, input] : record.inputs) packer.number(input.logs_before);
}

void unpack_logs(Unpacker& unpacker, PositionRecord& record) {
  if (unpacker.at_end()) return;
  for (auto& [topic, input] : record.inputs) input.logs_before = unpacker.number();
}

PositionRecord unpack_position(Unpacker& unpacker) {
  PositionRecord record;
  record.epoch = unpacker.number();
  record.version = unpacker.number();
  record.claimed_at = unpacker.number();
  record.seq = unpacker.number();
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    std::string topic(unpacker.text());
    InputPosition input = unpack_input(unpacker);
    stage::Progress(input.next, input.ahead);  // Throws unless these are ranges.
    record.inputs.emplace(std::move(topic), std::move(input));
  }
  for (std::size_t left = unpacker.size(); left > 0; --left) {
    std::string counter(unpacker.text());
    record.counters.emplace(std::move(counter), unpacker.number());
  }
  unpack_logs(unpacker, record);
  return record;
}

KeyRecord unpack_key_record(Unpacker& unpacker) {
  KeyRecord record;
  record.epoch = unpacker.number();
  record.state = unpack_state(unpacker);
  for (std::size_t left = unpacker.size(); left > 0; --left) record.units.push_back(unpack_unit(unpacker));
  return record;
}

std::optional<std::int64_t> number_after(char letter, std::string_view message_key) {
  if (!message_key.starts_with(letter)) return std::nullopt;
  std::int64_t number = 0;
  const char* last = message_key.data() + message_key.size();
  auto [end, error] = std::from_chars(message_key.data() + 1, last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

template <class Unpack>
auto guarded(std::string_view what, std::string_view bytes, Unpack unpack)
    -> base::Result<decltype(unpack(std::declval<Unpacker&>()))> {
  try {
    Unpacker unpacker(bytes);
    if (std::int64_t format = unpacker.number(); format != kFormat) {
      throw std::invalid_argument("format " + std::to_string(format) + ", not " + std::to_string(kFormat));
    }
    auto value = unpack(unpacker);
    if (!unpacker.at_end()) throw std::invalid_argument("there is something behind its end");
    return value;
  } catch (const std::invalid_argument& error) {
    return base::permanent(base::Reason::kBadAnswer, std::string(what) + ": " + error.what());
  }
}

}  // namespace

std::string key_record_key(std::string_view key) { return "k" + std::string(key); }

std::string position_record_key(std::int64_t epoch) { return "p" + std::to_string(epoch); }

std::string claim_key(std::int64_t epoch) { return "c" + std::to_string(epoch); }

std::optional<std::string_view> key_of(std::string_view message_key) {
  if (!message_key.starts_with('k')) return std::nullopt;
  return message_key.substr(1);
}

std::optional<std::int64_t> epoch_of(std::string_view message_key) { return number_after('p', message_key); }

std::optional<std::int64_t> claimed_epoch(std::string_view message_key) { return number_after('c', message_key); }

std::string encode(const KeyRecord& record) {
  Packer packer;
  packer.number(kFormat).number(record.epoch);
  pack(packer, record.state);
  packer.size(record.units.size());
  for (const auto& unit : record.units) pack(packer, unit);
  return packer.take();
}

std::string encode(const PositionRecord& record) {
  Packer packer;
  packer.number(kFormat).number(record.epoch).number(record.version).number(record.claimed_at).number(record.seq);
  packer.size(record.inputs.size());
  for (const auto& [topic, input] : record.inputs) {
    packer.text(topic);
    pack(packer, input);
  }
  packer.size(record.counters.size());
  for (const auto& [counter, value] : record.counters) packer.text(counter).number(value);
  pack_logs(packer, record);
  return packer.take();
}

std::string encode_state(const stage::KeyState& state) {
  Packer packer;
  packer.number(kFormat);
  pack(packer, state);
  return packer.take();
}

base::Result<KeyRecord> decode_key_record(std::string_view bytes) {
  return guarded("key record", bytes, unpack_key_record);
}

base::Result<PositionRecord> decode_position_record(std::string_view bytes) {
  return guarded("position record", bytes, unpack_position);
}

base::Result<stage::KeyState> decode_state(std::string_view bytes) { return guarded("state", bytes, unpack_state); }

}  // namespace bus::kafka
