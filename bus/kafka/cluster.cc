// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/cluster.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "base/log.h"
#include "base/run_on.h"
#include "bus/kafka/topics.h"
#include "bus/stage/completion.h"

namespace bus::kafka {

namespace {

// Between attempts to reach a cluster that does not answer.
constexpr base::Backoff kBackoff{std::chrono::milliseconds(100), std::chrono::milliseconds(3000)};
// For one question about topics. Creating a dozen on three busy brokers takes two seconds.
constexpr std::chrono::seconds kAdminPatience(15);

ProducerOptions intake_options(const KafkaOptions& options, ClientOptions client) {
  ProducerOptions producer = intake_producer(std::move(client));
  producer.message_timeout = options.append_timeout;
  producer.compression = options.compression;
  return producer;
}

ProducerOptions output_options(const KafkaOptions& options, ClientOptions client) {
  ProducerOptions producer = stage_producer(std::move(client));
  producer.max_message_bytes = kMaxChangelogMessageBytes + (32U << 10);
  producer.compression = options.compression;
  return producer;
}

ClientOptions client_of(const KafkaOptions& options) {
  ClientOptions client;
  client.bootstrap_servers = options.bootstrap_servers;
  for (const auto& [name, value] : options.properties) client.properties.emplace(name, base::Secret(value));
  return client;
}

}  // namespace

Cluster::Cluster(const KafkaOptions& options, Deps deps)
    : options_(options),
      deps_(std::move(deps)),
      rng_(std::random_device()()),
      heads_(deps_.loop, deps_.work,
             [this](auto& topic, auto partition, auto next) { tell_watchers(topic, partition, next); }),
      intake_(intake_options(options, client_of(options)), deps_.intake, deps_.metrics, rng_),
      outputs_(output_options(options, client_of(options)), deps_.loop, deps_.metrics, rng_),
      tasks_(deps_.loop) {
  for (const auto& topics : options_.read_together) read_together(topics);
}

ClientOptions Cluster::client_options() const { return client_of(options_); }

base::Result<void> Cluster::open() {
  BOOST_OUTCOME_TRY(connection_, Connection::open(client_options(), "bus", deps_.loop, deps_.metrics));
  reader_ = std::make_unique<PartitionReader>(connection_);
  admin_ = std::make_unique<Admin>(connection_);
  return outputs_.open();
}

base::Result<void> Cluster::open_intake() { return intake_.open(); }

// Appends that wait for their topic go on first: intake is closed behind them.
base::Task<void> Cluster::close() {
  closed_ = true;
  tasks_.cancel();
  for (auto& [name, topic] : topics_) {
    for (auto& [place, ready] : std::exchange(topic.waiting, {})) ready(0);
  }
  co_await tasks_.wait();
  co_await base::run_on(deps_.intake, intake_.close());
  co_await outputs_.close();
}

void Cluster::read_together(const std::vector<std::string>& topics) {
  std::vector<std::string> before;
  for (const auto& topic : topics) {
    auto name = topic_name(options_, topic);
    if (!before.empty()) read_before_.insert_or_assign(name, before);
    before.push_back(std::move(name));
  }
}

void Cluster::with_topic(const TopicSpec& spec, std::function<void(int)> ready) {
  Topic& topic = topics_[spec.name];
  if (topic.partitions > 0 || closed_) {
    ready(topic.partitions);
    return;
  }
  add_waiting(spec, std::move(ready));
}

// Returns what it waits under.
std::int64_t Cluster::add_waiting(const TopicSpec& spec, std::function<void(int)> ready) {
  Topic& topic = topics_[spec.name];
  topic.waiting.emplace(++topic.last_waiting, std::move(ready));
  if (!std::exchange(topic.is_looked_for, true)) tasks_.spawn(look_for(spec));
  return topic.last_waiting;
}

std::size_t Cluster::waiting() const {
  std::size_t all = 0;
  for (const auto& [name, topic] : topics_) all += topic.waiting.size();
  return all;
}

base::Task<int> Cluster::partitions_of(TopicSpec spec) {
  return partitions_before(std::move(spec), base::Deadline::max());
}

base::Task<bool> Cluster::topic_soon(TopicSpec spec) {
  if (!is_known(spec.name) && brokers_down()) co_return false;
  co_return co_await partitions_before(std::move(spec), base::in(options_.append_timeout)) > 0;
}

// 0 if it is not known by then; nobody waits for it any more.
base::Task<int> Cluster::partitions_before(TopicSpec spec, base::Deadline deadline) {
  Topic& topic = topics_[spec.name];
  if (topic.partitions > 0 || closed_) co_return topic.partitions;
  auto timer = std::make_shared<boost::asio::steady_timer>(deps_.loop, deadline);
  auto place = add_waiting(spec, [timer](int) { timer->expires_at(boost::asio::steady_timer::time_point::min()); });
  boost::system::error_code moved;
  co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, moved));
  topic.waiting.erase(place);
  co_return topic.partitions;
}

