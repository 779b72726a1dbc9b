// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/router.h"

namespace bus::embedded {

void Router::add(Store& store, const std::shared_ptr<Stage>& stage) {
  for (const auto& topic : stage->spec().inputs) {
    topics_[topic].readers.push_back(stage);
    store.want(topic, 1);
  }
}

void Router::remove(Store& store, const Stage& stage) {
  for (const auto& topic : stage.spec().inputs) {
    auto removed = std::erase_if(topics_[topic].readers, [&](const auto& reader) { return reader.get() == &stage; });
    store.want(topic, -static_cast<int>(removed));
  }
  store.leave(stage.id());
}

std::vector<Fresh> Router::dispatch(std::vector<Fresh> fresh) {
  std::vector<Fresh> later;
  for (auto& appended : fresh) {
    Topic& topic = topics_[appended.topic];
    if (topic.appended == nullptr) topic.appended = &metrics_.appended(appended.topic);
    topic.appended->Increment(static_cast<double>(appended.count));
    bool is_wanted_synced = false;
    for (const auto& stage : topic.readers) {
      is_wanted_synced |= stage->spec().acts_outside;
      if (!stage->spec().acts_outside) stage->offer(appended);
    }
    if (is_wanted_synced) later.push_back(std::move(appended));
  }
  return later;
}

void Router::dispatch_synced(const std::vector<Fresh>& fresh) {
  for (const auto& appended : fresh) {
    for (const auto& stage : topics_[appended.topic].readers) {
      if (stage->spec().acts_outside) stage->offer(appended);
    }
  }
}

}  // namespace bus::embedded
