// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace fakes {

// A Kafka cluster inside this process (librdkafka's mock), with levers. It listens on 127.0.0.1, so that other
// processes can use it too. It keeps 5 MB a partition, knows no compaction, no topic administration, no lookup by time;
// topics that are asked for come into being with 4 partitions.
class MockKafka {
 public:
  explicit MockKafka(int brokers = 1)
      : handle_(make_handle()), cluster_(rd_kafka_mock_cluster_new(handle_.get(), brokers)) {
    if (!cluster_) std::abort();
  }

  std::string bootstrap_servers() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }

  void create_topic(const std::string& topic, int partitions, int replication = 1) {
    check(rd_kafka_mock_topic_create(cluster_.get(), topic.c_str(), partitions, replication));
  }

  // Brokers count from 1. A broker that is down refuses connections and drops those it has.
  void set_down(int broker) { check(rd_kafka_mock_broker_set_down(cluster_.get(), broker)); }
  void set_up(int broker) { check(rd_kafka_mock_broker_set_up(cluster_.get(), broker)); }
  // How long each answer takes.
  void set_rtt(int broker, std::chrono::milliseconds rtt) {
    check(rd_kafka_mock_broker_set_rtt(cluster_.get(), broker, static_cast<int>(rtt.count())));
  }
  // -1: no leader.
  void set_leader(const std::string& topic, int partition, int broker) {
    check(rd_kafka_mock_partition_set_leader(cluster_.get(), topic.c_str(), partition, broker));
  }
  void set_group_coordinator(const std::string& group, int broker) {
    check(rd_kafka_mock_coordinator_set(cluster_.get(), "group", group.c_str(), broker));
  }
  void set_topic_error(const std::string& topic, rd_kafka_resp_err_t error) {
    rd_kafka_mock_topic_set_error(cluster_.get(), topic.c_str(), error);
  }

  // Requests by number: https://kafka.apache.org/protocol#protocol_api_keys
  enum Request : std::int16_t {
    kProduce = 0,
    kFetch = 1,
    kMetadata = 3,
    kOffsetCommit = 8,
    kJoinGroup = 11,
    kHeartbeat = 12
  };
  // The next requests of this kind, to any broker, are answered with these errors. RD_KAFKA_RESP_ERR__TRANSPORT: the
  // connection is cut instead. The mock checks sequence numbers of transactional producers only: of others it stores a
  // batch although the one before it was refused, as a broker does that knows nothing of the producer yet.
  // https://github.com/confluentinc/librdkafka/blob/v2.0.2/src/rdkafka_mock.c (rd_kafka_mock_validate_records)
  void push_errors(Request request, std::vector<rd_kafka_resp_err_t> errors) {
    rd_kafka_mock_push_request_errors_array(cluster_.get(), request, errors.size(), errors.data());
  }
  void clear_errors(Request request) { rd_kafka_mock_clear_request_errors(cluster_.get(), request); }

 private:
  struct DestroyHandle {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  };
  struct DestroyCluster {
    void operator()(rd_kafka_mock_cluster_t* cluster) const { rd_kafka_mock_cluster_destroy(cluster); }
  };

  static rd_kafka_t* make_handle() {
    char text[256];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, nullptr);
    rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (handle == nullptr) std::abort();
    return handle;
  }
  static void check(rd_kafka_resp_err_t error) {
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) std::abort();
  }

  std::unique_ptr<rd_kafka_t, DestroyHandle> handle_;
  std::unique_ptr<rd_kafka_mock_cluster_t, DestroyCluster> cluster_;
};

}  // namespace fakes
