// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/config.h"
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

}  // namespace

int check(const CheckArgs& args) {
  Threads threads("check", 1);
  auto http = net::http::make_client({}, threads.executor());
  base::yaml::Problems problems;
  auto config = load_config(args.config, {*http, threads.executor()}, problems);
  auto list = nlohmann::json::array();
  for (const auto& problem : problems.sorted()) {
    list.push_back(as_json(problem));
    if (args.output == Output::kTable) print(base::yaml::to_string(problem, args.config) + "\n");
  }
  if (args.output == Output::kJson) {
    print(nlohmann::json{{"file", args.config}, {"ok", config.has_value()}, {"problems", list}}.dump(2) + "\n");
  } else if (config) {
    print(fmt::format("{}: ok, {} playbooks, {} sinks, {} warnings\n", args.config, config->playbooks->playbooks.size(),
                      config->sinks.members.size(), list.size()));
  }
  return config ? 0 : 1;
}

}  // namespace app::verbs
