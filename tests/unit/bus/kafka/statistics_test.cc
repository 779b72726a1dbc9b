// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/statistics.h"

#include <gtest/gtest.h>

namespace bus::kafka {
namespace {

constexpr std::string_view kDocument =
    R"({"name": "rdkafka#consumer-1", "type": "consumer", "msg_cnt": 3, "msg_size": 300,
 "tx_bytes": 1000, "rx_bytes": 2000, "txmsgs": 5, "rxmsgs": 7,
 "brokers": {
  "a:9092/bootstrap": {"nodeid": -1, "state": "DOWN", "waitresp_cnt": 0, "rtt": {"avg": 0, "cnt": 0}},
  "a:9092/1": {"nodeid": 1, "state": "UP", "waitresp_cnt": 2, "txerrs": 1, "rxerrs": 2, "txretries": 4, "req_timeouts": 1,
               "rtt": {"min": 1, "avg": 1500, "cnt": 3}, "toppars": {"t-0": {"topic": "t", "partition": 0}}},
  "b:9092/2": {"nodeid": 2, "state": "CONNECT", "waitresp_cnt": 0, "rtt": {"avg": 9}}},
 "topics": {"t": {"topic": "t", "age": 4, "batchsize": {"avg": 3}, "partitions": {
   "0": {"partition": 0, "consumer_lag": 10, "fetchq_cnt": 4, "fetchq_size": 40},
   "1": {"partition": 1, "consumer_lag": -1, "fetchq_cnt": 1, "fetchq_size": 10},
   "2": {"partition": 2, "consumer_lag": 5, "fetchq_cnt": 0, "fetchq_size": 0},
   "-1": {"partition": -1, "consumer_lag": 99, "fetchq_cnt": 99, "fetchq_size": 99}}}},
 "cgrp": {"state": "up", "rebalance_cnt": 1}})";

TEST(KafkaStatistics, ReadsWhatBecomesMetrics) {
  auto read = parse_statistics(kDocument);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->queued_messages, 3);
  EXPECT_EQ(read->sent_bytes, 1000);
  EXPECT_EQ(read->received_messages, 7);
  EXPECT_EQ(read->requests_waiting, 2);
  EXPECT_EQ(read->request_errors, 3);
  EXPECT_EQ(read->request_retries, 4);
  EXPECT_EQ(read->brokers_up, 1);
  ASSERT_EQ(read->brokers.size(), 2u);
  EXPECT_TRUE(read->brokers[1].is_up);
  EXPECT_EQ(read->brokers[1].rtt_us, 1500);
  EXPECT_FALSE(read->brokers[2].is_up);
  EXPECT_EQ(read->fetched_messages, 5);
  EXPECT_EQ(read->lag["t"], 15);
}

TEST(KafkaStatistics, ReadsNothingFromABrokenDocument) {
  EXPECT_FALSE(parse_statistics(kDocument.substr(0, kDocument.size() / 2)));
  EXPECT_FALSE(parse_statistics(""));
  EXPECT_TRUE(parse_statistics("[]"));
}

TEST(KafkaStatistics, CountsOnWhenAClientIsMadeAnew) {
  base::Metrics metrics;
  Statistics statistics;
  statistics.sent_messages = 10;

  StatisticsMetrics("intake", metrics).show(statistics);
  StatisticsMetrics("intake", metrics).show(statistics);

  EXPECT_NE(metrics.expose().find("tocsin_kafka_sent_messages_total{client=\"intake\"} 20"), std::string::npos);
}

}  // namespace
}  // namespace bus::kafka
