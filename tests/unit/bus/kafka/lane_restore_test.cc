// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/lane_restore.h"

#include <gtest/gtest.h>

#include <set>

#include "bus/kafka/topics.h"
#include "tests/fakes/mock_kafka.h"
#include "tests/harness/temp_dir.h"
#include "tests/unit/bus/kafka/kafka_test_kit.h"

namespace bus::kafka {
namespace {

using Outcome = base::Result<LaneStart>;

base::Time now() { return base::Time(std::chrono::system_clock::now()); }

// A process that may be handed partition 0 of a stage.
class Replica {
 public:
  explicit Replica(const KafkaOptions& options)
      : options_(options),
        cluster_(io_, std::make_unique<Cluster>(
                          options_, Cluster::Deps{clock_, metrics_, work_, io_.executor(), intake_.executor()})),
        cache_(std::move(StateCache::open(directory_.path() + "/cache.db").value())) {
    EXPECT_TRUE(on(io_, [&] { return cluster_->open().has_value(); }));
  }
  ~Replica() { io_.run(cluster_->close()); }

  std::future<Outcome> begin_restore() {
    job_ = std::make_unique<LaneRestore>(spec_, 0, *cluster_, *cache_, stage_metrics_);
    if (miss_) job_->note_miss("in", *miss_);
    return io_.begin(job_->run());
  }
  void give_up() {
    on(io_, [&] { job_->give_up(); });
  }
  // Before begin_restore().
  void miss(LaneRestore::Miss miss) { miss_ = miss; }
  void write(const std::string& key, const std::string& value) {
    write(changelog_name(options_, spec_.name), key, value);
  }
  // As of the owner with epoch 1, which had handled what is below `next`.
  void write_position(std::int64_t next) {
    PositionRecord position;
    position.epoch = 1;
    position.inputs["in"].next = next;
    write(position_record_key(1), encode(position));
  }
  void append_input(int records) {
    for (int i = 0; i < records; ++i) write(topic_name(options_, "in"), "k", "v");
  }
  // What the local copy has of a key.
  stage::KeyState state(const std::string& key) { return std::move(cache_->find({spec_.name, 0}, key).value()); }
  bool has_copy() { return cache_->mark({spec_.name, 0}, now(), std::chrono::hours(24)).has_value(); }

 private:
  void write(const std::string& topic, const std::string& key, const std::string& value) {
    Seen<bool> written;
    on(io_, [&] {
      cluster_->produce_output({topic, 0, key, value, {}},
                               [&](const base::Result<Delivery>& delivered) { written.add(delivered.has_value()); });
    });
    ASSERT_TRUE(written.wait_for(1));
    ASSERT_TRUE(written.all().front());
  }

  const KafkaOptions options_;
  const StageSpec spec_{.name = "stage", .inputs = {"in"}};
  base::SystemClock clock_;
  base::Metrics metrics_;
  KafkaStageMetrics stage_metrics_{metrics_, "stage"};
  stage::Work work_;
  harness::TempDir directory_;
  fakes::IoThread io_;
  fakes::IoThread intake_;
  OnLoop<Cluster> cluster_;
  std::unique_ptr<StateCache> cache_;
  std::unique_ptr<LaneRestore> job_;
  std::optional<LaneRestore::Miss> miss_;
};

class KafkaLaneRestore : public testing::Test {
 protected:
  KafkaLaneRestore() {
    options_.bootstrap_servers = kafka_.bootstrap_servers();
    kafka_.create_topic(topic_name(options_, "in"), 1);
    kafka_.create_topic(changelog_name(options_, "stage"), 1);
  }

  fakes::MockKafka kafka_;
  KafkaOptions options_;
};

TEST_F(KafkaLaneRestore, OfAPartitionThatWasTakenAwayClaimsNothingAndMarksNoCopy) {
  Replica replica(options_);
  kafka_.set_rtt(1, std::chrono::milliseconds(300));
  auto first = replica.begin_restore();
  replica.give_up();

  auto given_up = first.get();
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().reason, base::Reason::kCancelled);
  EXPECT_FALSE(replica.has_copy());

  auto second = replica.begin_restore().get();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second.value().position.epoch, 1);
  EXPECT_TRUE(replica.has_copy());
}

// Nearly always both have read the changelog before either claims it, unless one of them is still connecting.
TEST_F(KafkaLaneRestore, OfTwoAtATimeTheFirstClaimCounts) {
  Replica one(options_);
  Replica other(options_);
  kafka_.set_rtt(1, std::chrono::milliseconds(300));
  std::set<std::int64_t> epochs;
  std::size_t owners = 0;
  for (std::size_t round = 1; round <= 5 && owners == 2 * (round - 1); ++round) {
    auto first = one.begin_restore();
    auto second = other.begin_restore();
    for (const Outcome& outcome : {first.get(), second.get()}) {
      if (!outcome) continue;
      ++owners;
      EXPECT_TRUE(epochs.insert(outcome.value().position.epoch).second);
    }
  }

  EXPECT_EQ(owners % 2, 1u) << owners;
  auto again = other.begin_restore().get();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again.value().position.epoch, *epochs.rbegin() + 1);
}

// A newer version wrote it, or it is damaged: without its place the stage would handle everything again.
TEST_F(KafkaLaneRestore, OfAPositionThatCantBeReadFailsAndLeavesIt) {
  Replica replica(options_);
  replica.write(position_record_key(7), "\x09of another format");

  auto outcome = replica.begin_restore().get();

  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message.find("the position at offset 0 of " + changelog_name(options_, "stage")),
            std::string::npos)
      << outcome.error().message;
}

// Of an input with eight records, of which the owner with epoch 1 had handled what is below `next`. The mock knows no
// times: to it everything was appended before the lane last wrote.
class KafkaLaneRestoreOfALog : public KafkaLaneRestore {
 protected:
  void expect(std::int64_t next, std::int64_t logs_before) {
    auto start = replica_.begin_restore().get();
    ASSERT_TRUE(start) << start.error().message;
    EXPECT_EQ(start.value().position.inputs.at("in").next, next);
    EXPECT_EQ(start.value().position.inputs.at("in").logs_before, logs_before);
  }
  void SetUp() override { replica_.append_input(8); }

  Replica replica_{options_};
};

TEST_F(KafkaLaneRestoreOfALog, ThatIsShorterThanItsPositionBeginsAnew) {
  replica_.write_position(50);
  expect(8, 1);
}

TEST_F(KafkaLaneRestoreOfALog, ThatWasShorterBeginsAnewNoLaterThanItsPosition) {
  replica_.write_position(5);
  replica_.miss({.epoch = 1, .offset = 7});
  expect(5, 1);
}

TEST_F(KafkaLaneRestoreOfALog, ThatAnotherOwnerSawToGoesOn) {
  replica_.write_position(5);
  replica_.miss({.epoch = 0, .offset = 7});
  expect(5, 0);
}

TEST_F(KafkaLaneRestore, PassesOverAnOlderStateBehindANewerOne) {
  auto record = [](std::int64_t seq) {
    KeyRecord record;
    record.epoch = 1;
    record.state.entries.emplace(stage::EntryName{"seq", ""}, std::to_string(seq));
    record.units.push_back({seq, {}, {}});
    return encode(record);
  };
  Replica replica(options_);
  replica.write(key_record_key("k"), record(2));
  replica.write(key_record_key("k"), record(1));

  ASSERT_TRUE(replica.begin_restore().get());

  EXPECT_EQ(replica.state("k").entries.begin()->second, "2");
}

}  // namespace
}  // namespace bus::kafka
