// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/positions.h"

#include <utility>

namespace bus::kafka {

void Positions::assign(const std::vector<PartitionOffset>& from, bool paused) {
  topics_.clear();
  for (const PartitionOffset& start : from)
    topics_[start.topic][start.partition] = {.next = start.offset, .paused = paused};
}

void Positions::pause(const TopicPartition& partition, bool paused) {
  if (Position* position = find(partition.topic, partition.partition)) {
    position->paused = paused;
    if (!paused) position->skipped = false;
  }
}

void Positions::start_at(const PartitionOffset& from) {
  if (Position* position = find(from.topic, from.partition)) *position = {.next = from.offset, .sought = true};
}

Positions::Verdict Positions::take(std::string_view topic, std::int32_t partition, std::int64_t offset) {
  Position* position = find(topic, partition);
  if (position == nullptr) return Verdict::kIgnore;
  if (position->paused) {
    position->skipped = true;
    if (position->next < 0) position->next = offset;
    return Verdict::kIgnore;
  }
  bool is_sought = std::exchange(position->sought, false);
  bool is_next = position->next < 0 || offset == position->next;
  // A seek that came before the partition was started is lost, and librdkafka passes over what it can't read: once
  // more. A second time there is nothing in between: retention removed it, or it is no message.
  if (!is_next && (is_sought || offset > position->next) && std::exchange(position->gap, offset) != offset) {
    return Verdict::kSeek;
  }
  if (offset < position->next) return Verdict::kIgnore;
  position->next = offset + 1;
  position->gap = -1;
  return Verdict::kHandOver;
}

bool Positions::must_seek(const TopicPartition& partition) const {
  const Position* position = find(partition.topic, partition.partition);
  return position != nullptr && position->skipped && position->next >= 0;
}

std::int64_t Positions::next(std::string_view topic, std::int32_t partition) const {
  const Position* position = find(topic, partition);
  return position == nullptr ? kOldest : position->next;
}

std::vector<TopicPartition> Positions::all() const {
  std::vector<TopicPartition> all;
  for (const auto& [topic, partitions] : topics_) {
    for (const auto& [partition, position] : partitions) all.push_back({topic, partition});
  }
  return all;
}

std::size_t Positions::size() const {
  std::size_t count = 0;
  for (const auto& [topic, partitions] : topics_) count += partitions.size();
  return count;
}

const Positions::Position* Positions::find(std::string_view topic, std::int32_t partition) const {
  auto partitions = topics_.find(topic);
  if (partitions == topics_.end()) return nullptr;
  auto position = partitions->second.find(partition);
  return position == partitions->second.end() ? nullptr : &position->second;
}

Positions::Position* Positions::find(std::string_view topic, std::int32_t partition) {
  return const_cast<Position*>(std::as_const(*this).find(topic, partition));
}

}  // namespace bus::kafka
