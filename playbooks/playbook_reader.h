// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "playbooks/catalogue.h"
#include "playbooks/playbook.h"

namespace playbooks {

// Reads playbooks one by one. Actions get globalConfig's values for options of the same name that they don't set
// themselves.
class PlaybookReader {
 public:
  // All of these must outlive the reader; `global` may be nullptr.
  PlaybookReader(const Catalogue& catalogue, const base::yaml::Node* global, TriggerContext context,
                 base::yaml::Problems& problems)
      : catalogue_(catalogue), global_(global), context_(context), problems_(problems) {}

  // The playbook, under its own name or else `default_name`; nullopt if there is nothing of it that could run. Either
  // way what is wrong with it has become a problem.
  std::optional<Playbook> read(const base::yaml::Node& node, std::string default_name);

 private:
  void read_triggers(const base::yaml::Node& list, Playbook& playbook);
  void read_actions(const base::yaml::Node& list, Playbook& playbook);
  void read_trigger(const base::yaml::Node::Entry& entry, Playbook& playbook);
  void read_action(const base::yaml::Node::Entry& entry, Playbook& playbook);
  // The only entry of an item, or nullptr after adding a problem. `what`: "trigger" or "action".
  const base::yaml::Node::Entry* only_entry(const base::yaml::Node& item, std::string_view what);
  base::yaml::Node with_global_values(const base::yaml::Node::Entry& entry, const base::OptionSet& options) const;

  const Catalogue& catalogue_;
  const base::yaml::Node* global_;
  const TriggerContext context_;
  base::yaml::Problems& problems_;
};

}  // namespace playbooks
