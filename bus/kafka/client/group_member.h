// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/kafka/client/group_consumer.h"
#include "bus/kafka/client/handle.h"
#include "bus/kafka/client/positions.h"
#include "bus/kafka/client/queue_watch.h"

struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;

namespace bus::kafka {

// What stands behind a GroupConsumer: one member of a group, for its executor only.
class GroupMember : public std::enable_shared_from_this<GroupMember> {
 public:
  GroupMember(GroupOptions options, GroupOwner& owner, base::Executor executor, base::Metrics& metrics);
  ~GroupMember();
  GroupMember(const GroupMember&) = delete;
  GroupMember& operator=(const GroupMember&) = delete;

  base::Result<void> open(const std::vector<std::string>& topics);
  base::Result<void> assign(const std::vector<PartitionOffset>& from, bool paused);
  base::Result<void> unassign();
  base::Result<void> pause(const std::vector<TopicPartition>& partitions);
  base::Result<void> resume(const std::vector<TopicPartition>& partitions);
  base::Result<void> start_at(const PartitionOffset& from);
  void commit(const std::vector<PartitionOffset>& next, std::function<void(base::Result<void>)> done);
  std::optional<Watermarks> watermarks(const TopicPartition& partition) const;
  GroupStatus status() const;
  static base::Task<bool> close(std::shared_ptr<GroupMember> self, GroupConsumer::Farewell farewell,
                                base::Deadline deadline);
  // Calls nobody any more.
  void end();
  void fail_for_good(int code);

  const base::Executor& executor() const { return executor_; }

 private:
  using Phase = GroupStatus::Phase;
  struct Commit;

  bool serve();
  void on_message(const rd_kafka_message_s& message);
  void on_failure(const rd_kafka_message_s& message);
  void on_rebalance(int code, const rd_kafka_topic_partition_list_s* partitions);
  void begin_revoke(std::vector<TopicPartition> partitions, bool lost);
  base::Result<void> seek(const PartitionOffset& to);
  void on_committed(Commit* commit, base::Result<void> result);
  void tell_fatal();
  base::Result<void> check_usable() const;
  base::Task<bool> leave(base::Deadline deadline);
  base::Task<void> give_back(base::Deadline deadline);

  const GroupOptions options_;
  GroupOwner& owner_;
  const base::Executor executor_;
  base::Metrics& metrics_;
  prometheus::Counter& rebalances_;
  prometheus::Histogram& rebalance_seconds_;
  Phase phase_ = Phase::kJoining;
  bool offered_ = false;  // on_assigned was called and not yet answered.
  bool ended_ = false;
  bool fatal_told_ = false;
  std::chrono::steady_clock::time_point rebalance_began_;
  Positions positions_;
  std::vector<HeaderView> headers_;                     // Room for those of the message at hand.
  std::map<Commit*, std::unique_ptr<Commit>> commits_;  // Under way.
  HandlePtr handle_;
  Queue events_;
  std::unique_ptr<QueueWatch> watch_;
};

}  // namespace bus::kafka
