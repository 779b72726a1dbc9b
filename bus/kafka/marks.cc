// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "bus/kafka/packing.h"
#include "bus/kafka/wire.h"
#include "bus/kafka/wire_headers.h"

namespace bus::kafka {
namespace {

// The longest header of ours: a cause with a key of the largest size, or about a thousand counts.
constexpr std::size_t kMaxHeaderBytes = 2 * kMaxKeyBytes;

base::Error bad(std::string_view header, const char* why) {
  return base::permanent(base::Reason::kBadAnswer, "message header " + std::string(header) + ": " + why);
}

// Whoever writes to a topic chooses its timestamps: nothing beyond what a time can hold.
base::Time broker_time(const MessageView& message) {
  using std::chrono::milliseconds;
  constexpr auto kLatest = std::chrono::duration_cast<milliseconds>(base::Duration::max());
  return base::Time(std::clamp(milliseconds(message.broker_time_ms), milliseconds(0), kLatest));
}

base::Result<base::Time> parse_time(std::string_view text) {
  std::int64_t since_epoch = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), since_epoch);
  if (error != std::errc() || end != text.data() + text.size()) return bad(kTimeHeader, "no number of nanoseconds");
  return base::Time(base::Duration(since_epoch));
}

base::Result<std::vector<Count>> parse_counts(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return bad(kCountsHeader, "no JSON object");
  std::vector<Count> counts;
  for (const auto& [counter, by] : json.items()) {
    if (!by.is_number_integer()) return bad(kCountsHeader, "a count that is no integer");
    counts.push_back({counter, by.get<std::int64_t>()});
  }
  return counts;
}

base::Result<ChunkMark> parse_chunk(std::string_view bytes) try {
  Unpacker unpacker(bytes);
  ChunkMark chunk;
  chunk.origin = static_cast<std::uint64_t>(unpacker.number());
  chunk.set = static_cast<std::uint64_t>(unpacker.number());
  std::int64_t index = unpacker.number();
  std::int64_t count = unpacker.number();
  std::int64_t total = unpacker.number();
  if (!unpacker.at_end()) return bad(kChunkHeader, "has more than it should");
  if (count < 2 || count > kMaxChunks || index < 0 || index >= count) return bad(kChunkHeader, "an impossible number");
  if (total < count || total > static_cast<std::int64_t>(kMaxValueBytes))
    return bad(kChunkHeader, "an impossible size");
  chunk.index = static_cast<std::uint32_t>(index);
  chunk.count = static_cast<std::uint32_t>(count);
  chunk.total_bytes = static_cast<std::uint64_t>(total);
  return chunk;
} catch (const std::invalid_argument& broken) {
  return bad(kChunkHeader, broken.what());
}

base::Result<void> read_one(const HeaderView& header, MessageMarks& marks) {
  if (header.name == kTimeHeader) {
    BOOST_OUTCOME_TRY(marks.time, parse_time(header.value));
  } else if (header.name == kCauseHeader) {
    BOOST_OUTCOME_TRY(marks.cause, unpack_cause(header.value));
  } else if (header.name == kCountsHeader) {
    BOOST_OUTCOME_TRY(marks.counts, parse_counts(header.value));
  } else if (header.name == kChunkHeader) {
    BOOST_OUTCOME_TRY(marks.chunk, parse_chunk(header.value));
  } else if (header.name == kCompressionHeader) {
    if (header.value != kZstd) return bad(kCompressionHeader, "unknown compression");
    marks.compressed = true;
  }
  return base::ok();
}

}  // namespace

// "#" is in no name of a Kafka topic.
std::string name_in_causes(const std::string& topic, std::int64_t logs_before) {
  return logs_before > 0 ? topic + "#" + std::to_string(logs_before) : topic;
}

CauseInput input_named(const std::string& name_in_causes) {
  CauseInput input{name_in_causes.substr(0, name_in_causes.find('#'))};
  if (input.topic.size() < name_in_causes.size()) {
    const char* end = name_in_causes.data() + name_in_causes.size();
    std::from_chars(name_in_causes.data() + input.topic.size() + 1, end, input.logs_before);
  }
  return input;
}

std::string pack(const Cause& cause) {
  auto nanoseconds = [](base::Time time) { return time.time_since_epoch().count(); };
  Packer packer;
  packer.text(cause.stage).text(cause.topic).number(cause.partition).number(cause.offset).number(cause.index);
  packer.number(cause.offsets_done).number(nanoseconds(cause.timers_done));
  if (cause.offset < 0) packer.text(cause.timer_key).text(cause.timer_name).number(nanoseconds(cause.timer_due));
  return packer.take();
}

base::Result<Cause> unpack_cause(std::string_view bytes) try {
  auto time = [](std::int64_t nanoseconds) { return base::Time(base::Duration(nanoseconds)); };
  Unpacker unpacker(bytes);
  Cause cause;
  cause.stage = unpacker.text();
  cause.topic = unpacker.text();
  cause.partition = static_cast<std::int32_t>(unpacker.number());
  cause.offset = unpacker.number();
  cause.index = static_cast<std::uint32_t>(unpacker.number());
  cause.offsets_done = unpacker.number();
  cause.timers_done = time(unpacker.number());
  if (cause.offset < 0) {
    cause.timer_key = unpacker.text();
    cause.timer_name = unpacker.text();
    cause.timer_due = time(unpacker.number());
  }
  if (!unpacker.at_end()) return bad(kCauseHeader, "has more than it should");
  return cause;
} catch (const std::invalid_argument& broken) {
  return bad(kCauseHeader, broken.what());
}

base::Result<MessageMarks> read_marks(const MessageView& message) {
  MessageMarks marks;
  marks.time = broker_time(message);
  for (const HeaderView& header : message.headers) {
    if (header.value.size() > kMaxHeaderBytes) return bad(header.name, "too long");
    BOOST_OUTCOME_TRY(read_one(header, marks));
  }
  return marks;
}

}  // namespace bus::kafka
