// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/heads.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace bus::kafka {

Heads::Heads(base::Executor loop, stage::Work& work, Tell tell)
    : loop_(std::move(loop)), work_(work), tell_(std::move(tell)) {}

void Heads::note(const std::string& kafka_topic, std::int32_t partition, std::int64_t next) {
  {
    std::lock_guard lock(mutex_);
    bool is_told_soon = !noted_.empty();
    auto& head = noted_[{kafka_topic, partition}];
    head = std::max(head, next);
    if (is_told_soon) return;
    work_.add();
  }
  boost::asio::post(loop_, [this] { tell_all(); });
}

void Heads::tell_all() {
  decltype(noted_) noted;
  {
    std::lock_guard lock(mutex_);
    noted.swap(noted_);
  }
  for (const auto& [partition, next] : noted) tell_(partition.first, partition.second, next);
  work_.done();
}

}  // namespace bus::kafka
