// SPDX-License-Identifier: Apache-2.0
// kafka_produce SERVERS FROM_TOPIC TO_TOPIC SECONDS RATE IN_FLIGHT
// What librdkafka alone does with our records: takes the newest records of FROM_TOPIC and produces them to TO_TOPIC,
// over and over, idempotent, acks=all, compressed as tocsin does. RATE 0 is as fast as it goes, with a linger that
// makes full batches. IN_FLIGHT 0 lets as much wait for acknowledgement as librdkafka holds; a number bounds it, as
// connections that wait for their answers do, and then nothing lingers.
//   RATE ... P50_MS ... P99_MS ...      acknowledged records a second, and from produce() to the acknowledgement
// kafka_produce SERVERS --create TOPIC... makes topics of 12 partitions.
#include <librdkafka/rdkafka.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kDifferentRecords = 64;  // As many as bench/alerts.lua has bodies.
constexpr int kRecordsOfAPartition = 8;        // So that they go to as many partitions as tocsin's do.
constexpr int kPartitions = 12;
constexpr int kTimeoutMs = 20'000;
// Asleep shorter than this, a steady rate would burn the processor that the broker needs.
constexpr Milliseconds kShortestSleep{1};

struct Record {
  std::string key;
  std::string value;
};

struct Free {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Client = std::unique_ptr<rd_kafka_t, Free>;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "kafka_produce: %s\n", what.c_str());
  std::exit(1);
}

// Counts acknowledgements; each message's opaque is when it was produced.
struct Acknowledged {
  std::vector<double> took;
  std::size_t failed = 0;
  std::size_t answers() const { return took.size() + failed; }
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& acknowledged = *static_cast<Acknowledged*>(opaque);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++acknowledged.failed;
    return;
  }
  steady_clock::time_point produced(steady_clock::duration(reinterpret_cast<std::intptr_t>(message->_private)));
  acknowledged.took.push_back(Milliseconds(steady_clock::now() - produced).count());
}

Client make_client(rd_kafka_type_t type, const std::vector<std::pair<const char*, std::string>>& settings,
                   Acknowledged* acknowledged = nullptr) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[512] = "";
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), error, sizeof error) != RD_KAFKA_CONF_OK) fail(error);
  }
  if (acknowledged != nullptr) {
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, acknowledged);
  }
  Client client(rd_kafka_new(type, conf, error, sizeof error));
  if (client == nullptr) fail(error);
  return client;
}

void create_topics(const std::string& servers, char** first, char** last) {
  Client client = make_client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", servers}});
  std::vector<rd_kafka_NewTopic_t*> topics;
  for (char** name = first; name != last; ++name) {
    topics.push_back(rd_kafka_NewTopic_new(*name, kPartitions, -1, nullptr, 0));
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
  rd_kafka_CreateTopics(client.get(), topics.data(), topics.size(), nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kTimeoutMs);
  if (event == nullptr || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) fail("the topics can't be made");
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy_array(topics.data(), topics.size());
}

std::vector<Record> records_of(const std::string& servers, const char* topic) {
  Client client = make_client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", servers},
                                                  {"group.id", "kafka_produce"},
                                                  {"enable.auto.commit", "false"},
                                                  {"auto.offset.reset", "earliest"}});
  rd_kafka_poll_set_consumer(client.get());
  rd_kafka_topic_partition_list_t* partitions = rd_kafka_topic_partition_list_new(kPartitions);
  for (int i = 0; i < kPartitions; ++i) {
    auto* partition = rd_kafka_topic_partition_list_add(partitions, topic, i);
    partition->offset = RD_KAFKA_OFFSET_TAIL(kRecordsOfAPartition);
  }
  rd_kafka_assign(client.get(), partitions);
  rd_kafka_topic_partition_list_destroy(partitions);
  std::vector<Record> records;
  auto end = steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
  while (records.size() < kDifferentRecords && steady_clock::now() < end) {
    std::unique_ptr<rd_kafka_message_t, Free> message(rd_kafka_consumer_poll(client.get(), 100));
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    records.push_back({std::string(static_cast<const char*>(message->key), message->key_len),
                       std::string(static_cast<const char*>(message->payload), message->len)});
  }
  rd_kafka_consumer_close(client.get());
  if (records.empty()) fail(std::string("there is nothing in ") + topic);
  return records;
}

void produce(rd_kafka_t* client, rd_kafka_topic_t* topic, const Record& record) {
  void* now = reinterpret_cast<void*>(steady_clock::now().time_since_epoch().count());
  while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, const_cast<char*>(record.value.data()),
                          record.value.size(), record.key.data(), record.key.size(), now) != 0) {
    if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) fail(rd_kafka_err2str(rd_kafka_last_error()));
    rd_kafka_poll(client, 10);
  }
}

void measure(const std::string& servers, const char* name, const std::vector<Record>& records, double seconds,
             double rate, std::size_t in_flight) {
  Acknowledged acknowledged;
  Client client = make_client(RD_KAFKA_PRODUCER,
                              {{"bootstrap.servers", servers},
                               {"enable.idempotence", "true"},
                               {"acks", "all"},
                               {"partitioner", "murmur2_random"},
                               {"compression.codec", "lz4"},
                               {"linger.ms", rate > 0 || in_flight > 0 ? "0" : "2"}},
                              &acknowledged);
  std::unique_ptr<rd_kafka_topic_t, Free> topic(rd_kafka_topic_new(client.get(), name, nullptr));
  auto began = steady_clock::now();
  std::size_t produced = 0;
  for (;;) {
    double passed = std::chrono::duration<double>(steady_clock::now() - began).count();
    if (passed >= seconds) break;
    auto due = rate > 0 ? static_cast<std::size_t>(passed * rate) : produced + kDifferentRecords;
    if (in_flight > 0) due = std::min(due, acknowledged.answers() + in_flight);
    for (; produced < due; ++produced) produce(client.get(), topic.get(), records[produced % records.size()]);
    rd_kafka_poll(client.get(), rate > 0 || in_flight > 0 ? static_cast<int>(kShortestSleep.count()) : 0);
  }
  rd_kafka_flush(client.get(), kTimeoutMs);
  double passed = std::chrono::duration<double>(steady_clock::now() - began).count();
  auto& took = acknowledged.took;
  if (took.empty()) fail("nothing was acknowledged");
  std::sort(took.begin(), took.end());
  std::printf("RATE %.1f P50_MS %.2f P99_MS %.2f\n", static_cast<double>(took.size()) / passed, took[took.size() / 2],
              took[(took.size() - 1) * 99 / 100]);
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 3 && std::strcmp(arguments[2], "--create") == 0) {
    create_topics(arguments[1], arguments + 3, arguments + count);
    return 0;
  }
  if (count != 7) {
    std::fprintf(
        stderr,
        "usage: kafka_produce SERVERS FROM_TOPIC TO_TOPIC SECONDS RATE IN_FLIGHT | SERVERS --create TOPIC...\n");
    return 2;
  }
  measure(arguments[1], arguments[3], records_of(arguments[1], arguments[2]), std::atof(arguments[4]),
          std::atof(arguments[5]), static_cast<std::size_t>(std::atol(arguments[6])));
}
