// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "app/advice.h"
#include "app/await.h"
#include "app/bus_wiring.h"
#include "app/config.h"
#include "app/config_file.h"
#include "app/excerpt.h"
#include "app/pipeline.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "base/threads.h"
#include "base/yaml/parse.h"
#include "net/http/curl_client.h"

namespace app::verbs {

namespace {

using base::yaml::Problem;
using base::yaml::Problems;

// A configuration with everything that there is to say of it.
struct Checked {
  std::optional<Config> config;
  std::vector<Problem> problems;
};

const char* kind_of(const Problem& problem) { return problem.kind == Problem::Kind::kError ? "error" : "warning"; }

nlohmann::json as_json(const Problem& problem) {
  return {{"kind", kind_of(problem)},
          {"line", problem.mark.line},
          {"column", problem.mark.column},
          {"message", problem.message}};
}

// What the other sides say, when they are asked.
struct Online {
  bool ok = true;
  nlohmann::json kafka;
  nlohmann::json sinks;
  std::string text;
};

void add(const bus::kafka::InspectedTopic& topic, Online& online) {
  online.kafka["topics"].push_back(
      {{"name", topic.name}, {"exists", topic.exists}, {"differences", topic.differences}});
  online.ok = online.ok && topic.differences.empty();
  if (!topic.exists) online.text += "kafka: topic " + topic.name + " is not there: it is made at start\n";
  for (const std::string& difference : topic.differences) online.text += "kafka: " + difference + "\n";
}

void ask_brokers(const Config& config, Online& online) {
  if (config.bus.type != BusType::kKafka) return;
  auto inspected = inspect_topics(config.bus, Pipeline::stages(config, Roles{}));
  if (!inspected) {
    online.ok = false;
    online.kafka["error"] = inspected.error().message;
    online.text = inspected.error().message + "\n";
    return;
  }
  const auto& found = inspected.value();
  online.kafka = {{"cluster", found.cluster}, {"brokers", found.brokers}, {"topics", nlohmann::json::array()}};
  online.text = fmt::format("kafka: cluster {}, {} brokers\n", found.cluster, found.brokers);
  for (const auto& topic : found.topics) add(topic, online);
}

void ask_sinks(Config& config, base::Threads& threads, Online& online) {
  constexpr std::chrono::seconds kPatience(15);
  online.sinks = nlohmann::json::array();
  for (auto& member : config.sinks.members) {
    auto probe = await(threads.executor(), member.configured.sink->probe(base::in(kPatience)));
    if (probe.found.empty() && probe.problems.empty()) {
      online.text += "sink " + member.name + ": not asked, its kind can't be\n";
      continue;
    }
    online.ok = online.ok && probe.problems.empty();
    online.sinks.push_back({{"name", member.name}, {"found", probe.found}, {"problems", probe.problems}});
    for (const auto& found : probe.found) online.text += "sink " + member.name + ": " + found + "\n";
    for (const auto& problem : probe.problems) online.text += "sink " + member.name + ": problem: " + problem + "\n";
  }
}

void ask(Config& config, net::http::Client& http, base::Threads& threads, Online& online) {
  if (auto started = http.start(); !started) {
    online.ok = false;
    online.text = "nobody could be asked: " + started.error().message + "\n";
    return;
  }
  ask_brokers(config, online);
  ask_sinks(config, threads, online);
  await(threads.executor(), http.stop());
}

Checked check_text(std::string_view text, const ConfigServices& services) {
  // Secrets are mounted where the configuration runs, which is often another machine than it is checked on.
  Problems problems(Problem::Kind::kWarning);
  auto environment = base::yaml::process_environment();
  Checked checked{read_config(text, environment, services, problems), {}};
  if (checked.config) {
    Problems told_before;
    advise(base::yaml::parse(text, environment, told_before), problems);
  }
  checked.problems = problems.sorted();
  return checked;
}

// For a person: the place in the file below each problem. https://no-color.org
std::string for_terminal(const Problem& problem, const std::string& file, std::string_view text) {
  std::string line = base::yaml::to_string(problem, file);
  if (std::getenv("NO_COLOR") == nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::string kind = std::string(" ") + kind_of(problem) + ":";
    std::string_view colour = problem.kind == Problem::Kind::kError ? "31" : "33";
    if (auto at = line.find(kind); at != std::string::npos) {
      line.replace(at, kind.size(), fmt::format(" \x1b[1;{}m{}:\x1b[0m", colour, kind_of(problem)));
    }
  }
  return line + "\n" + excerpt(text, problem.mark);
}

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string playbooks_of(const Config& config) {
  const auto& all = config.playbooks->playbooks;
  auto builtin = static_cast<std::size_t>(std::ranges::count(all, true, &playbooks::Playbook::is_builtin));
  return fmt::format("{} and {} built in", counted(all.size() - builtin, "playbook"), builtin);
}

std::string as_text(const Checked& checked, const Online& online, const std::string& file, std::string_view text) {
  bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  std::string out;
  for (const Problem& problem : checked.problems) {
    out += is_terminal ? for_terminal(problem, file, text) : base::yaml::to_string(problem, file) + "\n";
  }
  if (!checked.config) return out;
  return out + online.text +
         fmt::format("{}: {}, {}, {}, {}\n", file, online.ok ? "ok" : "failed online", playbooks_of(*checked.config),
                     counted(checked.config->sinks.members.size(), "sink"),
                     counted(checked.problems.size(), "warning"));
}

}  // namespace

int check(const CheckArgs& args) {
  auto text = read_config_file(args.config);
  base::Threads threads("check", 1);
  auto http = net::http::make_client({}, threads.executor());
  Checked checked;
  if (text) {
    checked = check_text(text.value(), {*http, threads.executor()});
  } else {
    checked.problems.push_back({Problem::Kind::kError, {}, text.error().message});
  }
  Online online;
  if (checked.config && args.online) ask(*checked.config, *http, threads, online);
  bool ok = checked.config.has_value() && online.ok;
  if (args.output == Output::kTable) {
    print(as_text(checked, online, args.config, text ? text.value() : ""));
  } else {
    auto list = nlohmann::json::array();
    for (const Problem& problem : checked.problems) list.push_back(as_json(problem));
    nlohmann::json json = {{"file", args.config}, {"ok", ok}, {"problems", list}};
    if (!online.kafka.is_null()) json["kafka"] = online.kafka;
    if (!online.sinks.is_null()) json["sinks"] = online.sinks;
    print(structured(json, args.output));
  }
  return ok ? 0 : 1;
}

}  // namespace app::verbs
