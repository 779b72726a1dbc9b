// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/broadcasts.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/log.h"
#include "bus/kafka/compression.h"
#include "bus/kafka/topics.h"

namespace bus::kafka {

namespace {

constexpr base::Backoff kBackoff{std::chrono::milliseconds(100), std::chrono::milliseconds(5000)};
constexpr std::chrono::seconds kAskPatience(10);
// A table is bounded: reading it whole takes seconds at most.
constexpr std::chrono::seconds kReadPatience(120);
// Between looks whether tables are whole.
constexpr std::chrono::milliseconds kLook(20);

}  // namespace

Broadcasts::Broadcasts(Cluster& cluster) : cluster_(cluster), tasks_(cluster.loop()) {}

std::shared_ptr<stage::NewestTable> Broadcasts::table(const std::string& topic, std::size_t max_entries) {
  std::lock_guard lock(mutex_);
  auto& entry = topics_[topic];
  if (!entry) {
    entry = std::make_shared<Topic>();
    entry->name = topic;
  }
  entry->table->bound(max_entries);
  return entry->table;
}

std::vector<std::shared_ptr<Broadcasts::Topic>> Broadcasts::topics() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Topic>> all;
  for (const auto& [name, topic] : topics_) all.push_back(topic);
  return all;
}

void Broadcasts::read_all() {
  for (const auto& topic : topics()) {
    if (!std::exchange(topic->is_read, true)) tasks_.spawn(read(topic));
  }
}

base::Task<void> Broadcasts::whole() {
  read_all();
  boost::asio::steady_timer pause(cluster_.loop());
  for (const auto& topic : topics()) {
    while (!topic->is_whole) {
      pause.expires_after(kLook);
      co_await pause.async_wait(boost::asio::use_awaitable);
    }
  }
}

base::Task<void> Broadcasts::read(std::shared_ptr<Topic> topic) {
  co_await cluster_.partitions_of(broadcast_topic(cluster_.options(), topic->name));
  boost::asio::steady_timer pause(cluster_.loop());
  for (int attempt = 1;; ++attempt) {
    auto ended = co_await read_from(*topic, kOldest);
    if (!ended) {
      base::log::warn("bus: can't read a broadcast topic", {{"topic", topic->name}, {"error", ended.error().message}});
    }
    pause.expires_after(kBackoff.wait(attempt, cluster_.rng()));
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
}

base::Task<base::Result<void>> Broadcasts::read_from(Topic& topic, std::int64_t from) {
  std::string name = topic_name(cluster_.options(), topic.name);
  auto visit = [&topic](const MessageView& message) {
    auto marks = read_marks(message);
    if (!marks) return true;
    auto value = message.value && marks.value().compressed
                     ? decompress(*message.value, kMaxValueBytes)
                     : base::Result<std::string>(std::string(message.value.value_or("")));
    if (value) topic.table->set(std::string(message.key), message.offset, std::move(value.value()));
    return true;
  };
  BOOST_OUTCOME_CO_TRY(auto ends,
                       co_await cluster_.reader().watermarks(TopicPartition{name, 0}, base::in(kAskPatience)));
  if (ends.high > ends.low) {
    BOOST_OUTCOME_CO_TRY(co_await cluster_.reader().read({{name, 0, from, ends.high}}, visit, base::in(kReadPatience)));
  }
  topic.is_whole = true;
  co_return co_await cluster_.reader().read({{name, 0, ends.high, ReadRange::kForever}}, visit, base::Deadline::max());
}

base::Task<base::Result<std::int64_t>> Broadcasts::write(std::string topic, std::string key, std::string value) {
  std::vector<Message> messages;
  std::string name = topic_name(cluster_.options(), topic);
  if (value.empty()) {
    messages.push_back({name, 0, std::move(key), std::nullopt, {}});
  } else {
    BOOST_OUTCOME_CO_TRY(messages,
                         wire_.messages(name, {std::move(key), std::move(value), cluster_.clock().now(), {}, {}}, 0));
  }
  if (messages.size() != 1) {
    co_return base::permanent(base::Reason::kTooLarge, "too large for a broadcast topic");
  }
  BOOST_OUTCOME_CO_TRY(auto delivery, co_await cluster_.send_intake(std::move(messages.front())));
  co_return delivery.offset;
}

base::Task<base::Result<void>> Broadcasts::publish(std::string topic, std::string key, std::string value) {
  std::shared_ptr<stage::NewestTable> known;
  {
    std::lock_guard lock(mutex_);
    if (auto found = topics_.find(topic); found != topics_.end()) known = found->second->table;
  }
  if (!co_await cluster_.topic_soon(broadcast_topic(cluster_.options(), topic))) {
    co_return base::passing(base::Reason::kUnavailable, "Kafka does not answer: " + cluster_.trouble());
  }
  BOOST_OUTCOME_CO_TRY(auto offset, co_await write(topic, key, value));
  if (!known) co_return base::ok();
  if (auto pushed_out = known->set(key, offset, std::move(value))) {
    BOOST_OUTCOME_CO_TRY(co_await write(topic, *pushed_out, ""));
  }
  co_return base::ok();
}

base::Task<void> Broadcasts::close() {
  tasks_.cancel();
  co_await tasks_.wait();
}

}  // namespace bus::kafka
