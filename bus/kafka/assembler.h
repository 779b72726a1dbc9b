// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "bus/kafka/wire.h"

namespace bus::kafka {

// A whole record, with the offsets of the messages that carried it, ascending. All of them are done when the record is,
// none before: a reader that starts behind the first could not put it together.
struct Assembled {
  Envelope record;
  std::vector<std::int64_t> offsets;
  std::int64_t offset() const { return offsets.back(); }  // The record's: where it was complete.
};

// Messages that will never be a record: their offsets are done.
struct Discarded {
  std::vector<std::int64_t> offsets;
  base::Error why;
};

// Messages of a record that is not complete yet.
struct Incomplete {};

// Puts the records of one partition together from messages, in whatever order chunks of different records and repeated
// chunks come. What is unfinished is bounded: by bytes and by kMaxSets of kMaxChunks (the oldest goes first), and by
// time, because the process that wrote it may have died in between. Not thread-safe.
class Assembler {
 public:
  using Clock = std::chrono::steady_clock;
  // Two records of the largest size may be under way at once, beside smaller ones.
  static constexpr std::size_t kMaxBytes = 2 * kMaxValueBytes + (1U << 20);
  static constexpr std::size_t kMaxSets = 256;
  // A producer sends the chunks of a record together; its retries last as long as an outage does.
  static constexpr std::chrono::minutes kPatience{30};

  using Outcome = std::variant<Incomplete, Assembled, Discarded>;
  // `message` is the next of the partition.
  Outcome take(const MessageView& message, Clock::time_point now);
  // What was given up since the last call: for its age, because it began before the offset `oldest`, or to make room.
  std::vector<Discarded> give_up(Clock::time_point now, std::int64_t oldest = 0);

  // The lowest offset of what is unfinished, where a reader must begin.
  std::optional<std::int64_t> first_offset() const;
  std::size_t bytes() const { return bytes_; }

 private:
  struct Set {
    std::map<std::uint32_t, std::string> chunks;
    std::vector<std::int64_t> offsets;  // One a chunk.
    std::size_t bytes = 0;
    Clock::time_point since;
  };
  using SetId = std::pair<std::uint64_t, std::uint64_t>;
  using Sets = std::map<SetId, Set>;
  // Chunks of these came to an end: another of them is a repeat.
  static constexpr std::size_t kRemembered = 64;

  Outcome take_chunk(const MessageView& message, MessageMarks marks, Clock::time_point now);
  Outcome complete(Sets::iterator set, const MessageView& message, MessageMarks marks);
  void make_room(const SetId& but);
  void drop(Sets::iterator set, const char* why);
  void end(Sets::iterator set);

  Sets sets_;
  std::deque<SetId> ended_;
  std::vector<Discarded> given_up_;
  std::size_t bytes_ = 0;
};

}  // namespace bus::kafka
