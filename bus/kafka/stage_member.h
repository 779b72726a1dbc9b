// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/task_group.h"
#include "bus/kafka/client/group_consumer.h"
#include "bus/kafka/cluster.h"
#include "bus/kafka/kafka_metrics.h"
#include "bus/kafka/lane_restore.h"
#include "bus/kafka/partition_lane.h"
#include "bus/kafka/state_cache.h"

namespace bus::kafka {

// This process's share of a stage: a member of its group, with a lane for each partition that the group hands out. For
// the bus's thread, but where it says otherwise.
class StageMember final : public GroupOwner, public AppendWatcher {
 public:
  struct Deps {
    Cluster& cluster;
    StateCache& cache;
    stage::Work& work;
    std::string instance;
    std::function<base::Task<void>()> before_start;  // Done before the stage handles anything.
  };

  StageMember(StageSpec spec, Handler& handler, base::Executor executor, Deps deps);
  ~StageMember() override;

  void start();
  // Hands its partitions over and leaves the group. Completes when nothing of the stage runs.
  base::Task<void> close();

  // Thread-safe.
  const StageSpec& spec() const { return spec_; }
  void look();
  std::optional<base::Time> next_timer() const;
  StageHealth health() const;

  void on_assigned(std::vector<TopicPartition> partitions) override;
  void on_revoked(std::vector<TopicPartition> partitions) override;
  void on_lost(std::vector<TopicPartition> partitions) override;
  void on_message(const MessageView& message) override;
  void on_out_of_range(const PartitionOffset& at) override;
  void on_error(const base::Error& error) override;
  void on_fatal(const base::Error& error) override;

  void appended(const std::string& kafka_topic, std::int32_t partition, std::int64_t next) override;

 private:
  using LaneRef = std::shared_ptr<PartitionLane>;

  base::Task<void> run();
  base::Task<void> prepare();
  base::Task<int> wait_for(TopicSpec topic);
  void say(std::string detail);
  base::Task<bool> serve();
  base::Task<void> tick_forever();
  void tick();
  LaneRef make_lane(std::int32_t partition);
  base::Task<void> bring_up(LaneRef lane);
  base::Task<base::Result<void>> restore(LaneRef lane);
  base::Task<void> hand_over_all();
  base::Task<void> hand_over(LaneRef lane, base::Deadline deadline, std::function<void()> done);
  void abandon_all();
  base::Task<void> retire(LaneRef lane);
  void rejoin(const std::string& why);
  void set_settled(bool settled);
  void describe();
  std::vector<LaneRef> running() const;
  std::vector<TopicPartition> inputs_of(std::int32_t partition) const;
  base::Task<void> pause(std::chrono::milliseconds wait);

  const StageSpec spec_;
  Handler& handler_;
  base::Executor executor_;
  Deps deps_;
  KafkaStageMetrics metrics_;
  stage::Turns turns_;
  std::map<std::string, std::string> bus_names_;  // Of the inputs, by the cluster's.

  std::unique_ptr<GroupConsumer> consumer_;
  std::shared_ptr<boost::asio::steady_timer> stop_serving_;
  bool closing_ = false;
  bool settled_ = false;         // Whether whatever is ours runs.
  bool had_partitions_ = false;  // Since it joined its group.
  bool has_missed_ = false;      // Something that a lane was to go on from, since the last tick.
  GroupConsumer::Farewell farewell_ = GroupConsumer::Farewell::kLeave;
  std::map<std::int32_t, LaneRef> lanes_;
  std::int64_t waiting_ = 0;  // Partitions assigned to us that have no lane.
  std::map<std::int32_t, std::shared_ptr<LaneRestore>> restores_;
  std::map<TopicPartition, LaneRestore::Miss> out_of_range_;  // Until their place is found anew.
  std::chrono::steady_clock::time_point rebalance_begun_;
  std::chrono::steady_clock::time_point last_tick_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::vector<LaneRef> running_;
  StageHealth health_;
  std::string trouble_;

  std::unique_ptr<base::TaskGroup> tasks_;  // Of one membership.
  base::TaskGroup retired_;                 // Lanes that end.
  base::TaskGroup main_;                    // Last: runs on the fields above.
};

}  // namespace bus::kafka
