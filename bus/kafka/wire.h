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
  std::string topic;           // Of the stage's input (name_in_causes()); its lane is (stage, partition).
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

// What causes call an input: the topic, and behind "#" how many logs were before the one that their offsets are of.
std::string name_in_causes(const std::string& topic, std::int64_t logs_before);
struct CauseInput {
  std::string topic;
  std::int64_t logs_before = 0;
};
CauseInput input_named(const std::string& name_in_causes);

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
// Chunks of a record: what 32 MB need at a quarter of kMaxMessageBytes, with room.
inline constexpr std::uint32_t kMaxChunks = 256;

// Turns records into messages. A value that does not fit into a message is compressed here (librdkafka compares sizes
// before it compresses), and if that is not enough cut into chunks. Thread-safe.
class WireWriter {
 public:
  // `max_message_bytes` as the producer has it.
  explicit WireWriter(std::size_t max_message_bytes = kMaxMessageBytes);

  // The messages of one record, to be produced in this order to one partition: nearly always one. kTooLarge beyond the
  // bounds above.
  base::Result<std::vector<Message>> messages(const std::string& topic, Envelope record,
                                              std::optional<std::int32_t> partition = {});

 private:
  base::Result<std::vector<Message>> chunks(Message whole, std::size_t room);

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

// The bytes of a cause, as the header has them.
std::string pack(const Cause& cause);
base::Result<Cause> unpack_cause(std::string_view bytes);

}  // namespace bus::kafka
