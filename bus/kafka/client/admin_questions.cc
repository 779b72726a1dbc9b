// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/admin_questions.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "bus/kafka/client/client_error.h"
#include "bus/kafka/client/handle.h"

namespace bus::kafka {
namespace {

template <auto Function>
struct Free {
  void operator()(auto* what) const { Function(what); }
};
using Metadata = std::unique_ptr<const struct rd_kafka_metadata, Free<rd_kafka_metadata_destroy>>;
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, Free<rd_kafka_topic_destroy>>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Free<rd_kafka_NewTopic_destroy>>;
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t, Free<rd_kafka_ConfigResource_destroy>>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t, Free<rd_kafka_AdminOptions_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Free<rd_kafka_event_destroy>>;

base::Result<Metadata> metadata_of(rd_kafka_t* client, rd_kafka_topic_t* only, bool all, int timeout_ms) {
  const struct rd_kafka_metadata* answer = nullptr;
  auto code = rd_kafka_metadata(client, all ? 1 : 0, only, &answer, timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    // "Broker transport failure" stands for everything that keeps a connection from being made, a wrong password too.
    bool is_general = code == RD_KAFKA_RESP_ERR__TRANSPORT;
    return error_of(code, "ask for the cluster's topics", is_general ? Handle::last_error_of(client) : "");
  }
  return Metadata(answer);
}

// Partitions and copies of a topic; nullopt where there is none.
base::Result<std::optional<TopicState>> shape_of(rd_kafka_t* client, const std::string& name, int timeout_ms) {
  TopicHandle topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  if (!topic) return error_of(rd_kafka_last_error(), "topic " + name);
  BOOST_OUTCOME_TRY(auto metadata, metadata_of(client, topic.get(), false, timeout_ms));
  if (metadata->topic_cnt != 1) return std::optional<TopicState>();
  const auto& found = metadata->topics[0];
  if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return std::optional<TopicState>();
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(found.err, "topic " + name);
  // There is no such topic: the broker is about to learn of it.
  if (found.partition_cnt == 0) return std::optional<TopicState>();
  TopicState state;
  state.partitions = found.partition_cnt;
  for (int i = 0; i < found.partition_cnt; ++i) {
    int copies = found.partitions[i].replica_cnt;
    state.replication = i == 0 ? copies : std::min(state.replication, copies);
  }
  return std::optional(state);
}

Options options_for(rd_kafka_t* client, rd_kafka_admin_op_t operation, int timeout_ms) {
  Options options(rd_kafka_AdminOptions_new(client, operation));
  std::array<char, 256> text{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max(timeout_ms, 1), text.data(), text.size());
  if (operation == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), std::max(timeout_ms, 1), text.data(), text.size());
  }
  return options;
}

// The answer to a request whose result goes to `queue`.
base::Result<Event> wait_for(rd_kafka_queue_t* queue, const char* what, int timeout_ms) {
  constexpr int kGrace = 500;  // The request times out by itself before.
  Event event(rd_kafka_queue_poll(queue, timeout_ms + kGrace));
  if (!event) return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
  auto code = rd_kafka_event_error(event.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, what, rd_kafka_event_error_string(event.get()));
  return event;
}

void read_configs(const rd_kafka_ConfigResource_t* resource, std::map<std::string, TopicState>& topics) {
  auto topic = topics.find(rd_kafka_ConfigResource_name(resource));
  if (topic == topics.end() || rd_kafka_ConfigResource_error(resource) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  auto& configs = topic->second.configs.emplace();
  for (std::size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    if (value != nullptr) configs.emplace(rd_kafka_ConfigEntry_name(entries[i]), value);
  }
}

// librdkafka's mock cluster names a controller that does not exist: waiting for it would end with the deadline.
base::Result<bool> has_controller(rd_kafka_t* client, int timeout_ms) {
  BOOST_OUTCOME_TRY(auto metadata, metadata_of(client, nullptr, false, timeout_ms));
  auto brokers = std::span(metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt));
  auto controller = rd_kafka_controllerid(client, 0);
  return std::ranges::any_of(brokers, [&](const auto& broker) { return broker.id == controller; });
}

