// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/group_member.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <utility>

#include "bus/kafka/client/client_error.h"
#include "bus/kafka/client/conf.h"
#include "bus/kafka/client/views.h"

namespace bus::kafka {
namespace {

// A member that nobody polls for max.poll.interval.ms is out of its group, and on a quiet topic nothing else calls for
// a poll. That interval is not shorter than a session, which brokers accept from 6 s.
constexpr std::chrono::milliseconds kPollPace(250);

}  // namespace

// A commit under way, as librdkafka carries it along.
struct GroupMember::Commit {
  GroupMember* member;
  std::function<void(base::Result<void>)> done;
};

GroupMember::GroupMember(GroupOptions options, GroupOwner& owner, base::Executor executor, base::Metrics& metrics)
    : options_(std::move(options)),
      owner_(owner),
      executor_(std::move(executor)),
      metrics_(metrics),
      rebalances_(metrics.counter("tocsin_kafka_rebalances_total", "Assignments of partitions, by group.",
                                  {{"group", options_.group}})),
      rebalance_seconds_(metrics.seconds("tocsin_kafka_rebalance_seconds",
                                         "From losing partitions, or joining, to having the new ones.",
                                         {{"group", options_.group}})),
      rebalance_began_(std::chrono::steady_clock::now()) {}

GroupMember::~GroupMember() {
  end();
  events_.reset();
}

base::Result<void> GroupMember::open(const std::vector<std::string>& topics) {
  BOOST_OUTCOME_TRY(auto conf, conf_of(options_));
  rd_kafka_conf_set_rebalance_cb(
      conf.get(), [](rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions, void* opaque) {
        static_cast<GroupMember*>(Handle::owner_of(opaque))->on_rebalance(code, partitions);
      });
  BOOST_OUTCOME_TRY(handle_, Handle::open(Handle::Kind::kConsumer, std::move(conf), options_.group, metrics_, this));
  rd_kafka_poll_set_consumer(handle_->get());
  events_.reset(rd_kafka_queue_get_consumer(handle_->get()));
  std::vector<TopicPartition> wanted;
  for (const std::string& topic : topics) wanted.push_back({topic, RD_KAFKA_PARTITION_UA});
  auto code = rd_kafka_subscribe(handle_->get(), list_of(wanted).get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "join group " + options_.group);
  // The owner may end us in a call: we last to the end of it.
  auto serve = [weak = weak_from_this()] {
    auto self = weak.lock();
    return self != nullptr && self->serve();
  };
  watch_ = std::make_unique<QueueWatch>(executor_, events_.get(), std::move(serve), kPollPace);
  return base::ok();
}

// librdkafka 2.0.2 may lose or repeat messages of rd_kafka_consume_batch where partitions are paused or sought: one by
// one. https://github.com/confluentinc/librdkafka/blob/v2.1.0/CHANGELOG.md
bool GroupMember::serve() {
  if (ended_) return false;
  rd_kafka_message_t* message = rd_kafka_consumer_poll(handle_->get(), 0);
  if (message == nullptr) return false;
  if (!ended_) {
    message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? on_message(*message) : on_failure(*message);
  }
  rd_kafka_message_destroy(message);
  return true;
}

void GroupMember::on_message(const rd_kafka_message_t& message) {
  handle_->vitals().on_answer();
  const char* topic = rd_kafka_topic_name(message.rkt);
  switch (positions_.take(topic, message.partition, message.offset)) {
    case Positions::Verdict::kHandOver:
      owner_.on_message(view_of(message, headers_));
      break;
    case Positions::Verdict::kSeek:
      (void)seek({topic, message.partition, positions_.next(topic, message.partition)});
      break;
    case Positions::Verdict::kIgnore:
      break;
  }
}

void GroupMember::on_failure(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) return tell_fatal();
  const char* detail = rd_kafka_message_errstr(&message);
  auto error = error_of(message.err, "group " + options_.group, detail == nullptr ? "" : detail);
  if (message.err != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || message.rkt == nullptr) return owner_.on_error(error);
  // Without an offset: kOldest or the like could not be looked up.
  if (message.offset < 0) return owner_.on_fatal(error);
  owner_.on_out_of_range({rd_kafka_topic_name(message.rkt), message.partition, message.offset});
}

void GroupMember::tell_fatal() {
  if (std::exchange(fatal_told_, true)) return;
  phase_ = Phase::kFailed;
  positions_.clear();
  std::array<char, 512> text{};
  rd_kafka_fatal_error(handle_->get(), text.data(), text.size());
  owner_.on_fatal(base::passing(base::Reason::kUnavailable, "group " + options_.group + ": " + text.data()));
}

void GroupMember::on_rebalance(int code, const rd_kafka_topic_partition_list_t* partitions) {
  handle_->vitals().on_answer();
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !ended_) {
    rebalances_.Increment();
    offered_ = true;
    owner_.on_assigned(partitions_in(partitions));
  } else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && !ended_) {
    begin_revoke(partitions_in(partitions), rd_kafka_assignment_lost(handle_->get()) != 0);
  } else {
    rd_kafka_assign(handle_->get(), nullptr);
    if (!ended_) owner_.on_error(error_of(code, "group " + options_.group));
  }
}

void GroupMember::begin_revoke(std::vector<TopicPartition> partitions, bool lost) {
  if (phase_ != Phase::kFailed) phase_ = Phase::kRevoking;
  offered_ = false;
  positions_.clear();
  rebalance_began_ = std::chrono::steady_clock::now();
  lost ? owner_.on_lost(std::move(partitions)) : owner_.on_revoked(std::move(partitions));
}

