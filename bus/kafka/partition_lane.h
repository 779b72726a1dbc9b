// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log_limit.h"
#include "bus/kafka/assembler.h"
#include "bus/kafka/changelog.h"
#include "bus/kafka/cluster.h"
#include "bus/kafka/kafka_metrics.h"
#include "bus/kafka/repeats.h"
#include "bus/kafka/state_cache.h"
#include "bus/stage/lane.h"
#include "bus/stage/progress.h"

namespace bus::kafka {

// Where a lane goes on, as its changelog told.
struct LaneStart {
  PositionRecord position;                 // The claim that was written, with what the newest units were done with.
  std::int64_t changelog_next = 0;         // The local copy is good up to here.
  std::map<std::string, Watermarks> ends;  // Of the inputs, by the bus's names.
};

// One partition of a stage: hands its records to the keys, and makes what they did durable in the order that loses
// nothing (docs/decisions/0005): outputs, then the key's record in the changelog, then, now and then, the position.
// For the bus's thread, but what stage::Log says.
class PartitionLane final : public stage::Log {
 public:
  // What it asks of whoever reads the group's partitions.
  struct Intake {
    std::function<void(bool paused)> set_paused;
    std::function<void(const std::string& topic, std::int64_t next)> commit;
    std::function<void()> restore;  // Everything of this lane must be read again.
  };
  struct Deps {
    Cluster& cluster;
    StateCache& cache;
    stage::Work& work;
    stage::Turns& turns;
    KafkaStageMetrics& metrics;
    Intake intake;
  };

  PartitionLane(const StageSpec& spec, Handler& handler, base::Executor executor, std::int32_t partition, Deps deps);

  std::int32_t partition() const { return partition_; }
  std::int64_t epoch() const { return epoch_; }
  stage::Lane& lane() { return lane_; }
  bool has_begun() const { return begun_; }
  bool is_abandoned() const { return abandoned_; }

  // Starts. The group's messages follow, each input's from look_back() on.
  void begin(LaneStart start);
  std::int64_t look_back(const std::string& topic) const;
  // The time of the newest message of an input that it took, in ms since the epoch; -1 before any.
  std::int64_t newest_ms(const std::string& topic) const { return inputs_.at(topic).newest_ms; }
  void take(const std::string& topic, const MessageView& message);
  // Everything of an input below `next` exists.
  void appended(const std::string& topic, std::int64_t next);

  // What is done from time to time: the position, and what waits too long.
  void tick();

  // Finishes what is under way and writes the position: true. False when the deadline came first; abandon() then.
  base::Task<bool> hand_over(base::Deadline deadline);
  // Someone else may have the partition: writes nothing more, drops what is under way.
  void abandon();

  void load(stage::Slot& slot) override;
  void load_timers(stage::TimerIndex::Question question) override;
  void submit(std::unique_ptr<stage::KeyUnit> unit) override;
  void has_room() override;

 private:
  // What a record brought along that matters once it is done.
  struct Extras {
    std::vector<std::int64_t> offsets;  // Of all messages that carried it.
    std::vector<Count> counts;
  };
  struct Input {
    std::string topic;
    std::int64_t logs_before = 0;
    stage::Progress progress{0, ""};
    std::int64_t cursor = 0;  // What is below was read.
    std::int64_t head = 0;    // What is below exists.
    std::int64_t newest_ms = -1;
    Assembler assembler;
    Repeats repeats;
    std::map<std::int64_t, Extras> extras;  // By the record's offset.
  };
  // A unit on its way to be durable.
  struct Unit {
    std::unique_ptr<stage::KeyUnit> keys;  // Null once it is done or dropped.
    std::multiset<base::Time>::iterator timer;
    std::size_t unanswered = 0;
    std::optional<base::Error> failed;
    int attempt = 0;
    std::size_t message_limit = kMaxMessageBytes;
    std::int64_t seq = 0;  // Of its key record; 0: its outputs are on the way.
    std::chrono::steady_clock::time_point begun;
  };
  using UnitRef = std::shared_ptr<Unit>;

  // partition_lane.cc: records in, position out.
  void pass_gap(Input& input, std::int64_t until);
  void take_record(Input& input, Assembled assembled);
  void done_without_handling(Input& input, const std::vector<std::int64_t>& offsets);
  void look_at_room();
  void count_covered();
  PositionRecord snapshot();
  void write_position();
  void position_written(const PositionRecord& position, const base::Result<Delivery>& delivered);
  void drop_empty_keys(std::int64_t confirmed);
  void fail(const std::string& what, const base::Error& error);
  void give_up_copy(const base::Error& error);

  // partition_units.cc: what keys did.
  void accept(std::unique_ptr<stage::KeyUnit> keys);
  void make_topics(const UnitRef& unit);
  void send_outputs(const UnitRef& unit);
  base::Result<std::vector<Message>> messages_of(const Unit& unit);
  std::vector<Cause> causes_of(const stage::KeyUnit& keys) const;
  void answered(const UnitRef& unit, const base::Result<Delivery>& delivered);
  void try_again(const UnitRef& unit);
  void write_state(const UnitRef& unit);
  void send_state(const UnitRef& unit);
  void finish(const UnitRef& unit);
  UnitMark mark_of(const stage::KeyUnit& keys);

  const StageSpec& spec_;
  const std::int32_t partition_;
  const LaneName name_;
  const std::string changelog_;
  Deps deps_;
  WireWriter wire_;
  WireWriter changelog_wire_;

  base::LogLimit gaps_;
  bool begun_ = false;
  bool abandoned_ = false;
  bool paused_ = true;
  std::map<std::string, Input> inputs_;
  // Places in inputs that another version reads: kept as they are.
  std::map<std::string, InputPosition> unknown_inputs_;
  std::map<std::string, std::int64_t> counters_;
  // By seq: of units that are done and not in `counters_` yet; 0 for those that changed nothing.
  std::map<std::int64_t, std::vector<Count>> counts_ahead_;
  std::set<UnitRef> units_;
  std::multiset<base::Time> fired_;  // When the timers were due that units under way fired; the maximum for none.

  std::int64_t epoch_ = 0;
  std::int64_t version_ = 0;
  std::int64_t claimed_at_ = -1;
  std::int64_t changelog_next_ = 0;
  std::int64_t last_seq_ = 0;
  stage::Progress acknowledged_{1, ""};                       // Of key records, by seq.
  std::map<std::string, std::vector<UnitMark>> unconfirmed_;  // By key: units that no position record covers.
  std::map<std::string, std::int64_t> empty_keys_;            // Keys without state, by the seq that emptied them.
  bool moved_ = false;                                        // Since the last position record.
  bool writing_position_ = false;
  std::function<void()> on_position_;
  std::chrono::steady_clock::time_point last_position_;

  stage::Lane lane_;  // Last: runs on the fields above.
};

}  // namespace bus::kafka
