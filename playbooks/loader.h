// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "playbooks/catalogue.h"
#include "playbooks/playbooks.h"

namespace playbooks {

// Where in a configuration file the parts stand that the loader reads; nullptr: not there.
struct ConfigParts {
  std::string list_name = "customPlaybooks";   // The key of `list`: names playbooks that have no name.
  const base::yaml::Node* list = nullptr;      // The user's playbooks.
  bool is_rendered = false;                    // `list` is a rendered active_playbooks: built-in ones are in it.
  const base::yaml::Node* disabled = nullptr;  // disabledPlaybooks.
  const base::yaml::Node* global = nullptr;    // globalConfig.
  const base::yaml::Node* settings = nullptr;  // playbooks.
  bool medium_is_named = false;                // Some sink of the file tells MEDIUM from HIGH (schemas/scope.h).
};

// Builds the playbooks that a configuration asks for, in the order of evaluation: built-in ones with priority, the
// user's, the other built-in ones. Problems: what is mistaken is an error, what Robusta has and tocsin has not is a
// warning and left out. Trust the result only if `problems` has no errors.
std::shared_ptr<const Playbooks> load(const ConfigParts& parts, const Catalogue& catalogue,
                                      base::yaml::Problems& problems);

}  // namespace playbooks
