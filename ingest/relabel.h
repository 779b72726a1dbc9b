// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/labels.h"

namespace ingest {

// One item of `alertRelabel`.
struct RelabelRule {
  enum class Operation { kAdd, kReplace };
  std::string source;
  std::string target;
  Operation operation = Operation::kAdd;
};
const base::OptionTable<RelabelRule>& relabel_options();

// Robusta's `alertRelabel`: gives labels of alerts the names that playbooks and subjects are read from, before anything
// is derived from them. Rules apply in order, each to what the ones before left; one whose source an alert does not
// have, or has empty, does nothing. An alert keeps the fingerprint that its sender gave it. Immutable.
class Relabel {
 public:
  // Changes nothing.
  Relabel() = default;
  explicit Relabel(std::vector<RelabelRule> rules) : rules_(std::move(rules)) {}

  // Reads a list of rules. Problems: no list, a rule whose label is its own source, what the option table refuses.
  static Relabel read(const base::yaml::Node& node, base::yaml::Problems& problems);

  void apply(schemas::Labels& labels) const;

 private:
  std::vector<RelabelRule> rules_;
};

}  // namespace ingest
