// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/topic_handles.h"

#include <librdkafka/rdkafka.h>

namespace bus::kafka {

void TopicHandles::Destroy::operator()(rd_kafka_topic_s* topic) const { rd_kafka_topic_destroy(topic); }

rd_kafka_topic_s* TopicHandles::open(rd_kafka_s* client, const std::string& name) {
  std::lock_guard lock(mutex_);
  auto found = topics_.find(name);
  if (found == topics_.end()) {
    rd_kafka_topic_t* topic = rd_kafka_topic_new(client, name.c_str(), nullptr);
    if (topic == nullptr) return nullptr;
    found = topics_.emplace(name, topic).first;
  }
  return found->second.get();
}

}  // namespace bus::kafka