// Adds the configs of topics. Whoever may not ask for them, or asks brokers that don't tell (they then may not answer
// at all, though they have just told of the topics), goes without.
base::Result<void> add_configs(rd_kafka_t* client, std::map<std::string, TopicState>& topics, int timeout_ms) {
  if (topics.empty()) return base::ok();
  BOOST_OUTCOME_TRY(bool has_one, has_controller(client, timeout_ms));
  if (!has_one) return base::ok();
  std::vector<Resource> owners;
  std::vector<rd_kafka_ConfigResource_t*> resources;
  for (const auto& [name, state] : topics) {
    owners.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    resources.push_back(owners.back().get());
  }
  Queue queue(rd_kafka_queue_new(client));
  Options options = options_for(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout_ms);
  rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), options.get(), queue.get());
  auto event = wait_for(queue.get(), "ask for configs of topics", timeout_ms);
  if (!event) {
    auto reason = event.error().reason;
    bool told_not =
        reason == base::Reason::kAuth || reason == base::Reason::kBadRequest || reason == base::Reason::kTimeout;
    if (told_not) return base::ok();
    return event.error();
  }
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.value().get());
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** answers = rd_kafka_DescribeConfigs_result_resources(result, &count);
  for (std::size_t i = 0; i < count; ++i) read_configs(answers[i], topics);
  return base::ok();
}

base::Result<NewTopic> new_topic(const TopicSpec& spec) {
  std::array<char, 256> text{};
  NewTopic topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, spec.replication, text.data(), text.size()));
  if (!topic) return base::permanent(base::Reason::kBadRequest, "topic " + spec.name + ": " + text.data());
  for (const auto& [config, value] : spec.configs) {
    auto code = rd_kafka_NewTopic_set_config(topic.get(), config.c_str(), value.c_str());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, "topic " + spec.name + ": " + config);
  }
  return topic;
}

// For whoever keeps the creation of topics to himself.
std::string how_to_make(const std::vector<TopicSpec>& topics, std::string_view name) {
  auto spec = std::ranges::find(topics, name, &TopicSpec::name);
  if (spec == topics.end()) return {};
  std::string how = "; make it";
  if (spec->partitions > 0) how += " with " + std::to_string(spec->partitions) + " partitions";
  if (auto policy = spec->configs.find("cleanup.policy"); policy != spec->configs.end()) {
    how += " and cleanup.policy=" + policy->second;
  }
  return how + ", or allow Create";
}

}  // namespace

base::Result<ClusterInfo> ask_cluster(rd_kafka_t* client, int timeout_ms) {
  BOOST_OUTCOME_TRY(auto metadata, metadata_of(client, nullptr, false, timeout_ms));
  ClusterInfo info;
  info.brokers = metadata->broker_cnt;
  if (char* id = rd_kafka_clusterid(client, timeout_ms)) {
    info.id = id;
    rd_kafka_mem_free(client, id);
  }
  return info;
}

base::Result<std::vector<std::string>> ask_topics(rd_kafka_t* client, const std::string& prefix, int timeout_ms) {
  BOOST_OUTCOME_TRY(auto metadata, metadata_of(client, nullptr, true, timeout_ms));
  std::vector<std::string> names;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    std::string name = metadata->topics[i].topic;
    if (name.starts_with(prefix)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

base::Result<std::map<std::string, TopicState>> ask_descriptions(rd_kafka_t* client,
                                                                 const std::vector<std::string>& names,
                                                                 int timeout_ms) {
  std::map<std::string, TopicState> topics;
  for (const std::string& name : names) {
    BOOST_OUTCOME_TRY(auto shape, shape_of(client, name, timeout_ms));
    if (shape) topics.emplace(name, std::move(*shape));
  }
  BOOST_OUTCOME_TRY(add_configs(client, topics, timeout_ms / 2));
  return topics;
}

base::Result<bool> ask_to_create(rd_kafka_t* client, const std::vector<TopicSpec>& topics, int timeout_ms) {
  std::vector<NewTopic> owners;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const TopicSpec& spec : topics) {
    BOOST_OUTCOME_TRY(auto topic, new_topic(spec));
    owners.push_back(std::move(topic));
    wanted.push_back(owners.back().get());
  }
  Queue queue(rd_kafka_queue_new(client));
  Options options = options_for(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout_ms);
  rd_kafka_CreateTopics(client, wanted.data(), wanted.size(), options.get(), queue.get());
  BOOST_OUTCOME_TRY(auto event, wait_for(queue.get(), "create topics", timeout_ms));
  std::size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  const rd_kafka_topic_result_t** answers = rd_kafka_CreateTopics_result_topics(result, &count);
  for (std::size_t i = 0; i < count; ++i) {
    auto code = rd_kafka_topic_result_error(answers[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    const char* detail = rd_kafka_topic_result_error_string(answers[i]);
    const char* name = rd_kafka_topic_result_name(answers[i]);
    auto error = error_of(code, std::string("create topic ") + name, detail == nullptr ? "" : detail);
    if (error.reason == base::Reason::kAuth) error.message += how_to_make(topics, name);
    return error;
  }
  return true;
}

}  // namespace bus::kafka