std::chrono::milliseconds Cluster::deletions_kept(const std::string& kafka_topic) const {
  auto found = topics_.find(kafka_topic);
  return found == topics_.end() ? std::chrono::milliseconds(0) : found->second.deletions_kept;
}

bool Cluster::is_known(const std::string& kafka_topic) const {
  auto found = topics_.find(kafka_topic);
  return found != topics_.end() && found->second.partitions > 0;
}

base::Task<void> Cluster::look_for(TopicSpec spec) {
  for (int attempt = 1;; ++attempt) {
    auto partitions = judge(co_await find_or_make(spec));
    if (partitions) {
      Topic& topic = topics_[spec.name];
      topic.partitions = partitions.value();
      for (auto& [place, ready] : std::exchange(topic.waiting, {})) ready(topic.partitions);
      co_return;
    }
    co_await pause(attempt);
  }
}

base::Task<base::Result<std::vector<TopicOutcome>>> Cluster::find_or_make(TopicSpec spec) {
  auto deadline = base::in(kAdminPatience);
  if (auto before = read_before_.find(spec.name); before != read_before_.end()) {
    BOOST_OUTCOME_CO_TRY(auto existing, co_await admin_->describe(before->second, deadline));
    fit_partitions(spec, before->second, existing);
  }
  std::vector<TopicSpec> wanted;
  wanted.push_back(std::move(spec));
  co_return co_await admin_->ensure(std::move(wanted), deadline);
}

base::Result<int> Cluster::judge(base::Result<std::vector<TopicOutcome>> outcome) {
  std::lock_guard lock(mutex_);
  if (!outcome) {
    if (trouble_ != outcome.error().message) base::log::warn("bus: Kafka", {{"error", outcome.error().message}});
    trouble_ = outcome.error().message;
    return outcome.error();
  }
  trouble_.clear();
  const TopicOutcome& topic = outcome.value().front();
  if (topic.created) base::log::info("bus: topic made", {{"topic", topic.name}});
  for (const auto& difference : topic.differences) {
    if (std::find(differences_.begin(), differences_.end(), difference) != differences_.end()) continue;
    base::log::warn("bus: a topic is not as it would be made", {{"difference", difference}});
    differences_.push_back(difference);
  }
  topics_[topic.name].deletions_kept = kafka::deletions_kept(topic.state);
  return topic.state.partitions;
}

base::Task<std::string> Cluster::id() {
  for (int attempt = 1;; ++attempt) {
    auto info = co_await admin_->cluster(base::in(kAdminPatience));
    {
      std::lock_guard lock(mutex_);
      trouble_ = info ? "" : info.error().message;
    }
    if (info) co_return info.value().id;
    co_await pause(attempt);
  }
}

base::Task<void> Cluster::pause(int attempt) {
  boost::asio::steady_timer timer(deps_.loop, kBackoff.wait(attempt, rng_));
  co_await timer.async_wait(boost::asio::use_awaitable);
}

void Cluster::tell_watchers(const std::string& kafka_topic, std::int32_t partition, std::int64_t next) {
  auto watchers = watchers_.find(kafka_topic);
  if (watchers == watchers_.end()) return;
  for (auto* watcher : watchers->second) watcher->appended(kafka_topic, partition, next);
}

// Watchers count a record as work before whoever waits for it goes on; so does what is noted for them.
void Cluster::produce_intake(Message message, Delivered done) {
  Delivered noted = [this, topic = message.topic, done = std::move(done)](base::Result<Delivery> delivered) {
    if (delivered) heads_.note(topic, delivered.value().partition, delivered.value().offset + 1);
    done(std::move(delivered));
  };
  intake_.produce(std::move(message), std::move(noted));
}

base::Task<base::Result<Delivery>> Cluster::send_intake(Message message) {
  co_return co_await base::run_on(deps_.intake, send_on_intake(std::move(message)));
}

base::Task<base::Result<Delivery>> Cluster::send_on_intake(Message message) {
  co_return co_await stage::suspend<base::Result<Delivery>>(
      [&](stage::Completion<base::Result<Delivery>> done) { produce_intake(std::move(message), std::move(done)); });
}

void Cluster::produce_output(Message message, Delivered done) {
  Delivered told = [this, topic = message.topic, done = std::move(done)](base::Result<Delivery> delivered) {
    if (delivered) tell_watchers(topic, delivered.value().partition, delivered.value().offset + 1);
    done(std::move(delivered));
  };
  outputs_.produce(std::move(message), std::move(told));
}

void Cluster::watch(const std::string& kafka_topic, AppendWatcher& watcher) {
  watchers_[kafka_topic].push_back(&watcher);
}

void Cluster::unwatch(AppendWatcher& watcher) {
  for (auto& [topic, watchers] : watchers_) std::erase(watchers, &watcher);
}

bool Cluster::brokers_down() const { return intake_.brokers_down() || outputs_.brokers_down(); }

std::string Cluster::why_down() const {
  std::string why = outputs_.why_down();
  return why.empty() ? intake_.why_down() : why;
}

std::string Cluster::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

std::vector<std::string> Cluster::differences() const {
  std::lock_guard lock(mutex_);
  return differences_;
}

}  // namespace bus::kafka
