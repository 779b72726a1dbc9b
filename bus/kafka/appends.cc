// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/appends.h"

#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "base/run_on.h"
#include "bus/kafka/topics.h"
#include "bus/stage/call.h"
#include "bus/stage/completion.h"

namespace bus::kafka {

namespace {

using Outcome = base::Result<void>;

// Whoever appended may try again, whatever became of it, unless the record is at fault.
base::Error refusal(base::Error error) {
  if (error.reason == base::Reason::kTooLarge || error.reason == base::Reason::kFull) return error;
  return base::passing(base::Reason::kUnavailable, "Kafka did not take it: " + error.message);
}

base::Result<void> check_size(const Outgoing& record) {
  std::size_t bytes = record.key.size() + record.value.size();
  if (bytes <= stage::kMaxRecordBytes) return base::ok();
  return base::permanent(base::Reason::kTooLarge, "a record of " + std::to_string(bytes) + " bytes; at most " +
                                                      std::to_string(stage::kMaxRecordBytes));
}

}  // namespace

Appends::Appends(Cluster& cluster)
    : cluster_(cluster),
      refused_(cluster.metrics().counter("tocsin_bus_refused_appends_total",
                                         "Appends refused because the log was full or failing.")),
      seconds_(cluster.metrics().seconds("tocsin_kafka_append_seconds",
                                         "From an append to the acknowledgement of its last record.")) {}

base::Task<Outcome> Appends::append(std::vector<Outgoing> records, std::vector<Count> counts) {
  if (records.empty() && !counts.empty()) {
    co_return base::permanent(base::Reason::kBadRequest, "counts need a record to ride on");
  }
  for (const auto& record : records) {
    BOOST_OUTCOME_CO_TRY(check_size(record));
  }
  auto begun = std::chrono::steady_clock::now();
  Outcome outcome = co_await find_topics(records);
  if (outcome) {
    BOOST_OUTCOME_CO_TRY(auto messages, messages_of(std::move(records), std::move(counts)));
    outcome = co_await send(std::move(messages));
  }
  if (!outcome) {
    refused_.Increment();
    co_return refusal(outcome.error());
  }
  seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  co_return base::ok();
}

base::Task<Outcome> Appends::find_topics(const std::vector<Outgoing>& records) {
  if (cluster_.brokers_down()) {
    co_return base::passing(base::Reason::kUnavailable, "no broker can be reached");
  }
  std::set<std::string> topics;
  for (const auto& record : records) topics.insert(record.topic);
  for (const auto& topic : topics) {
    if (co_await find_topic(topic)) continue;
    co_return base::passing(base::Reason::kUnavailable, "topic " + topic + ": " + cluster_.trouble());
  }
  co_return base::ok();
}

base::Task<bool> Appends::find_topic(const std::string& topic) {
  if (known_.contains(topic)) co_return true;
  auto spec = record_topic(cluster_.options(), topic);
  if (!co_await base::run_on(cluster_.loop(), cluster_.topic_soon(std::move(spec)))) co_return false;
  known_.insert(topic);
  co_return true;
}

base::Result<std::vector<Message>> Appends::messages_of(std::vector<Outgoing> records, std::vector<Count> counts) {
  std::vector<Message> all;
  base::Time now = cluster_.clock().now();
  for (auto& record : records) {
    Envelope envelope{std::move(record.key), std::move(record.value), now, {}, {}};
    if (&record == &records.back()) envelope.counts = std::move(counts);
    BOOST_OUTCOME_TRY(auto messages, wire_.messages(topic_name(cluster_.options(), record.topic), std::move(envelope)));
    std::move(messages.begin(), messages.end(), std::back_inserter(all));
  }
  return all;
}

base::Task<Outcome> Appends::send(std::vector<Message> messages) {
  if (messages.empty()) co_return base::ok();
  struct Pending {
    std::size_t unanswered;
    Outcome outcome = base::ok();
  };
  co_return co_await stage::suspend<Outcome>([&](stage::Completion<Outcome> done) {
    auto pending = std::make_shared<Pending>(Pending{messages.size()});
    for (auto& message : messages) {
      cluster_.produce_intake(std::move(message), [pending, done](const base::Result<Delivery>& delivered) {
        if (!delivered && pending->outcome) pending->outcome = delivered.error();
        if (--pending->unanswered == 0) done(pending->outcome);
      });
    }
  });
}

}  // namespace bus::kafka
