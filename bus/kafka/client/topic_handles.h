// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

struct rd_kafka_s;
struct rd_kafka_topic_s;

namespace bus::kafka {

// The topics that a client produces to. librdkafka asks for the leaders of a topic that is opened as soon as it is; of
// one that is only named in a message it learns in its next round of every second, and the message waits for that
// (librdkafka 2.0.2, rd_kafka_topic_new against rd_kafka_producev). Thread-safe.
class TopicHandles {
 public:
  // Null where librdkafka refuses the name; rd_kafka_last_error() tells why. Good as long as this, which must go before
  // the client does.
  rd_kafka_topic_s* open(rd_kafka_s* client, const std::string& name);

 private:
  struct Destroy {
    void operator()(rd_kafka_topic_s* topic) const;
  };

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<rd_kafka_topic_s, Destroy>> topics_;  // As many as the pipeline has.
};

}  // namespace bus::kafka
