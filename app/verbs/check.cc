// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/bus_wiring.h"
#include "app/config.h"
#include "app/pipeline.h"
#include "app/threads.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "net/http/curl_client.h"

namespace app::verbs {

namespace {

const char* kind_of(const base::yaml::Problem& problem) {
  return problem.kind == base::yaml::Problem::Kind::kError ? "error" : "warning";
}

nlohmann::json as_json(const base::yaml::Problem& problem) {
  return {{"kind", kind_of(problem)},
          {"line", problem.mark.line},
          {"column", problem.mark.column},
          {"message", problem.message}};
}

// What the brokers say, when they are asked.
struct Online {
  bool ok = true;
  nlohmann::json json;
  std::string text;
};

void add(const bus::kafka::InspectedTopic& topic, Online& online) {
  online.json["topics"].push_back({{"name", topic.name}, {"exists", topic.exists}, {"differences", topic.differences}});
  online.ok = online.ok && topic.differences.empty();
  if (!topic.exists) online.text += "kafka: topic " + topic.name + " is not there: it is made at start\n";
  for (const std::string& difference : topic.differences) online.text += "kafka: " + difference + "\n";
}

Online ask_brokers(const Config& config) {
  Online online;
  if (config.bus.type != BusType::kKafka) return online;
  auto inspected = inspect_topics(config.bus, Pipeline::stages(config, Roles{}));
  if (!inspected) {
    online.ok = false;
    online.json["error"] = inspected.error().message;
    online.text = inspected.error().message + "\n";
    return online;
  }
  const auto& found = inspected.value();
  online.json = {{"cluster", found.cluster}, {"brokers", found.brokers}, {"topics", nlohmann::json::array()}};
  online.text = fmt::format("kafka: cluster {}, {} brokers\n", found.cluster, found.brokers);
  for (const auto& topic : found.topics) add(topic, online);
  return online;
}

}  // namespace

int check(const CheckArgs& args) {
  Threads threads("check", 1);
  auto http = net::http::make_client({}, threads.executor());
  // Secrets are mounted where the configuration runs, which is often another machine than it is checked on.
  base::yaml::Problems problems(base::yaml::Problem::Kind::kWarning);
  auto config = load_config(args.config, {*http, threads.executor()}, problems);
  auto list = nlohmann::json::array();
  for (const auto& problem : problems.sorted()) {
    list.push_back(as_json(problem));
    if (args.output == Output::kTable) print(base::yaml::to_string(problem, args.config) + "\n");
  }
  Online online;
  if (config && args.online) online = ask_brokers(*config);
  bool ok = config.has_value() && online.ok;
  if (args.output == Output::kJson) {
    nlohmann::json json = {{"file", args.config}, {"ok", ok}, {"problems", list}};
    if (!online.json.is_null()) json["kafka"] = online.json;
    print(json.dump(2) + "\n");
  } else if (config) {
    print(online.text);
    print(fmt::format("{}: ok, {} playbooks, {} sinks, {} warnings\n", args.config, config->playbooks->playbooks.size(),
                      config->sinks.members.size(), list.size()));
  }
  return ok ? 0 : 1;
}

}  // namespace app::verbs
