// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/wire.h"

#include <gtest/gtest.h>

#include <random>

#include "bus/kafka/assembler.h"
#include "bus/kafka/compression.h"

namespace bus::kafka {
namespace {

using std::chrono::minutes;
using Now = Assembler::Clock::time_point;

// Bytes that no compression makes smaller.
std::string noise(std::size_t size, std::uint64_t seed = 1) {
  std::mt19937_64 engine(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine());
  return bytes;
}

Envelope record(std::string value) {
  return {"key", std::move(value), base::Time(base::Duration(1'700'000'000'123'456'789)), {}, {}};
}

Cause by_record() {
  Cause cause;
  cause.stage = "playbooks";
  cause.topic = "events";
  cause.partition = 7;
  cause.offset = 123'456'789'012;
  cause.index = 3;
  cause.offsets_done = 123'456'789'000;
  cause.timers_done = base::Time(base::Duration(-5));
  return cause;
}

Cause by_timer() {
  Cause cause = by_record();
  cause.offset = -1;
  cause.timer_key = std::string("k\0\xff", 3);
  cause.timer_name = "quiet";
  cause.timer_due = base::Time(base::Duration(1'700'000'000'000'000'001));
  return cause;
}

// Messages as a reader sees them, one offset after the other.
class Partition {
 public:
  const std::vector<Message>& write(Envelope what) {
    return written_ = writer_.messages("events", std::move(what)).value();
  }

  Assembler::Outcome read(Assembler& assembler, const Message& message, Now now = {}) {
    std::vector<HeaderView> headers;
    for (const Header& header : message.headers) headers.push_back({header.name, header.value});
    MessageView view;
    view.topic = message.topic;
    view.offset = next_offset_++;
    view.broker_time_ms = 1'600'000'000'000;
    view.key = message.key;
    if (message.value) view.value = *message.value;
    view.headers = headers;
    return assembler.take(view, now);
  }

