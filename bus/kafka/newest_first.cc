// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/newest_first.h"

#include <algorithm>

namespace bus::kafka {

namespace {

// Before a window, for records whose first chunks lie there: 32 MB are 34 messages, with those of others in between.
constexpr std::int64_t kChunkSlack = 256;

std::size_t size_of(const Record& record) { return record.key.size() + record.value.size() + sizeof(Record); }

}  // namespace

base::Result<void> NewestFirst::visit(const std::function<bool(const Record&)>& visit) {
  BOOST_OUTCOME_TRY(auto extents, look_.extents(topic_));
  std::vector<Partition> partitions;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    partitions.push_back({static_cast<std::int32_t>(i), extents[i].low, extents[i].high, kFirstWindow, {}, 0});
  }
  share_ = kMaxBytes / std::max<std::size_t>(1, partitions.size());
  while (true) {
    Partition* newest = nullptr;
    for (Partition& partition : partitions) {
      BOOST_OUTCOME_TRY(fill(partition));
      if (partition.records.empty()) continue;
      if (newest == nullptr || newest->records.back().time < partition.records.back().time) newest = &partition;
    }
    if (newest == nullptr) return base::ok();
    Record record = std::move(newest->records.back());
    newest->records.pop_back();
    newest->bytes -= size_of(record);
    if (!visit(record)) return base::ok();
  }
}

// Until there is a record, or nothing is left.
base::Result<void> NewestFirst::fill(Partition& partition) {
  while (partition.records.empty() && partition.from > partition.low) {
    std::int64_t from = std::max(partition.low, partition.from - partition.window);
    BOOST_OUTCOME_TRY(read_window(partition, from, std::min(kChunkSlack, from - partition.low)));
    partition.window = std::min(partition.window * 2, kLargestWindow);
  }
  return base::ok();
}

base::Result<void> NewestFirst::read_window(Partition& partition, std::int64_t from, std::int64_t slack) {
  std::int64_t end = std::exchange(partition.from, from);
  bool first_is_whole = false;
  auto take = [&](FoundRecord found) {
    first_is_whole = first_is_whole || found.record.offset == from;
    if (found.record.offset >= from) keep(partition, std::move(found.record));
    return true;
  };
  BOOST_OUTCOME_TRY(look_.scan(topic_, partition.number, from, end, take));
  if (first_is_whole || slack == 0) return base::ok();
  // The window may begin within a large record.
  partition.records.clear();
  partition.bytes = 0;
  partition.from = from;
  return look_.scan(topic_, partition.number, from - slack, end, take);
}

// The oldest give way: they are read again with the next window.
void NewestFirst::keep(Partition& partition, Record record) {
  partition.bytes += size_of(record);
  partition.records.push_back(std::move(record));
  while (partition.bytes > share_ && partition.records.size() > 1) {
    partition.bytes -= size_of(partition.records.front());
    partition.from = partition.records.front().offset + 1;
    partition.records.pop_front();
  }
}

}  // namespace bus::kafka
