// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "bus/bus.h"
#include "bus/kafka/client/client_options.h"
#include "bus/kafka/client/message.h"

namespace bus::kafka {

// Where an output of a stage comes from, so that a repeat of it is recognised: docs/formats/kafka-topics.md.
struct Cause {
  std::string stage;
  std::string topic;           // Of the stage's input; its lane is (stage, partition).
  std::int32_t partition = 0;  // Of the stage's input.
  std::int64_t offset = -1;    // Of the input record; -1 when a timer caused it.
  std::string timer_key;       // With the two below: which timer.
  std::string timer_name;
  base::Time timer_due;
  std::uint32_t index = 0;  // Among the outputs of one call to the same topic and key.
  // Of the source lane at that moment: what lies below is done for good and can't be produced again.
  std::int64_t offsets_done = 0;
  base::Time timers_done;
  friend bool operator==(const Cause&, const Cause&) = default;
};

// A record on its way to or from Kafka: the value and what rides in headers.
struct Envelope {
  std::string key;
  std::string value;
  base::Time time;  // The pipeline's clock.
  std::optional<Cause> cause;
  std::vector<Count> counts;
};

// Bounds of a record. A value of 32 MB is what the embedded log takes too.
inline constexpr std::size_t kMaxValueBytes = 32U << 20;
inline constexpr std::size_t kMaxKeyBytes = 32U << 10;
// Values above this are compressed here, because librdkafka compares sizes before it compresses.
inline constexpr std::size_t kCompressAbove = 900'000;

// Turns records into messages. Thread-safe.
class WireWriter {
 public:
  // `max_message_bytes` as the producer has it.
  explicit WireWriter(std::size_t max_message_bytes = kMaxMessageBytes);

  // The messages of one record, to be produced in this order to one partition; more than one only for a value that is
  // too big even when compressed. kTooLarge beyond the bounds above.
  base::Result<std::vector<Message>> messages(const std::string& topic, Envelope record,
                                              std::optional<std::int32_t> partition = {});

 private:
  const std::size_t max_message_bytes_;
  const std::uint64_t origin_;  // Random: chunks of different processes never mix.
  std::atomic<std::uint64_t> next_set_{1};
};

// What one message of a large record carries besides its bytes.
struct ChunkMark {
  std::uint64_t origin = 0;
  std::uint64_t set = 0;
  std::uint32_t index = 0;
  std::uint32_t count = 1;
  std::uint64_t total_bytes = 0;  // Of all chunks together.
};

// What the headers of a message say.
struct MessageMarks {
  base::Time time;  // The broker's where the header is missing: written by someone else.
  std::optional<Cause> cause;
  std::vector<Count> counts;
  std::optional<ChunkMark> chunk;
  bool compressed = false;
};

// Reads headers, whatever they hold: kBadAnswer for what tocsin would not have written. Headers of other names are
// passed over.
base::Result<MessageMarks> read_marks(const MessageView& message);

// The bytes of a value that was compressed by WireWriter.
base::Result<std::string> decompress(std::string_view bytes);

std::string to_text(const Cause& cause);
base::Result<Cause> parse_cause(std::string_view text);

}  // namespace bus::kafka