 private:
  WireWriter writer_;
  std::vector<Message> written_;
  std::int64_t next_offset_ = 0;
};

template <class Kind>
Kind as(const Assembler::Outcome& outcome) {
  return std::get<Kind>(outcome);
}

TEST(KafkaWire, CarriesTimeCauseAndCounts) {
  Partition partition;
  Assembler assembler;
  Envelope sent = record("value");
  sent.cause = by_record();
  sent.counts = {{"events.received", 64}, {"events.alerts", -1}, {"events.received", 1}};

  auto messages = partition.write(sent);
  ASSERT_EQ(messages.size(), 1u);
  auto outcome = partition.read(assembler, messages[0]);

  const Envelope got = as<Assembled>(outcome).record;
  EXPECT_EQ(got.key, "key");
  EXPECT_EQ(got.value, "value");
  EXPECT_EQ(got.time, sent.time);
  EXPECT_EQ(got.cause, sent.cause);
  ASSERT_EQ(got.counts.size(), 2u);
  EXPECT_EQ(got.counts[1].counter, "events.received");
  EXPECT_EQ(got.counts[1].by, 65);
}

TEST(KafkaWire, PacksCausesOfRecordsAndOfTimers) {
  EXPECT_EQ(unpack_cause(pack(by_record())).value(), by_record());
  EXPECT_EQ(unpack_cause(pack(by_timer())).value(), by_timer());
}

TEST(KafkaWire, TakesTheBrokersTimeWhereOthersWrote) {
  Partition partition;
  Assembler assembler;

  auto outcome = partition.read(assembler, {"events", {}, "key", "value", {{"traceparent", "00-1"}}});

  EXPECT_EQ(as<Assembled>(outcome).record.time, base::Time(std::chrono::milliseconds(1'600'000'000'000)));
}

TEST(KafkaWire, CompressesWhatDoesNotFit) {
  Partition partition;
  Assembler assembler;
  std::string text;
  while (text.size() < 20'000'000) text += "{\"pod\":\"api-" + std::to_string(text.size()) + "\"},";

  auto messages = partition.write(record(text));
  ASSERT_LT(messages.size(), 10u);
  Assembler::Outcome outcome;
  for (const auto& message : messages) outcome = partition.read(assembler, message);

  EXPECT_EQ(as<Assembled>(outcome).record.value, text);
}

TEST(KafkaWire, CutsIntoChunksWhatCompressionDoesNotHelp) {
  Partition partition;
  Assembler assembler;
  std::string value = noise(kMaxValueBytes);

  auto messages = partition.write(record(value));
  Assembler::Outcome outcome;
  for (const auto& message : messages) outcome = partition.read(assembler, message);

  EXPECT_EQ(messages.size(), 34u);
  for (const auto& message : messages) EXPECT_LT(message.value->size(), kMaxMessageBytes);
  const Assembled got = as<Assembled>(outcome);
  EXPECT_EQ(got.record.value, value);
  EXPECT_EQ(got.offsets.size(), 34u);
  EXPECT_EQ(got.offset(), 33);
  EXPECT_EQ(assembler.bytes(), 0u);
}

TEST(KafkaWire, RefusesWhatIsBeyondItsBounds) {
  WireWriter writer;
  Envelope long_key = record("");
  long_key.key = noise(kMaxKeyBytes + 1);

  EXPECT_EQ(writer.messages("events", record(noise(kMaxValueBytes + 1))).error().reason, base::Reason::kTooLarge);
  EXPECT_EQ(writer.messages("events", long_key).error().reason, base::Reason::kTooLarge);
}

TEST(KafkaWire, MessagesAsLargeAsTheUserAllows) {
  WireWriter writer(200'000);

  auto messages = writer.messages("events", record(noise(1'000'000))).value();

  EXPECT_EQ(messages.size(), 6u);
  for (const auto& message : messages) EXPECT_LT(message.value->size(), 200'000u);
}

TEST(KafkaAssembler, PutsTogetherChunksThatInterleave) {
  Partition partition;
  Assembler assembler;
  auto first = partition.write(record(noise(2'500'000, 1)));
  auto second = partition.write(record(noise(2'500'000, 2)));

  as<Incomplete>(partition.read(assembler, first[0]));
  as<Incomplete>(partition.read(assembler, second[0]));
  EXPECT_EQ(assembler.first_offset(), 0);
  as<Incomplete>(partition.read(assembler, second[1]));
  as<Incomplete>(partition.read(assembler, first[2]));
  auto got_second = partition.read(assembler, second[2]);
  auto between = partition.read(assembler, partition.write(record("small"))[0]);
  auto got_first = partition.read(assembler, first[1]);

  EXPECT_EQ(as<Assembled>(got_first).record.value, noise(2'500'000, 1));
  EXPECT_EQ(as<Assembled>(got_first).offsets, (std::vector<std::int64_t>{0, 3, 6}));
  EXPECT_EQ(as<Assembled>(got_second).record.value, noise(2'500'000, 2));
  EXPECT_EQ(as<Assembled>(between).record.value, "small");
  EXPECT_EQ(assembler.first_offset(), std::nullopt);
}

TEST(KafkaAssembler, TakesARepeatedChunkOnce) {
  Partition partition;
  Assembler assembler;
  auto messages = partition.write(record(noise(1'500'000)));

  as<Incomplete>(partition.read(assembler, messages[0]));
  auto again = partition.read(assembler, messages[0]);
  auto got = partition.read(assembler, messages[1]);
  auto late = partition.read(assembler, messages[1]);

  EXPECT_EQ(as<Assembled>(got).record.value, noise(1'500'000));
  EXPECT_EQ(as<Discarded>(again).offsets, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(as<Assembled>(got).offsets, (std::vector<std::int64_t>{0, 2}));
  EXPECT_EQ(as<Discarded>(late).offsets, (std::vector<std::int64_t>{3}));
}

TEST(KafkaAssembler, RemembersNothingOfChunksThatComeAgainAndAgain) {
  Partition partition;
  Assembler assembler;
  auto messages = partition.write(record(noise(1'500'000)));

  as<Incomplete>(partition.read(assembler, messages[0]));
  for (int i = 0; i < 1000; ++i) as<Discarded>(partition.read(assembler, messages[0]));
  EXPECT_EQ(assembler.first_offset(), 0);
  auto given_up = assembler.give_up(Now(minutes(30)));

  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].offsets, (std::vector<std::int64_t>{0}));
}

TEST(KafkaAssembler, GivesUpAfterAWhileWhatNeverCame) {
  Partition partition;
  Assembler assembler;
  auto messages = partition.write(record(noise(1'500'000)));

  as<Incomplete>(partition.read(assembler, messages[0], Now(minutes(0))));
  EXPECT_TRUE(assembler.give_up(Now(minutes(29))).empty());
  auto given_up = assembler.give_up(Now(minutes(30)));

  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].offsets, (std::vector<std::int64_t>{0}));
  EXPECT_EQ(assembler.bytes(), 0u);
  EXPECT_EQ(assembler.first_offset(), std::nullopt);
}

TEST(KafkaAssembler, GivesUpWhatBeganBeforeAnOffset) {
  Partition partition;
  Assembler assembler;
  auto first = partition.write(record(noise(1'500'000)));
  auto second = partition.write(record(noise(1'500'000)));
  as<Incomplete>(partition.read(assembler, first[0]));
  as<Incomplete>(partition.read(assembler, second[0]));

  EXPECT_TRUE(assembler.give_up({}, 0).empty());
  auto given_up = assembler.give_up({}, 1);

  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].offsets, (std::vector<std::int64_t>{0}));
  EXPECT_EQ(assembler.first_offset(), 1);
}

