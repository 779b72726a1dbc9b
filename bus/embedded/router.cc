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

void Router::dispatch(const std::vector<Fresh>& fresh) {
  for (const auto& appended : fresh) {
    Topic& topic = topics_[appended.topic];
    if (topic.appended == nullptr) topic.appended = &metrics_.appended(appended.topic);
    topic.appended->Increment(static_cast<double>(appended.count));
    for (const auto& stage : topic.readers) stage->offer(appended);
  }
}

}  // namespace bus::embedded
