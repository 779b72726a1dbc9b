// SPDX-License-Identifier: Apache-2.0
#include "playbooks/builtin.h"

#include <exception>

#include "base/log.h"
#include "base/yaml/parse.h"

namespace playbooks {

namespace {

void forget_marks(base::yaml::Node& node) {
  node.mark = {};
  for (base::yaml::Node& item : node.items) forget_marks(item);
  for (base::yaml::Node::Entry& entry : node.entries) {
    entry.key_mark = {};
    forget_marks(entry.value);
  }
}

}  // namespace

base::yaml::Node builtin_playbooks() {
  base::yaml::Problems problems;
  base::yaml::Node node = base::yaml::parse(
      kBuiltinYaml, [](const std::string&) { return std::nullopt; }, problems);
  for (const base::yaml::Problem& problem : problems.sorted()) {
    base::log::error("playbooks: broken built-in playbooks", {{"problem", to_string(problem, "builtin.yaml")}});
    std::terminate();
  }
  forget_marks(node);
  return node;
}

}  // namespace playbooks
