// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "bus/kafka/client/client_options.h"
#include "bus/kafka/client/message.h"

namespace bus::kafka {

// Who works with what a group hands out. Called on the consumer's executor, one call at a time, never after close() has
// completed.
class GroupOwner {
 public:
  virtual ~GroupOwner() = default;

  // All partitions that are ours from now on, perhaps none (eager: after on_revoked or on_lost, never in addition). The
  // owner calls assign() now or later; until then nothing is fetched.
  virtual void on_assigned(std::vector<TopicPartition> partitions) = 0;
  // They move to someone else as soon as the owner calls unassign(): finish and commit before. Nothing is handed over
  // meanwhile; the session is kept alive. Everyone in the group waits for it.
  virtual void on_revoked(std::vector<TopicPartition> partitions) = 0;
  // They may be someone else's already: produce and commit nothing more. The owner calls unassign() too.
  virtual void on_lost(std::vector<TopicPartition> partitions) = 0;
  virtual void on_message(const MessageView& message) = 0;
  // The offset lies behind the partition's end, or before its beginning: nothing more comes of it.
  virtual void on_out_of_range(const PartitionOffset& at) = 0;
  // Something failed that the client goes on trying: for health and logs.
  virtual void on_error(const base::Error& error) = 0;
  // The client will do nothing more (another one with our instance id took over, ...) or nothing for some partition,
  // and what it had may be someone else's already: close() it and make a new one.
  virtual void on_fatal(const base::Error& error) = 0;
};

// Where a member stands, for people.
struct GroupStatus {
  enum class Phase { kJoining, kAssigned, kRevoking, kClosed, kFailed };
  Phase phase = Phase::kJoining;
  std::size_t partitions = 0;
  bool brokers_down = false;
  std::string why_down;  // Empty unless brokers_down.
};

// A static member of a consumer group with eager range assignment and without automatic commits: partition P of all
// topics of a group that have the same number of partitions goes to the same member.
//
// All methods are for the executor given to open() (a strand, or one thread), where the owner is called too. Messages
// come one by one, in order within a partition, each offset once between assign() and unassign(); nothing comes for a
// paused partition.
class GroupConsumer {
 public:
  static base::Result<std::unique_ptr<GroupConsumer>> open(GroupOptions options, std::vector<std::string> topics,
                                                           GroupOwner& owner, base::Executor executor,
                                                           base::Metrics& metrics);
  // Without close() before: the group notices by its session timeout.
  ~GroupConsumer();

  // Answers on_assigned. Offsets may be kOldest, kNewest and, where there is one, kCommitted. `paused`: fetches only
  // after start_at() or resume().
  base::Result<void> assign(std::vector<PartitionOffset> from, bool paused = false);
  // Answers on_revoked and on_lost.
  base::Result<void> unassign();

  base::Result<void> pause(const std::vector<TopicPartition>& partitions);
  // Goes on with the message after the last one that was handed over.
  base::Result<void> resume(const std::vector<TopicPartition>& partitions);
  // Goes on from another offset, resuming what is paused.
  base::Result<void> start_at(const PartitionOffset& from);

  // Commits positions (the next offset to read); `done` is called once, with kCancelled if the consumer ends before.
  // Refused (kCancelled) unless partitions are assigned or being revoked. Seen with librdkafka 2.0.2 and Kafka 4.1.1: a
  // commit sent between unassign() and the next on_assigned reaches the broker in the group's next generation, and
  // librdkafka takes the answer (ILLEGAL_GENERATION) for the loss of its new assignment; without those, 6,000 commits
  // across 30 rebalances lost none, in flight or not when partitions were given back.
  void commit(std::vector<PartitionOffset> next, std::function<void(base::Result<void>)> done);

  // What the latest answer of the broker said about a partition of ours.
  std::optional<Watermarks> watermarks(const TopicPartition& partition) const;
  GroupStatus status() const;

  // How to leave. kLeave: the group rebalances at once; the others have the partitions after their next heartbeat (1.0
  // s measured with a heartbeat of 1 s). kStay: a static member keeps its partitions for the session timeout, for one
  // that restarts in place; after it the others have them (8.0 s measured with 8 s). librdkafka by itself never sends
  // LeaveGroup for a static member that closes; kLeave has it do so.
  enum class Farewell { kLeave, kStay };
  // Has partitions revoked (the owner answers), leaves, and ends the client. False if the deadline came first; the
  // client is ended then too, and the group notices by the session timeout.
  base::Task<bool> close(Farewell farewell, base::Deadline deadline);

  // Makes the client fail for good, as a broker could: for tests of its owners.
  void fail_for_good(int code);

 private:
  struct State;
  explicit GroupConsumer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace bus::kafka
