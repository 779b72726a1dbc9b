// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/yaml/parse.h"
#include "enrichers/alert/alert_actions.h"
#include "enrichers/finding/finding_actions.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/silence/silencers.h"
#include "enrichers/text/text_actions.h"
#include "playbooks/loader.h"
#include "playbooks/triggers/on_prometheus_alert.h"
#include "tests/fakes/scripted_actions.h"

namespace fakes {

inline const playbooks::TriggerTypes& triggers() {
  static const auto types = [] {
    playbooks::TriggerTypes made;
    made.add(playbooks::on_prometheus_alert_type());
    return made;
  }();
  return types;
}

// The real ones and the scripted ones.
inline const enrichers::ActionTypes& actions() {
  static const auto types = [] {
    enrichers::ActionTypes made = scripted_actions();
    made.add(enrichers::default_enricher_type());
    made.add(enrichers::alert_definition_enricher_type());
    made.add(enrichers::graph_enricher_type());
    made.add(enrichers::name_silencer_type());
    made.add(enrichers::alert_explanation_enricher_type());
    made.add(enrichers::alert_graph_enricher_type());
    made.add(enrichers::button_enricher_type());
    made.add(enrichers::create_finding_type());
    made.add(enrichers::customise_finding_type());
    made.add(enrichers::minimal_default_enricher_type());
    made.add(enrichers::severity_silencer_type());
    return made;
  }();
  return types;
}

// What the loader made of a configuration, and what it said.
struct Loaded {
  std::shared_ptr<const playbooks::Playbooks> playbooks;
  std::vector<std::string> problems;  // "line:column: error: text"

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& playbook : playbooks->playbooks) names.push_back(playbook.name);
    return names;
  }
};

inline Loaded load(const std::string& yaml) {
  static NoHttp http;
  static const enrichers::Services services{http, "test"};
  base::yaml::Problems problems;
  base::yaml::Node root = base::yaml::parse(
      yaml, [](const std::string&) { return std::nullopt; }, problems);
  playbooks::ConfigParts parts;
  parts.list = root.find("customPlaybooks");
  if (const auto* rendered = root.find("active_playbooks")) {
    parts.list = rendered;
    parts.list_name = "active_playbooks";
    parts.is_rendered = true;
  }
  parts.disabled = root.find("disabledPlaybooks");
  parts.global = root.find("globalConfig");
  parts.settings = root.find("playbooks");
  Loaded loaded;
  loaded.playbooks = playbooks::load(parts, {triggers(), actions(), services}, problems);
  for (const base::yaml::Problem& problem : problems.sorted()) {
    loaded.problems.push_back(base::yaml::to_string(problem, "").substr(1));
  }
  return loaded;
}

}  // namespace fakes
