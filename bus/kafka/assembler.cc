// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/assembler.h"

#include <algorithm>

#include "bus/kafka/compression.h"

namespace bus::kafka {
namespace {

base::Error lost(const char* why) {
  return base::permanent(base::Reason::kBadAnswer, std::string("chunks of a record: ") + why);
}

Assembler::Outcome whole(const MessageView& message, MessageMarks marks, std::string value,
                         std::vector<std::int64_t> offsets) {
  if (marks.compressed) {
    auto plain = decompress(value, kMaxValueBytes);
    if (!plain) return Discarded{std::move(offsets), plain.error()};
    value = std::move(plain.value());
  }
  Envelope record{std::string(message.key), std::move(value), marks.time, std::move(marks.cause),
                  std::move(marks.counts)};
  return Assembled{std::move(record), std::move(offsets)};
}

}  // namespace

Assembler::Outcome Assembler::take(const MessageView& message, Clock::time_point now) {
  auto marks = read_marks(message);
  if (!marks) return Discarded{{message.offset}, marks.error()};
  if (marks.value().chunk) return take_chunk(message, std::move(marks.value()), now);
  return whole(message, std::move(marks.value()), std::string(message.value.value_or("")), {message.offset});
}

Assembler::Outcome Assembler::take_chunk(const MessageView& message, MessageMarks marks, Clock::time_point now) {
  const ChunkMark mark = *marks.chunk;
  std::string_view bytes = message.value.value_or("");
  SetId id{mark.origin, mark.set};
  if (std::ranges::find(ended_, id) != ended_.end()) return Discarded{{message.offset}, lost("one came again")};
  auto set = sets_.try_emplace(id).first;
  // Whoever puts the record together anew reads the first of the two as well: this one is not needed.
  if (!set->second.chunks.try_emplace(mark.index, bytes).second) {
    return Discarded{{message.offset}, lost("one came again")};
  }
  if (set->second.offsets.empty()) set->second.since = now;
  set->second.offsets.push_back(message.offset);
  set->second.bytes += bytes.size();
  bytes_ += bytes.size();
  if (set->second.bytes > mark.total_bytes) {
    std::vector<std::int64_t> offsets = std::move(set->second.offsets);
    end(set);
    return Discarded{std::move(offsets), lost("more bytes than they said")};
  }
  if (set->second.chunks.size() == mark.count) return complete(set, message, std::move(marks));
  make_room(id);
  return Incomplete{};
}

Assembler::Outcome Assembler::complete(Sets::iterator set, const MessageView& message, MessageMarks marks) {
  std::string value;
  value.reserve(set->second.bytes);
  for (const auto& [index, bytes] : set->second.chunks) value += bytes;
  std::vector<std::int64_t> offsets = std::move(set->second.offsets);
  std::ranges::sort(offsets);
  bool fits = value.size() == marks.chunk->total_bytes && set->second.chunks.rbegin()->first + 1 == marks.chunk->count;
  end(set);
  if (!fits) return Discarded{std::move(offsets), lost("they do not fit together")};
  return whole(message, std::move(marks), std::move(value), std::move(offsets));
}

std::vector<Discarded> Assembler::give_up(Clock::time_point now, std::int64_t oldest) {
  for (auto set = sets_.begin(); set != sets_.end();) {
    auto next = std::next(set);
    bool is_old = now - set->second.since >= kPatience || *std::ranges::min_element(set->second.offsets) < oldest;
    if (is_old) drop(set, "the rest never came: their writer died in between");
    set = next;
  }
  return std::exchange(given_up_, {});
}

std::optional<std::int64_t> Assembler::first_offset() const {
  std::optional<std::int64_t> first;
  for (const auto& [id, set] : sets_) {
    std::int64_t lowest = *std::ranges::min_element(set.offsets);
    first = first ? std::min(*first, lowest) : lowest;
  }
  return first;
}

void Assembler::make_room(const SetId& but) {
  while (sets_.size() > kMaxSets || bytes_ > kMaxBytes) {
    auto oldest = sets_.end();
    for (auto set = sets_.begin(); set != sets_.end(); ++set) {
      if (set->first == but) continue;
      bool older = oldest == sets_.end() || set->second.offsets.front() < oldest->second.offsets.front();
      if (older) oldest = set;
    }
    if (oldest == sets_.end()) return;
    drop(oldest, "too many at once");
  }
}

void Assembler::drop(Sets::iterator set, const char* why) {
  given_up_.push_back({std::move(set->second.offsets), lost(why)});
  end(set);
}

void Assembler::end(Sets::iterator set) {
  bytes_ -= set->second.bytes;
  ended_.push_back(set->first);
  if (ended_.size() > kRemembered) ended_.pop_front();
  sets_.erase(set);
}

}  // namespace bus::kafka