TEST(KafkaAssembler, KeepsWithinItsBounds) {
  Partition partition;
  Assembler assembler;
  std::size_t given_up = 0;
  for (int i = 0; i < 100; ++i) {
    auto messages = partition.write(record(noise(1'000'100, i)));
    as<Incomplete>(partition.read(assembler, messages[0]));
    EXPECT_LE(assembler.bytes(), Assembler::kMaxBytes);
    given_up += assembler.give_up({}).size();
  }

  EXPECT_EQ(given_up, 100 - Assembler::kMaxBytes / 998'000);
}

// Hostile input: whatever the headers hold, every offset is accounted for, and nothing grows.
TEST(KafkaAssembler, AccountsForEveryOffsetOfRandomHeaders) {
  std::mt19937_64 engine(42);
  Partition partition;
  Assembler assembler;
  std::vector<Message> seeds = partition.write(record(noise(1'500'000)));
  for (auto& chunk : seeds) chunk.value->resize(1000);
  Envelope rich = record("value");
  rich.cause = by_timer();
  rich.counts = {{"a", 1}};
  seeds.push_back(partition.write(rich)[0]);
  std::size_t accounted = 0;
  constexpr std::size_t kMessages = 50'000;

  for (std::size_t i = 0; i < kMessages; ++i) {
    Message message = seeds[engine() % seeds.size()];
    for (auto& header : message.headers) {
      for (auto flips = engine() % 3; flips > 0 && !header.value.empty(); --flips) {
        header.value[engine() % header.value.size()] = static_cast<char>(engine());
      }
      if (engine() % 20 == 0) header.value.resize(engine() % 40);
      if (engine() % 50 == 0) header.name = std::string(1, "tcnkz"[engine() % 5]);
    }
    auto outcome = partition.read(assembler, message);
    if (auto* whole = std::get_if<Assembled>(&outcome)) accounted += whole->offsets.size();
    if (auto* gone = std::get_if<Discarded>(&outcome)) accounted += gone->offsets.size();
    for (const auto& gone : assembler.give_up({})) accounted += gone.offsets.size();
    ASSERT_LE(assembler.bytes(), Assembler::kMaxBytes);
  }
  for (const auto& gone : assembler.give_up(Now(minutes(60)))) accounted += gone.offsets.size();

  EXPECT_EQ(accounted, kMessages);
  EXPECT_EQ(assembler.bytes(), 0u);
}

TEST(KafkaCompression, RefusesWhatItDidNotWrite) {
  std::string packed = compress(std::string(100'000, 'x'));

  EXPECT_EQ(decompress(packed, 100'000).value(), std::string(100'000, 'x'));
  EXPECT_EQ(decompress(packed, 99'999).error().reason, base::Reason::kBadAnswer);
  EXPECT_FALSE(decompress(packed.substr(0, packed.size() - 1), 100'000));
  EXPECT_FALSE(decompress("", 100'000));
  EXPECT_FALSE(decompress("hello", 100'000));
}

TEST(KafkaCauses, TellTheLogsOfATopicApart) {
  for (std::int64_t logs_before : {0, 1, 12}) {
    auto input = input_named(name_in_causes("in", logs_before));
    EXPECT_EQ(input.topic, "in");
    EXPECT_EQ(input.logs_before, logs_before);
  }
  EXPECT_EQ(name_in_causes("in", 0), "in");
  EXPECT_EQ(input_named("in#of somebody else's").logs_before, 0);
}

}  // namespace
}  // namespace bus::kafka
