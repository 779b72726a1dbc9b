// SPDX-License-Identifier: Apache-2.0
#include "base/options/node_json.h"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/options/value_types.h"

namespace base::options {

namespace {

using Json = nlohmann::ordered_json;

Json scalar_json(const yaml::Node& node) {
  if (node.quoted) return node.scalar;
  yaml::Problems ignored;
  bool truth = false;
  if (read_value(node, truth, ignored)) return truth;
  std::int64_t whole = 0;
  if (read_value(node, whole, ignored)) return whole;
  double number = 0;
  if (read_value(node, number, ignored)) return number;
  return node.scalar;
}

}  // namespace

nlohmann::ordered_json to_json(const yaml::Node& node) {
  switch (node.kind) {
    case yaml::Node::Kind::kNull:
      return nullptr;
    case yaml::Node::Kind::kScalar:
      return scalar_json(node);
    case yaml::Node::Kind::kSequence: {
      Json list = Json::array();
      for (const yaml::Node& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case yaml::Node::Kind::kMapping: {
      Json mapping = Json::object();
      for (const yaml::Node::Entry& entry : node.entries) mapping[entry.key] = to_json(entry.value);
      return mapping;
    }
  }
  return nullptr;
}

}  // namespace base::options
