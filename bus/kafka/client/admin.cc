// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/admin.h"

#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "bus/kafka/client/admin_questions.h"
#include "bus/kafka/client/connection_state.h"

namespace bus::kafka {
namespace {

using Topics = std::map<std::string, TopicState>;

std::vector<std::string> names_of(const std::vector<TopicSpec>& topics) {
  std::vector<std::string> names;
  for (const TopicSpec& topic : topics) names.push_back(topic.name);
  return names;
}

}  // namespace

Admin::Admin(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

base::Task<base::Result<ClusterInfo>> Admin::cluster(base::Deadline deadline) {
  co_return co_await ask<ClusterInfo>(connection_->state()->handle, ask_cluster, deadline);
}

base::Task<base::Result<std::vector<std::string>>> Admin::topics(std::string prefix, base::Deadline deadline) {
  Question<std::vector<std::string>> question = [prefix = std::move(prefix)](rd_kafka_s* client, int timeout_ms) {
    return ask_topics(client, prefix, timeout_ms);
  };
  co_return co_await ask<std::vector<std::string>>(connection_->state()->handle, std::move(question), deadline);
}

base::Task<base::Result<Topics>> Admin::describe(std::vector<std::string> names, base::Deadline deadline) {
  Question<Topics> question = [names = std::move(names)](rd_kafka_s* client, int timeout_ms) {
    return ask_descriptions(client, names, timeout_ms);
  };
  co_return co_await ask<Topics>(connection_->state()->handle, std::move(question), deadline);
}

base::Task<base::Result<Topics>> Admin::create(std::vector<TopicSpec> topics, base::Deadline deadline) {
  auto handle = connection_->state()->handle;
  std::vector<std::string> names = names_of(topics);
  Question<bool> question = [topics = std::move(topics)](rd_kafka_s* client, int timeout_ms) {
    return ask_to_create(client, topics, timeout_ms);
  };
  BOOST_OUTCOME_CO_TRY(co_await ask<bool>(handle, std::move(question), deadline));
  // The controller has made them; brokers learn of it a moment later.
  Question<Topics> known = [names = std::move(names)](rd_kafka_s* client, int timeout_ms) -> base::Result<Topics> {
    BOOST_OUTCOME_TRY(auto found, ask_descriptions(client, names, timeout_ms));
    if (found.size() == names.size()) return found;
    return base::passing(base::Reason::kTimeout, "topics are made but the brokers don't know of them yet");
  };
  co_return co_await ask<Topics>(handle, std::move(known), deadline);
}

base::Task<base::Result<std::vector<TopicOutcome>>> Admin::ensure(std::vector<TopicSpec> topics,
                                                                  base::Deadline deadline) {
  std::vector<std::string> names = names_of(topics);
  BOOST_OUTCOME_CO_TRY(auto before, co_await describe(names, deadline));
  std::vector<TopicSpec> missing;
  for (const TopicSpec& topic : topics) {
    if (!before.contains(topic.name)) missing.push_back(topic);
  }
  Topics after = before;
  if (!missing.empty()) {
    // Their own description: the next broker that is asked may not know of them yet.
    BOOST_OUTCOME_CO_TRY(auto made, co_await create(std::move(missing), deadline));
    after.merge(made);
  }
  std::vector<TopicOutcome> outcomes;
  for (const TopicSpec& topic : topics) {
    TopicState& state = after[topic.name];
    outcomes.push_back({topic.name, !before.contains(topic.name), state, differences(topic, state)});
  }
  co_return outcomes;
}

}  // namespace bus::kafka
