// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "sinks/routing/route.h"
#include "sinks/sink_types.h"

namespace sinks {

// The sinks of a configuration, in its order.
struct SinkSet {
  struct Member {
    std::string name;  // As sink_name() has it: for topics, metrics, the ledger.
    std::string kind;  // "webhook_sink".
    std::string
        digest;  // Of its section: equal digests need no new sink at a reload. Says nothing about secrets in it.
    Configured configured;
  };
  std::vector<Member> members;
  std::shared_ptr<const RoutingTable> routes = std::make_shared<RoutingTable>();

  std::vector<std::string> names() const;
};

// Reads `sinksConfig` (or `sinks_config`): a list of mappings with one key each, the kind. Problems: anything else, an
// unknown kind (a warning where Robusta has it), two sinks with the same name, and what the kinds find. A null node is
// no sinks.
SinkSet load_sinks(const base::yaml::Node& node, const SinkTypes& types, const Services& services,
                   base::yaml::Problems& problems);

// The kinds of sinks that Robusta has, by the keys of its configuration.
const std::vector<std::string>& robusta_sink_kinds();

// Whether any sink of the section tells MEDIUM from HIGH (schemas/scope.h).
bool some_sink_names_medium(const base::yaml::Node& sinks);

}  // namespace sinks
