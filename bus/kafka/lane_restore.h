// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bus/kafka/cluster.h"
#include "bus/kafka/kafka_metrics.h"
#include "bus/kafka/partition_lane.h"
#include "bus/kafka/state_cache.h"

namespace bus::kafka {

// Brings a lane's state here and makes this process its owner: reads the changelog partition behind the local copy,
// claims it, reads what came before the claim, and writes the position that covers all of it. For the bus's thread; one
// use.
class LaneRestore {
 public:
  LaneRestore(const StageSpec& spec, std::int32_t partition, Cluster& cluster, StateCache& cache,
              KafkaStageMetrics& metrics);

  base::Task<base::Result<LaneStart>> run();
  // The partition was taken away: writes nothing more, here or there, and ends soon.
  void give_up() { given_up_ = true; }
  // An offset that a lane did not find in an input, and the time of the newest record that it had taken of it. Before
  // run().
  struct Miss {
    std::int64_t epoch = 0;  // The lane's.
    std::int64_t offset = 0;
    std::int64_t newest_ms = -1;  // -1: it had taken none.
  };
  void note_miss(const std::string& topic, Miss miss) { misses_[topic] = miss; }

  // Changelog offsets read, and to be read.
  std::int64_t read() const { return next_ - first_; }
  std::int64_t wanted() const { return end_ - first_; }

 private:
  base::Result<void> is_wanted() const;
  base::Task<base::Result<std::int64_t>> claim();
  base::Task<base::Result<std::int64_t>> write_place(std::int64_t claimed_at);
  base::Task<base::Result<void>> read_until(std::int64_t end);
  base::Task<base::Result<void>> read_on(std::int64_t end);
  base::Task<base::Result<std::int64_t>> write(std::string key, std::optional<std::string> value);
  base::Task<base::Result<void>> find_ends(LaneStart& start);
  void begin_from_copy();
  void apply(const MessageView& message);
  void apply_state(const MessageView& message, std::string_view key);
  void apply_position(const MessageView& message, std::int64_t epoch);
  void fold_units();
  bool was_shorter(const std::string& topic, const Watermarks& ends) const;
  base::Task<base::Result<void>> place_input(const std::string& topic, const Watermarks& ends);
  base::Task<base::Result<void>> begin_new_log(const std::string& topic, const Watermarks& ends);

  const StageSpec& spec_;
  const LaneName name_;
  const std::string changelog_;
  Cluster& cluster_;
  StateCache& cache_;
  KafkaStageMetrics& metrics_;
  WireWriter wire_;

  std::int64_t first_ = 0;
  std::int64_t next_ = 0;
  std::int64_t end_ = 0;
  bool given_up_ = false;
  std::map<std::string, Miss> misses_;
  bool is_copy_wrong_ = false;
  base::Result<void> readable_ = base::ok();
  std::optional<PositionRecord> position_;
  std::map<std::string, std::vector<UnitMark>> units_;  // Of each key, those that its newest record carries.
  std::int64_t last_seq_ = 0;
  std::int64_t epoch_ = 0;           // The highest seen.
  std::int64_t last_write_ms_ = -1;  // When the lane last wrote a state or a position, by its message's time.
  std::set<std::int64_t> old_positions_;
  std::size_t put_ = 0;
};

}  // namespace bus::kafka
