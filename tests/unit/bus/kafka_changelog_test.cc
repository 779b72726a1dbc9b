// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "bus/kafka/changelog.h"

namespace bus::kafka {
namespace {

stage::KeyState some_state() {
  stage::KeyState state;
  state.entries.emplace(stage::EntryName{"t", "e"}, std::string("a\0\xff", 3));
  state.entries.emplace(stage::EntryName{"", ""}, "");
  state.timers.emplace("tick", stage::TimerSetting{base::Time(std::chrono::seconds(-5)), "v"});
  return state;
}

TEST(Changelog, AKeyRecordComesBackAsItWas) {
  KeyRecord record;
  record.epoch = 7;
  record.state = some_state();
  record.units.push_back({12, {{"in", {5, 6, 9}}, {"other", {}}}, {{"seen", 3}, {"lost", -1}}});
  record.units.push_back({15, {}, {}});
  auto decoded = decode_key_record(encode(record));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded.value().epoch, 7);
  EXPECT_EQ(encode_state(decoded.value().state), encode_state(record.state));
  ASSERT_EQ(decoded.value().state.timers.size(), 1);
  EXPECT_EQ(decoded.value().state.timers.at("tick").due, base::Time(std::chrono::seconds(-5)));
  ASSERT_EQ(decoded.value().units.size(), 2);
  EXPECT_EQ(decoded.value().units[0].seq, 12);
  EXPECT_EQ(decoded.value().units[0].done, record.units[0].done);
  EXPECT_EQ(decoded.value().units[0].counts[1].by, -1);
}

TEST(Changelog, APositionRecordComesBackAsItWas) {
  PositionRecord record;
  record.epoch = 3;
  record.version = 44;
  record.claimed_at = 17;
  record.seq = std::numeric_limits<std::int64_t>::max();
  SourceWindow source{"first", "in", 4, 99, {{100, 0xffffffffffffffffU, 5}}, {{-7, 1, 6}}};
  record.inputs["mid"] = {120, "125-130 140-140", 90, {source}};
  record.counters["seen"] = std::numeric_limits<std::int64_t>::min();
  auto decoded = decode_position_record(encode(record));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded.value().claimed_at, 17);
  EXPECT_EQ(decoded.value().seq, record.seq);
  EXPECT_EQ(decoded.value().counters, record.counters);
  const InputPosition& input = decoded.value().inputs.at("mid");
  EXPECT_EQ(input.ahead, "125-130 140-140");
  ASSERT_EQ(input.sources.size(), 1);
  EXPECT_EQ(input.sources[0].offsets[0].which, 0xffffffffffffffffU);
  EXPECT_EQ(input.sources[0].timers[0].at, -7);
}

TEST(Changelog, APositionSaysHowManyLogsWereBeforeOnlyWhereThereWereAny) {
  PositionRecord record;
  record.inputs["first"] = {.next = 7};
  record.inputs["second"] = {.next = 8};
  std::size_t usual = encode(record).size();
  record.inputs["second"].logs_before = 3;

  auto decoded = decode_position_record(encode(record));

  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded.value().inputs.at("first").logs_before, 0);
  EXPECT_EQ(decoded.value().inputs.at("second").logs_before, 3);
  record.inputs["second"].logs_before = 0;
  EXPECT_EQ(encode(record).size(), usual);
  EXPECT_EQ(encode(record).back(), 0) << "no counters, and nothing behind them";
}

TEST(Changelog, WhatIsCutOffOrOfANewerFormatIsRefused) {
  KeyRecord record;
  record.state = some_state();
  record.units.push_back({12, {{"in", {5, 6, 9}}}, {{"seen", 3}}});
  std::string bytes = encode(record);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_key_record(bytes.substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_key_record(bytes + "x"));
  bytes[0] = 9;
  EXPECT_FALSE(decode_key_record(bytes));
}

TEST(Changelog, APositionWithWhatAreNoRangesIsRefused) {
  PositionRecord record;
  record.inputs["in"] = {120, "125-", 90, {}};
  EXPECT_FALSE(decode_position_record(encode(record)));
}

TEST(Changelog, MessageKeysTellRecordsApart) {
  EXPECT_EQ(key_of(key_record_key("p1")), "p1");
  EXPECT_EQ(key_of(key_record_key("")), "");
  EXPECT_EQ(key_of(position_record_key(3)), std::nullopt);
  EXPECT_EQ(epoch_of(position_record_key(30)), 30);
  EXPECT_EQ(epoch_of("p"), std::nullopt);
  EXPECT_EQ(epoch_of("p3x"), std::nullopt);
}

}  // namespace
}  // namespace bus::kafka