base::Result<void> GroupMember::check_usable() const {
  if (!ended_ && handle_ != nullptr) return base::ok();
  return base::passing(base::Reason::kCancelled, "group " + options_.group + ": left");
}

base::Result<void> GroupMember::assign(const std::vector<PartitionOffset>& from, bool paused) {
  BOOST_OUTCOME_TRY(check_usable());
  if (!std::exchange(offered_, false)) {
    return base::passing(base::Reason::kCancelled, "group " + options_.group + ": the partitions were taken back");
  }
  positions_.assign(from, paused);
  auto code = rd_kafka_assign(handle_->get(), list_of(from).get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "take partitions of group " + options_.group);
  if (paused) rd_kafka_pause_partitions(handle_->get(), list_of(from).get());
  phase_ = Phase::kAssigned;
  rebalance_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - rebalance_began_).count());
  return base::ok();
}

base::Result<void> GroupMember::unassign() {
  BOOST_OUTCOME_TRY(check_usable());
  positions_.clear();
  if (phase_ != Phase::kFailed) phase_ = Phase::kJoining;
  auto code = rd_kafka_assign(handle_->get(), nullptr);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "give back partitions of group " + options_.group);
  return base::ok();
}

base::Result<void> GroupMember::pause(const std::vector<TopicPartition>& partitions) {
  BOOST_OUTCOME_TRY(check_usable());
  for (const TopicPartition& partition : partitions) positions_.pause(partition, true);
  auto list = list_of(partitions);
  auto code = rd_kafka_pause_partitions(handle_->get(), list.get());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = static_cast<rd_kafka_resp_err_t>(first_error(*list));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "pause partitions of group " + options_.group);
  return base::ok();
}

base::Result<void> GroupMember::resume(const std::vector<TopicPartition>& partitions) {
  BOOST_OUTCOME_TRY(check_usable());
  for (const TopicPartition& partition : partitions) {
    if (positions_.must_seek(partition)) {
      BOOST_OUTCOME_TRY(
          seek({partition.topic, partition.partition, positions_.next(partition.topic, partition.partition)}));
    }
    positions_.pause(partition, false);
  }
  auto list = list_of(partitions);
  auto code = rd_kafka_resume_partitions(handle_->get(), list.get());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = static_cast<rd_kafka_resp_err_t>(first_error(*list));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "resume partitions of group " + options_.group);
  return base::ok();
}

base::Result<void> GroupMember::start_at(const PartitionOffset& from) {
  BOOST_OUTCOME_TRY(check_usable());
  positions_.start_at(from);
  BOOST_OUTCOME_TRY(seek(from));
  return resume({{from.topic, from.partition}});
}

// Does not wait: Positions sees whether it took effect.
base::Result<void> GroupMember::seek(const PartitionOffset& to) {
  auto list = list_of(std::vector<PartitionOffset>{to});
  rd_kafka_error_t* error = rd_kafka_seek_partitions(handle_->get(), list.get(), 0);
  if (error == nullptr) return base::ok();
  auto failure = error_of(rd_kafka_error_code(error), "seek in " + to.topic, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
  return failure;
}

void GroupMember::commit(const std::vector<PartitionOffset>& next, std::function<void(base::Result<void>)> done) {
  if (auto usable = check_usable(); !usable) return done(usable.error());
  // A commit that meets the group's next generation makes librdkafka take its new assignment for lost.
  if (phase_ != Phase::kAssigned && phase_ != Phase::kRevoking) {
    return done(base::passing(base::Reason::kCancelled, "commit to group " + options_.group + ": nothing is assigned"));
  }
  auto commit = std::make_unique<Commit>(Commit{this, std::move(done)});
  Commit* key = commit.get();
  commits_.emplace(key, std::move(commit));
  auto on_done = [](rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* offsets, void* opaque) {
    auto* own = static_cast<Commit*>(opaque);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && offsets != nullptr) {
      code = static_cast<rd_kafka_resp_err_t>(first_error(*offsets));
    }
    base::Result<void> result = base::ok();
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) result = error_of(code, "commit to group " + own->member->options_.group);
    own->member->on_committed(own, std::move(result));
  };
  auto code = rd_kafka_commit_queue(handle_->get(), list_of(next).get(), events_.get(), on_done, key);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) on_committed(key, error_of(code, "commit to group " + options_.group));
}

void GroupMember::on_committed(Commit* commit, base::Result<void> result) {
  auto own = commits_.extract(commit);
  if (!own.empty()) own.mapped()->done(std::move(result));
}

std::optional<Watermarks> GroupMember::watermarks(const TopicPartition& partition) const {
  if (!check_usable()) return std::nullopt;
  Watermarks marks;
  auto code = rd_kafka_get_watermark_offsets(handle_->get(), partition.topic.c_str(), partition.partition, &marks.low,
                                             &marks.high);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR || marks.high < 0) return std::nullopt;
  return marks;
}

GroupStatus GroupMember::status() const {
  GroupStatus status;
  status.phase = ended_ ? Phase::kClosed : phase_;
  status.partitions = positions_.size();
  if (handle_ != nullptr) {
    status.brokers_down = handle_->vitals().brokers_down();
    status.why_down = handle_->vitals().why_down();
  }
  return status;
}

void GroupMember::end() {
  if (std::exchange(ended_, true)) return;
  watch_.reset();
  positions_.clear();
  for (auto& [key, commit] : std::exchange(commits_, {})) {
    commit->done(base::passing(base::Reason::kCancelled, "commit to group " + options_.group + ": left"));
  }
}

void GroupMember::fail_for_good(int code) {
  rd_kafka_test_fatal_error(handle_->get(), static_cast<rd_kafka_resp_err_t>(code), "asked to");
}

}  // namespace bus::kafka
