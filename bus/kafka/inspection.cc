// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/inspection.h"

#include <algorithm>
#include <map>
#include <set>

#include "bus/kafka/topic_look.h"
#include "bus/kafka/topics.h"

namespace bus::kafka {

namespace {

using States = std::map<std::string, TopicState>;

// A changelog has as many partitions as the stage's inputs have, whatever would be made anew.
int partitions_of(const KafkaOptions& options, const StageSpec& stage, const States& states) {
  int partitions = 0;
  for (const std::string& input : stage.inputs) {
    auto found = states.find(topic_name(options, input));
    partitions = std::max(partitions, found != states.end() ? found->second.partitions : options.partitions);
  }
  return partitions;
}

std::vector<TopicSpec> wanted(const KafkaOptions& options, const std::vector<StageSpec>& stages,
                              const std::vector<std::string>& others, const States& states) {
  std::set<std::string> records(others.begin(), others.end());
  for (const StageSpec& stage : stages) records.insert(stage.inputs.begin(), stage.inputs.end());
  std::vector<TopicSpec> specs;
  for (const std::string& topic : records) specs.push_back(record_topic(options, topic));
  for (const StageSpec& stage : stages) {
    specs.push_back(changelog_topic(options, stage.name, partitions_of(options, stage, states)));
  }
  for (const StageSpec& stage : stages) {
    std::vector<std::string> before;
    for (const std::string& input : stage.inputs) {
      std::string name = topic_name(options, input);
      fit_partitions(*std::ranges::find(specs, name, &TopicSpec::name), before, states);
      before.push_back(std::move(name));
    }
  }
  for (TopicSpec& spec : specs) spec.configs.emplace("max.message.bytes", std::to_string(kMaxMessageBytes));
  return specs;
}

}  // namespace

base::Result<Inspection> inspect(const KafkaOptions& options, const std::vector<StageSpec>& stages,
                                 const std::vector<std::string>& others) {
  BOOST_OUTCOME_TRY(auto look, TopicLook::open(options));
  std::vector<std::string> names;
  for (const TopicSpec& spec : wanted(options, stages, others, {})) names.push_back(spec.name);
  BOOST_OUTCOME_TRY(auto states, look->describe(std::move(names)));
  Inspection inspection{look->cluster().id, look->cluster().brokers, {}};
  for (const TopicSpec& spec : wanted(options, stages, others, states)) {
    InspectedTopic topic{spec.name, false, {}};
    if (auto found = states.find(spec.name); found != states.end()) {
      topic.exists = true;
      topic.differences = differences(spec, found->second);
    }
    inspection.topics.push_back(std::move(topic));
  }
  return inspection;
}

}  // namespace bus::kafka
