// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/group_consumer.h"

#include <librdkafka/rdkafka.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/run_on.h"
#include "bus/kafka/client/group_member.h"

namespace bus::kafka {

// The member, kept apart from its owner's handle so that a close under way outlives it.
struct GroupConsumer::State : GroupMember {
  using GroupMember::GroupMember;
};

base::Result<std::unique_ptr<GroupConsumer>> GroupConsumer::open(GroupOptions options, std::vector<std::string> topics,
                                                                 GroupOwner& owner, base::Executor executor,
                                                                 base::Metrics& metrics) {
  auto state = std::make_shared<State>(std::move(options), owner, std::move(executor), metrics);
  BOOST_OUTCOME_TRY(state->open(topics));
  return std::unique_ptr<GroupConsumer>(new GroupConsumer(std::move(state)));
}

GroupConsumer::GroupConsumer(std::shared_ptr<State> state) : state_(std::move(state)) {}

GroupConsumer::~GroupConsumer() { state_->end(); }

base::Result<void> GroupConsumer::assign(std::vector<PartitionOffset> from, bool paused) {
  return state_->assign(from, paused);
}
base::Result<void> GroupConsumer::unassign() { return state_->unassign(); }
base::Result<void> GroupConsumer::pause(const std::vector<TopicPartition>& partitions) {
  return state_->pause(partitions);
}
base::Result<void> GroupConsumer::resume(const std::vector<TopicPartition>& partitions) {
  return state_->resume(partitions);
}
base::Result<void> GroupConsumer::start_at(const PartitionOffset& from) { return state_->start_at(from); }

void GroupConsumer::commit(std::vector<PartitionOffset> next, std::function<void(base::Result<void>)> done) {
  state_->commit(next, std::move(done));
}

std::optional<Watermarks> GroupConsumer::watermarks(const TopicPartition& partition) const {
  return state_->watermarks(partition);
}

GroupStatus GroupConsumer::status() const { return state_->status(); }

base::Task<bool> GroupConsumer::close(Farewell farewell, base::Deadline deadline) {
  auto state = state_;
  co_return co_await base::run_on(state->executor(), GroupMember::close(state, farewell, deadline));
}

void GroupConsumer::fail_for_good(int code) { state_->fail_for_good(code); }

}  // namespace bus::kafka
