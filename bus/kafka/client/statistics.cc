// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/statistics.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace bus::kafka {
namespace {

using Json = nlohmann::json;

// Reads the document as it goes by: with many partitions it is large, and little of it is wanted.
class Reader : public Json::json_sax_t {
 public:
  explicit Reader(Statistics& into) : into_(into) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  bool number_integer(std::int64_t number) override {
    on_number(number);
    return true;
  }
  bool number_unsigned(std::uint64_t number) override {
    on_number(static_cast<std::int64_t>(number));
    return true;
  }
  bool string(std::string& text) override {
    if (path_.size() == 3 && path_[0] == "brokers" && path_[2] == "state" && text == "UP") broker_.is_up = true;
    return true;
  }
  bool start_object(std::size_t) override {
    if (path_.size() == 2 && path_[0] == "brokers") {
      broker_ = {};
      node_ = -1;
    }
    path_.emplace_back();
    return true;
  }
  bool key(std::string& name) override {
    path_.back() = name;
    return true;
  }
  bool end_object() override {
    path_.pop_back();
    if (path_.size() == 2 && path_[0] == "brokers") end_broker();
    return true;
  }

 private:
  void end_broker() {
    if (broker_.is_up) ++into_.brokers_up;
    if (node_ >= 0) into_.brokers[node_] = broker_;
  }

  void on_number(std::int64_t number) {
    if (path_.size() == 1) {
      on_client(path_[0], number);
    } else if (path_.size() == 3 && path_[0] == "brokers") {
      on_broker(path_[2], number);
    } else if (path_.size() == 4 && path_[0] == "brokers" && path_[2] == "rtt" && path_[3] == "avg") {
      broker_.rtt_us = number;
    } else if (path_.size() == 5 && path_[0] == "topics" && path_[2] == "partitions" && path_[3] != "-1") {
      on_partition(path_[4], number);
    }
  }

  void on_client(const std::string& name, std::int64_t number) {
    if (name == "msg_cnt") into_.queued_messages = number;
    if (name == "msg_size") into_.queued_bytes = number;
    if (name == "tx_bytes") into_.sent_bytes = number;
    if (name == "rx_bytes") into_.received_bytes = number;
    if (name == "txmsgs") into_.sent_messages = number;
    if (name == "rxmsgs") into_.received_messages = number;
  }

  void on_broker(const std::string& name, std::int64_t number) {
    if (name == "nodeid") node_ = static_cast<std::int32_t>(number);
    if (name == "waitresp_cnt") into_.requests_waiting += number;
    if (name == "txerrs" || name == "rxerrs") into_.request_errors += number;
    if (name == "txretries") into_.request_retries += number;
    if (name == "req_timeouts") into_.request_timeouts += number;
  }

  void on_partition(const std::string& name, std::int64_t number) {
    if (name == "fetchq_cnt") into_.fetched_messages += number;
    if (name == "fetchq_size") into_.fetched_bytes += number;
    if (name == "consumer_lag" && number >= 0) into_.lag[path_[1]] += number;
  }

  Statistics& into_;
  std::vector<std::string> path_;  // The last name read in each object that is open.
  Statistics::Broker broker_;
  std::int32_t node_ = -1;
};

}  // namespace

std::optional<Statistics> parse_statistics(std::string_view json) {
  Statistics statistics;
  Reader reader(statistics);
  if (!Json::sax_parse(json, &reader)) return std::nullopt;
  return statistics;
}

StatisticsMetrics::StatisticsMetrics(std::string client, base::Metrics& metrics)
    : client_(std::move(client)), metrics_(metrics) {}

void StatisticsMetrics::count(const std::string& name, const std::string& help, std::int64_t total) {
  auto& counter = metrics_.counter(name, help, {{"client", client_}});
  // A client that was made anew counts from zero, and so the sum goes on.
  std::int64_t& last = last_[name];
  counter.Increment(static_cast<double>(total >= last ? total - last : total));
  last = total;
}

void StatisticsMetrics::set(const std::string& name, const std::string& help, double value) {
  metrics_.gauge(name, help, {{"client", client_}}).Set(value);
}

void StatisticsMetrics::show(const Statistics& now) {
  set("tocsin_kafka_queued_messages", "Messages neither acknowledged nor failed.",
      static_cast<double>(now.queued_messages));
  set("tocsin_kafka_queued_bytes", "Their bytes.", static_cast<double>(now.queued_bytes));
  set("tocsin_kafka_fetched_messages", "Messages fetched and not yet handled.",
      static_cast<double>(now.fetched_messages));
  set("tocsin_kafka_fetched_bytes", "Their bytes.", static_cast<double>(now.fetched_bytes));
  set("tocsin_kafka_requests_waiting", "Requests that wait for their answer.",
      static_cast<double>(now.requests_waiting));
  count("tocsin_kafka_sent_bytes_total", "Bytes sent to brokers.", now.sent_bytes);
  count("tocsin_kafka_received_bytes_total", "Bytes received from brokers.", now.received_bytes);
  count("tocsin_kafka_sent_messages_total", "Messages sent to brokers.", now.sent_messages);
  count("tocsin_kafka_received_messages_total", "Messages received from brokers.", now.received_messages);
  count("tocsin_kafka_request_errors_total", "Requests that failed.", now.request_errors);
  count("tocsin_kafka_request_retries_total", "Requests sent again.", now.request_retries);
  count("tocsin_kafka_request_timeouts_total", "Requests without an answer in time.", now.request_timeouts);
  for (const auto& [node, broker] : now.brokers) {
    base::MetricLabels labels{{"client", client_}, {"broker", std::to_string(node)}};
    metrics_.gauge("tocsin_kafka_broker_up", "1 while connected to the broker.", labels).Set(broker.is_up ? 1 : 0);
    metrics_.gauge("tocsin_kafka_broker_rtt_seconds", "Mean time of an answer.", labels)
        .Set(static_cast<double>(broker.rtt_us) / 1e6);
  }
  for (const auto& [topic, lag] : now.lag) {
    metrics_
        .gauge("tocsin_kafka_consumer_lag", "Records between the position and the end of the topic.",
               {{"client", client_}, {"topic", topic}})
        .Set(static_cast<double>(lag));
  }
}

}  // namespace bus::kafka
