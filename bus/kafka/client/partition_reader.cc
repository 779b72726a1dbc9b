// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/partition_reader.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <utility>

#include "base/run_on.h"
#include "bus/kafka/client/client_error.h"
#include "bus/kafka/client/connection_state.h"
#include "bus/kafka/client/range_read.h"
#include "bus/kafka/client/views.h"

namespace bus::kafka {
namespace {

namespace asio = boost::asio;
using StatePtr = std::shared_ptr<Connection::State>;
using Offsets = std::vector<std::int64_t>;

// Partitions that no other read of the connection may touch meanwhile.
class Claim {
 public:
  Claim(StatePtr state, const std::vector<ReadRange>& ranges) : state_(std::move(state)) {
    for (const ReadRange& range : ranges) {
      TopicPartition partition{range.topic, range.partition};
      if (!state_->being_read.insert(partition).second) {
        refused_ = range.topic + "/" + std::to_string(range.partition);
      } else {
        mine_.push_back(std::move(partition));
      }
    }
  }
  ~Claim() {
    for (const TopicPartition& partition : mine_) state_->being_read.erase(partition);
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  // Empty: all are ours.
  const std::string& refused() const { return refused_; }

 private:
  StatePtr state_;
  std::vector<TopicPartition> mine_;
  std::string refused_;
};

// Offsets that belong to times, or to kOldest and kNewest, which the protocol takes in place of a time.
// https://kafka.apache.org/protocol#The_Messages_ListOffsets
base::Result<Offsets> look_up(rd_kafka_t* client, const std::vector<TopicPartition>& partitions, std::int64_t at,
                              int timeout_ms) {
  auto list = list_of(partitions);
  for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = at;
  auto code = rd_kafka_offsets_for_times(client, list.get(), timeout_ms);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = static_cast<rd_kafka_resp_err_t>(first_error(*list));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "look up offsets");
  Offsets offsets;
  // The list comes back in the order in which leaders answered.
  for (const TopicPartition& partition : partitions) {
    auto* found = rd_kafka_topic_partition_list_find(list.get(), partition.topic.c_str(), partition.partition);
    offsets.push_back(found->offset);
  }
  return offsets;
}

base::Task<base::Result<Offsets>> offsets_of(StatePtr state, std::vector<TopicPartition> partitions, std::int64_t at,
                                             base::Deadline deadline) {
  Question<Offsets> question = [partitions = std::move(partitions), at](rd_kafka_t* client, int timeout_ms) {
    return look_up(client, partitions, at, timeout_ms);
  };
  co_return co_await ask<Offsets>(state->handle, std::move(question), deadline);
}

base::Task<base::Result<std::vector<Watermarks>>> watermarks_of(StatePtr state, std::vector<TopicPartition> partitions,
                                                                base::Deadline deadline) {
  BOOST_OUTCOME_CO_TRY(auto low, co_await offsets_of(state, partitions, kOldest, deadline));
  BOOST_OUTCOME_CO_TRY(auto high, co_await offsets_of(state, partitions, kNewest, deadline));
  std::vector<Watermarks> marks;
  for (std::size_t i = 0; i < partitions.size(); ++i) marks.push_back({low[i], high[i]});
  co_return marks;
}

std::vector<TopicPartition> partitions_of(const std::vector<ReadRange>& ranges) {
  std::vector<TopicPartition> partitions;
  for (const ReadRange& range : ranges) partitions.push_back({range.topic, range.partition});
  return partitions;
}

// Leaves out what is empty, and begins no earlier than the topic does.
base::Result<void> fit(std::vector<ReadRange>& ranges, const std::vector<Watermarks>& marks) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ReadRange& range = ranges[i];
    if (range.from == kNewest) range.from = marks[i].high;
    if (range.from > marks[i].high) {
      return base::permanent(base::Reason::kNoData, range.topic + " ends at " + std::to_string(marks[i].high) +
                                                        ", before " + std::to_string(range.from) +
                                                        ": it was made anew");
    }
    range.from = std::max(range.from, marks[i].low);
  }
  std::erase_if(ranges, [](const ReadRange& range) { return range.from >= range.end; });
  return base::ok();
}

base::Task<base::Result<void>> read_all(StatePtr state, std::vector<ReadRange> ranges, Visitor visit,
                                        base::Deadline deadline) {
  if (ranges.empty()) co_return base::ok();
  Claim claim(state, ranges);
  if (!claim.refused().empty()) {
    co_return base::permanent(base::Reason::kBadRequest, claim.refused() + " is being read already");
  }
  BOOST_OUTCOME_CO_TRY(auto marks, co_await watermarks_of(state, partitions_of(ranges), deadline));
  BOOST_OUTCOME_CO_TRY(fit(ranges, marks));
  if (ranges.empty()) co_return base::ok();
  RangeRead read(state->handle, state->executor, std::move(ranges), std::move(visit));
  co_return co_await read.run(deadline);
}

}  // namespace

PartitionReader::PartitionReader(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

base::Task<base::Result<void>> PartitionReader::read(std::vector<ReadRange> ranges, Visitor visit,
                                                     base::Deadline deadline) {
  auto state = connection_->state();
  co_return co_await base::run_on(state->executor, read_all(state, std::move(ranges), std::move(visit), deadline));
}

base::Task<base::Result<std::vector<Watermarks>>> PartitionReader::watermarks(std::vector<TopicPartition> partitions,
                                                                              base::Deadline deadline) {
  co_return co_await watermarks_of(connection_->state(), std::move(partitions), deadline);
}

base::Task<base::Result<Watermarks>> PartitionReader::watermarks(TopicPartition partition, base::Deadline deadline) {
  std::vector<TopicPartition> one{std::move(partition)};
  BOOST_OUTCOME_CO_TRY(auto marks, co_await watermarks_of(connection_->state(), std::move(one), deadline));
  co_return marks.front();
}

base::Task<base::Result<std::vector<std::int64_t>>> PartitionReader::offsets_at(std::vector<TopicPartition> partitions,
                                                                                base::Time at,
                                                                                base::Deadline deadline) {
  auto state = connection_->state();
  auto since_epoch = std::chrono::ceil<std::chrono::milliseconds>(at.time_since_epoch()).count();
  BOOST_OUTCOME_CO_TRY(auto found,
                       co_await offsets_of(state, partitions, std::max<std::int64_t>(since_epoch, 0), deadline));
  BOOST_OUTCOME_CO_TRY(auto ends, co_await offsets_of(state, std::move(partitions), kNewest, deadline));
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] < 0) found[i] = ends[i];
  }
  co_return found;
}

}  // namespace bus::kafka
