// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "bus/kafka/lane_cut.h"
#include "bus/kafka/wire.h"

namespace {

using bus::kafka::InputPosition;
using bus::kafka::KeyRecord;
using bus::kafka::LaneCut;
using bus::kafka::LaneCutReader;
using bus::kafka::MessageView;
using bus::kafka::PositionRecord;
using bus::kafka::UnitMark;

// Writes a changelog partition and reads it from some offset.
class Changelog {
 public:
  void position(PositionRecord record, std::int64_t time_ms = 1000) {
    messages_.push_back({bus::kafka::position_record_key(record.epoch), bus::kafka::encode(record), time_ms});
  }
  void key(const std::string& key, std::int64_t epoch, std::vector<UnitMark> units, std::int64_t time_ms = 1000) {
    KeyRecord record;
    record.epoch = epoch;
    record.units = std::move(units);
    messages_.push_back({bus::kafka::key_record_key(key), bus::kafka::encode(record), time_ms});
  }
  void claim(std::int64_t epoch) { messages_.push_back({bus::kafka::claim_key(epoch), "", 1000}); }
  void bytes(const std::string& key, const std::string& value) { messages_.push_back({key, value, 1000}); }

  LaneCutReader read(std::size_t from = 0) const {
    LaneCutReader reader;
    for (std::size_t i = from; i < messages_.size(); ++i) {
      MessageView view;
      view.offset = static_cast<std::int64_t>(i);
      view.broker_time_ms = messages_[i].time_ms;
      view.key = messages_[i].key;
      view.value = messages_[i].value;
      reader.take(view);
    }
    return reader;
  }
  LaneCut cut() const { return read().finish().value(); }

 private:
  struct Written {
    std::string key;
    std::string value;
    std::int64_t time_ms;
  };
  std::vector<Written> messages_;
};

PositionRecord position(std::int64_t epoch, std::int64_t version, std::int64_t seq, std::int64_t next,
                        std::int64_t counted, std::int64_t claimed_at = 0) {
  PositionRecord record;
  record.epoch = epoch;
  record.version = version;
  record.seq = seq;
  record.claimed_at = claimed_at;
  record.inputs["events"] = {next, "", next, {}};
  record.counters["events/in_incident"] = counted;
  return record;
}

UnitMark unit(std::int64_t seq, std::vector<std::int64_t> done, std::int64_t counted) {
  return {seq, {{"events", std::move(done)}}, {{"events/in_incident", counted}}};
}

TEST(LaneCuts, OfAnEmptyChangelogHaveNothingDone) {
  LaneCut cut = Changelog().cut();

  EXPECT_FALSE(cut.is_done("events", 0));
  EXPECT_TRUE(cut.counters.empty());
}

TEST(LaneCuts, HaveAllOfEarlierLogsDoneAndNothingOfLaterOnes) {
  Changelog log;
  PositionRecord at = position(1, 1, 0, 4, 0, 0);
  at.inputs["events"].logs_before = 1;
  log.position(at);
  auto is_done = [cut = log.cut()](std::int64_t logs_before, std::int64_t offset) {
    return cut.is_cause_done(bus::kafka::name_in_causes("events", logs_before), offset);
  };

  EXPECT_TRUE(is_done(0, 100));
  EXPECT_TRUE(is_done(1, 3));
  EXPECT_FALSE(is_done(1, 4));
  EXPECT_FALSE(is_done(2, 0));
}

TEST(LaneCuts, AddWhatKeyRecordsSayBehindTheNewestPosition) {
  Changelog log;
  log.position(position(1, 1, 0, 0, 0, 0));
  log.key("a", 1, {unit(1, {0}, 1)});
  log.position(position(1, 2, 1, 1, 1));
  log.key("a", 1, {unit(2, {2, 3}, 2)});
  log.key("b", 1, {unit(3, {5}, 1)});

  LaneCut cut = log.cut();

  EXPECT_EQ(cut.counters.at("events/in_incident"), 4);
  for (std::int64_t offset : {0, 2, 3, 5}) EXPECT_TRUE(cut.is_done("events", offset)) << offset;
  for (std::int64_t offset : {1, 4, 6}) EXPECT_FALSE(cut.is_done("events", offset)) << offset;
  EXPECT_EQ(cut.changelog_end, 5);
}

TEST(LaneCuts, CountAUnitOnceThoughLaterRecordsOfItsKeyCarryItToo) {
  Changelog log;
  log.position(position(1, 1, 0, 0, 0, 0));
  log.key("a", 1, {unit(1, {0}, 1)});
  log.key("a", 1, {unit(1, {0}, 1), unit(2, {1}, 1)});

  EXPECT_EQ(log.cut().counters.at("events/in_incident"), 2);
}

TEST(LaneCuts, FindAUnitThatTheNewestPositionDoesNotCoverThoughItWasWrittenBefore) {
  Changelog log;
  log.position(position(1, 1, 0, 0, 0, 0));
  log.key("a", 1, {unit(2, {1}, 1)});
  log.position(position(1, 2, 1, 1, 1));

  LaneCut cut = log.cut();

  EXPECT_TRUE(cut.is_done("events", 1));
  EXPECT_EQ(cut.counters.at("events/in_incident"), 2);
}

TEST(LaneCuts, LeaveOutWhatAFormerOwnerWroteAfterTheClaim) {
  Changelog log;
  log.position(position(1, 1, 0, 0, 0, 0));
  log.key("a", 1, {unit(1, {0}, 1)});
  log.claim(2);
  log.key("a", 1, {unit(2, {1}, 1)});
  log.position(position(2, 2, 1, 1, 1, 2));
  log.position(position(1, 9, 2, 2, 2, 0));

  for (std::size_t from : {0, 3}) {
    LaneCut cut = log.read(from).finish().value();

    EXPECT_EQ(cut.counters.at("events/in_incident"), 1);
    EXPECT_FALSE(cut.is_done("events", 1));
  }
}

TEST(LaneCuts, AreEnoughWithThreePositionsOrALongTime) {
  Changelog busy;
  busy.key("a", 1, {});
  for (int i = 1; i <= 3; ++i) busy.position(position(1, i, i, i, i));
  Changelog quiet;
  quiet.key("a", 1, {}, 1000);
  quiet.position(position(1, 1, 1, 1, 1), 200'000);
  Changelog cut_short;
  cut_short.position(position(1, 1, 1, 1, 1));
  cut_short.position(position(1, 2, 2, 2, 2));

  EXPECT_TRUE(busy.read().is_enough());
  EXPECT_FALSE(busy.read(2).is_enough());
  EXPECT_TRUE(quiet.read().is_enough());
  EXPECT_FALSE(cut_short.read().is_enough());
}

TEST(LaneCuts, FailOnRecordsThatNobodyOfUsWrote) {
  Changelog log;
  log.bytes("p1", "nonsense");

  auto cut = log.read().finish();

  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().reason, base::Reason::kBadAnswer);
}

}  // namespace
