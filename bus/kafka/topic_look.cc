// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/topic_look.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "bus/kafka/assembler.h"

namespace bus::kafka {

namespace {

// A broker that is there answers within milliseconds, and a connection takes some: beyond it nobody waits at a
// terminal.
constexpr std::chrono::seconds kAnswerWithin(10);
// For one piece of reading: 4,096 messages of 26 KB are 100 MB, at 5 MB/s 20 s.
constexpr std::chrono::seconds kPieceWithin(60);
constexpr std::int64_t kPieceMessages = 4096;

template <class T>
base::Task<std::optional<T>> as_optional(base::Task<T> task) {
  co_return co_await std::move(task);
}

ClientOptions client_options(const KafkaOptions& options) {
  ClientOptions client;
  client.bootstrap_servers = options.bootstrap_servers;
  for (const auto& [name, value] : options.properties) client.properties.emplace(name, base::Secret(value));
  // A look is many short reads. At the end of each a fetch is under way, and the next question waits behind it.
  client.properties.emplace("fetch.wait.max.ms", base::Secret("10"));
  client.statistics_interval = {};
  return client;
}

FoundRecord as_found(const std::string& topic, std::int32_t partition, Assembled assembled) {
  FoundRecord found;
  found.record.topic = topic;
  found.record.partition = partition;
  found.record.offset = assembled.offset();
  found.record.time = assembled.record.time;
  found.record.key = std::move(assembled.record.key);
  found.record.value = std::move(assembled.record.value);
  found.cause = std::move(assembled.record.cause);
  found.counts = std::move(assembled.record.counts);
  return found;
}

}  // namespace

base::Result<std::unique_ptr<TopicLook>> TopicLook::open(const KafkaOptions& options) {
  std::unique_ptr<TopicLook> look(new TopicLook(options.topic_prefix));
  BOOST_OUTCOME_TRY(look->connect(options));
  return look;
}

base::Result<void> TopicLook::connect(const KafkaOptions& options) {
  BOOST_OUTCOME_TRY(connection_, Connection::open(client_options(options), "archive", pool_.get_executor(), metrics_));
  auto cluster = wait(Admin(connection_).cluster(base::in(kAnswerWithin)));
  if (!cluster) return cluster.error().in("kafka " + options.bootstrap_servers);
  cluster_ = std::move(cluster.value());
  return base::ok();
}

TopicLook::~TopicLook() {
  connection_.reset();
  pool_.stop();  // What waits there belongs to nobody any more.
  pool_.join();
}

template <class T>
base::Result<T> TopicLook::wait(base::Task<base::Result<T>> task) {
  return std::move(*boost::asio::co_spawn(pool_, as_optional(std::move(task)), boost::asio::use_future).get());
}

base::Result<std::map<std::string, TopicState>> TopicLook::describe(std::vector<std::string> names) {
  return wait(Admin(connection_).describe(std::move(names), base::in(kAnswerWithin)));
}

base::Result<std::vector<std::string>> TopicLook::topics() {
  BOOST_OUTCOME_TRY(auto names, wait(Admin(connection_).topics(prefix_, base::in(kAnswerWithin))));
  for (std::string& name : names) name.erase(0, prefix_.size());
  std::sort(names.begin(), names.end());
  return names;
}

base::Result<void> TopicLook::learn(const std::vector<std::string>& topics) {
  std::vector<std::string> names;
  for (const std::string& topic : topics) {
    if (extents_.emplace(topic, std::vector<Watermarks>()).second) names.push_back(name_of(topic));
  }
  if (names.empty()) return base::ok();
  BOOST_OUTCOME_TRY(auto states, describe(names));
  std::vector<TopicPartition> partitions;
  for (const auto& [name, state] : states) {
    for (std::int32_t partition = 0; partition < state.partitions; ++partition) partitions.push_back({name, partition});
  }
  if (partitions.empty()) return base::ok();
  BOOST_OUTCOME_TRY(auto marks, wait(PartitionReader(connection_).watermarks(partitions, base::in(kAnswerWithin))));
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    extents_[partitions[i].topic.substr(prefix_.size())].push_back(marks[i]);
  }
  return base::ok();
}

base::Result<std::vector<Watermarks>> TopicLook::extents(const std::string& topic) {
  BOOST_OUTCOME_TRY(learn({topic}));
  return extents_[topic];
}

base::Result<void> TopicLook::read(std::vector<ReadRange> ranges, const Visitor& visit) {
  std::erase_if(ranges, [](const ReadRange& range) { return range.from >= range.end; });
  if (ranges.empty()) return base::ok();
  return wait(PartitionReader(connection_).read(std::move(ranges), visit, base::in(kPieceWithin)));
}

base::Result<void> TopicLook::scan(const std::string& topic, std::int32_t partition, std::int64_t from,
                                   std::int64_t end, const std::function<bool(FoundRecord)>& visit) {
  Assembler assembler;
  bool wanted = true;
  for (; from < end && wanted; from += kPieceMessages) {
    auto take = [&](const MessageView& message) {
      auto outcome = assembler.take(message, std::chrono::steady_clock::now());
      if (auto* whole = std::get_if<Assembled>(&outcome)) {
        wanted = visit(as_found(topic, partition, std::move(*whole)));
      }
      return wanted;
    };
    ReadRange piece{name_of(topic), partition, from, std::min(end, from + kPieceMessages)};
    BOOST_OUTCOME_TRY(read({std::move(piece)}, take));
  }
  return base::ok();
}

}  // namespace bus::kafka
