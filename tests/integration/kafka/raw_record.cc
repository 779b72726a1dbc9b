// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka/raw_record.h"

#include <librdkafka/rdkafka.h>

#include <memory>

namespace acceptance {
namespace {

constexpr int kTimeoutMs = 30'000;

struct Free {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};

void note_failure(rd_kafka_t*, const rd_kafka_message_t* message, void* failed) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) *static_cast<bool*>(failed) = true;
}

}  // namespace

bool produce_raw(const harness::KafkaCluster& kafka, const std::string& topic, std::int32_t partition,
                 const std::string& key, const std::string& value) {
  char error[512];
  bool failed = false;
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", kafka.bootstrap_servers().c_str(), error, sizeof error);
  rd_kafka_conf_set_dr_msg_cb(conf, note_failure);
  rd_kafka_conf_set_opaque(conf, &failed);
  std::unique_ptr<rd_kafka_t, Free> client(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error));
  if (client == nullptr) return false;
  std::unique_ptr<rd_kafka_topic_t, Free> handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (rd_kafka_produce(handle.get(), partition, RD_KAFKA_MSG_F_COPY, const_cast<char*>(value.data()), value.size(),
                       key.data(), key.size(), nullptr) != 0) {
    return false;
  }
  return rd_kafka_flush(client.get(), kTimeoutMs) == RD_KAFKA_RESP_ERR_NO_ERROR && !failed;
}

}  // namespace acceptance
