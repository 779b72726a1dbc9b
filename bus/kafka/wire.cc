// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/wire.h"

#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "bus/kafka/compression.h"
#include "bus/kafka/packing.h"
#include "bus/kafka/wire_headers.h"

namespace bus::kafka {
namespace {

// What librdkafka and a chunk mark add to a message, generously.
constexpr std::size_t kOverhead = 1024;
// Below this there is no sense in chunks.
constexpr std::size_t kSmallestChunk = 16U << 10;

base::Error too_large(const std::string& topic, const std::string& what) {
  return base::permanent(base::Reason::kTooLarge, "record for " + topic + ": " + what);
}

std::vector<Header> headers_of(const Envelope& record) {
  std::vector<Header> headers;
  headers.push_back({std::string(kTimeHeader), std::to_string(record.time.time_since_epoch().count())});
  if (record.cause) headers.push_back({std::string(kCauseHeader), pack(*record.cause)});
  if (!record.counts.empty()) {
    nlohmann::json counts = nlohmann::json::object();
    for (const Count& count : record.counts) counts[count.counter] = count.by + counts.value(count.counter, 0LL);
    headers.push_back({std::string(kCountsHeader), counts.dump()});
  }
  return headers;
}

Header chunk_header(const ChunkMark& mark) {
  Packer packer;
  packer.number(static_cast<std::int64_t>(mark.origin)).number(static_cast<std::int64_t>(mark.set));
  packer.number(mark.index).number(mark.count).size(mark.total_bytes);
  return {std::string(kChunkHeader), packer.take()};
}

std::uint64_t random_origin() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

// How many bytes of value fit beside the rest.
std::size_t room_for_value(const Envelope& record, const std::vector<Header>& headers, std::size_t max_message_bytes) {
  std::size_t taken = record.key.size() + kOverhead;
  for (const Header& header : headers) taken += header.name.size() + header.value.size() + 16;
  return max_message_bytes > taken ? max_message_bytes - taken : 0;
}

}  // namespace

WireWriter::WireWriter(std::size_t max_message_bytes)
    : max_message_bytes_(max_message_bytes), origin_(random_origin()) {}

base::Result<std::vector<Message>> WireWriter::messages(const std::string& topic, Envelope record,
                                                        std::optional<std::int32_t> partition) {
  if (record.value.size() > kMaxValueBytes) return too_large(topic, "the value has more than 32 MB");
  if (record.key.size() > kMaxKeyBytes) return too_large(topic, "the key has more than 32 KB");
  std::vector<Header> headers = headers_of(record);
  std::size_t room = room_for_value(record, headers, max_message_bytes_);
  if (record.value.size() > room) {
    std::string packed = compress(record.value);
    if (packed.size() < record.value.size()) {
      record.value = std::move(packed);
      headers.push_back({std::string(kCompressionHeader), std::string(kZstd)});
    }
  }
  Message whole{topic, partition, std::move(record.key), std::move(record.value), std::move(headers)};
  if (whole.value->size() <= room) return std::vector<Message>{std::move(whole)};
  if (room < kSmallestChunk) return too_large(topic, "its key and headers fill a message");
  return chunks(std::move(whole), room);
}

base::Result<std::vector<Message>> WireWriter::chunks(Message whole, std::size_t room) {
  std::string value = std::move(*whole.value);
  ChunkMark mark{origin_, next_set_.fetch_add(1), 0, 0, value.size()};
  mark.count = static_cast<std::uint32_t>((value.size() + room - 1) / room);
  if (mark.count > kMaxChunks) return too_large(whole.topic, "too many chunks; allow larger messages");
  std::vector<Message> messages;
  for (; mark.index < mark.count; ++mark.index) {
    Message& chunk = messages.emplace_back(whole);
    chunk.value = value.substr(mark.index * room, room);
    chunk.headers.push_back(chunk_header(mark));
  }
  return messages;
}

}  // namespace bus::kafka
