// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <vector>

#include "bus/kafka/assembler.h"
#include "bus/kafka/changelog.h"
#include "bus/kafka/lane_cut.h"
#include "bus/kafka/wire.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using namespace bus::kafka;

// The input is a partition: messages end with the first, their parts with the second of these bytes, which no text has.
constexpr char kMessageEnd = '\xfe';
constexpr char kPartEnd = '\xff';

// Small enough that a record of a seed's size comes in chunks.
constexpr std::size_t kMessageBytes = 20U << 10;

std::vector<std::string_view> split(std::string_view text, char end) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    parts.push_back(text.substr(0, text.find(end)));
    text.remove_prefix(std::min(text.size(), parts.back().size() + 1));
  }
  return parts;
}

// What a message has, in this order: the broker's time, key, value, then names and values of headers. One without a
// value is a tombstone.
struct Told {
  MessageView view;
  std::vector<HeaderView> headers;
};

Told told(std::string_view bytes, std::int64_t offset) {
  std::vector<std::string_view> parts = split(bytes, kPartEnd);
  parts.resize(std::max<std::size_t>(parts.size(), 2));
  Told made;
  made.view.topic = "events";
  made.view.offset = offset;
  std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), made.view.broker_time_ms);
  made.view.key = parts[1];
  if (parts.size() > 2) made.view.value = parts[2];
  for (std::size_t i = 3; i + 1 < parts.size(); i += 2) made.headers.push_back({parts[i], parts[i + 1]});
  return made;
}

// What became of every offset of a partition.
class Ledger {
 public:
  void take(const Assembler::Outcome& outcome) {
    if (const auto* assembled = std::get_if<Assembled>(&outcome)) add(assembled->offsets);
    if (const auto* discarded = std::get_if<Discarded>(&outcome)) add(discarded->offsets);
  }
  void take(const std::vector<Discarded>& given_up) {
    for (const Discarded& discarded : given_up) add(discarded.offsets);
  }
  std::size_t size() const { return done_.size(); }

 private:
  void add(const std::vector<std::int64_t>& offsets) {
    for (std::int64_t offset : offsets) expect(done_.insert(offset).second, "an offset is done once");
  }
  std::set<std::int64_t> done_;
};

bool is_same(const Envelope& a, const Envelope& b) {
  auto is_same_count = [](const bus::Count& x, const bus::Count& y) { return x.counter == y.counter && x.by == y.by; };
  return a.key == b.key && a.value == b.value && a.time == b.time && a.cause == b.cause &&
         std::ranges::equal(a.counts, b.counts, is_same_count);
}

// A record that was read can be written, and is then read as the same.
void go_round(const Envelope& record) {
  static WireWriter writer(kMessageBytes);
  auto messages = writer.messages("events", record);
  if (!messages) return;  // Its key or headers are larger than a message may be here.
  Assembler assembler;
  Assembler::Outcome outcome;
  std::int64_t offset = 0;
  for (const Message& message : messages.value()) {
    std::vector<HeaderView> headers;
    for (const Header& header : message.headers) headers.push_back({header.name, header.value});
    MessageView view;
    view.offset = offset++;
    view.key = message.key;
    view.value = *message.value;
    view.headers = headers;
    outcome = assembler.take(view, {});
  }
  const auto* again = std::get_if<Assembled>(&outcome);
  expect(again != nullptr && is_same(again->record, record), "a record written again is the same");
}

template <class Decode, class Encode>
void go_round(std::string_view bytes, Decode decode, Encode encode) {
  auto first = decode(bytes);
  if (!first) return;
  std::string written = encode(first.value());
  auto second = decode(written);
  expect(second.has_value(), "what we wrote can be read");
  expect(encode(second.value()) == written, "and written again it is the same");
}

void read_changelog(std::string_view bytes) {
  go_round(bytes, decode_key_record, [](const KeyRecord& record) { return encode(record); });
  go_round(bytes, decode_position_record, [](const PositionRecord& record) { return encode(record); });
  go_round(bytes, decode_state, encode_state);
  go_round(bytes, unpack_cause, [](const Cause& cause) { return pack(cause); });
}

}  // namespace

void kafka_message(std::string_view input) {
  Assembler assembler;
  Ledger ledger;
  LaneCutReader lane;
  std::vector<std::string_view> messages = split(input, kMessageEnd);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Told message = told(messages[i], static_cast<std::int64_t>(i));
    message.view.headers = message.headers;
    lane.take(message.view);
    if (message.view.value) read_changelog(*message.view.value);
    Assembler::Outcome outcome = assembler.take(message.view, {});
    ledger.take(outcome);
    if (const auto* assembled = std::get_if<Assembled>(&outcome)) go_round(assembled->record);
  }
  lane.is_enough();
  (void)lane.finish();
  ledger.take(assembler.give_up(Assembler::Clock::time_point(Assembler::kPatience)));
  expect(ledger.size() == messages.size(), "every offset is done in the end");
  expect(assembler.bytes() == 0 && !assembler.first_offset(), "nothing is kept for ever");
}

}  // namespace fuzz
