// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/options/option_set.h"
#include "base/result.h"
#include "base/task.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "net/http/client.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace enrichers {

// What an action sees. All of it outlives the call.
struct Input {
  const schemas::Event& event;
  const schemas::Finding& draft;  // As the playbooks and actions before this one left it.
  base::Time now;                 // The pipeline's clock.
  base::Deadline deadline;        // No outside call of the action may last longer.
  // The finding waits until then; what is ready later follows it. What an action can do without may last until then.
  base::Deadline wanted_by = deadline;
};

// What an action adds or changes. The worker merges contributions in the order of the playbook, so that actions which
// only add evidence can run at the same time.
struct Contribution {
  std::vector<schemas::Enrichment> enrichments;
  std::vector<schemas::Link> links;
  std::vector<std::string> mentions;
  std::vector<schemas::Missing> missing;  // Evidence that this action could not get, beside what it could.
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<schemas::Severity> severity;
  std::optional<std::string> aggregation_key;
  schemas::Labels labels;  // Put among the subject's, over those of the same name: what scopes of sinks look at.
  // Stops all playbooks of this event: it is silenced, by this rule.
  std::optional<std::string> silenced_by;
};

// One step of a playbook. Immutable after construction and called for many events at the same time. It returns an Error
// when it has nothing to add but the reason why; the worker writes that into the finding as missing evidence.
class Action {
 public:
  virtual ~Action() = default;
  virtual base::Task<base::Result<Contribution>> run(const Input& input) const = 0;
};

// What actions are built with; outlives them.
struct Services {
  net::http::Client& http;
  std::string cluster;
};

// A kind of action, as app/components.cc lists it.
struct ActionType {
  std::string name;  // Robusta's name, the YAML key.
  // It decides whether the event goes on (silencers) or changes what others read: it runs alone and in order. Others
  // only add evidence and may run beside their neighbours.
  bool runs_alone = false;
  const base::OptionSet* options = nullptr;
  // `params` are the action's own, laid over globalConfig's keys of the same name.
  std::function<std::unique_ptr<Action>(const base::yaml::Node& params, const Services& services,
                                        base::yaml::Problems& problems)>
      make;
};

// The kinds of actions by name. A name that is there already is a fault of ours and terminates.
class ActionTypes {
 public:
  void add(ActionType type);
  const ActionType* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, ActionType, std::less<>> types_;
};

}  // namespace enrichers
