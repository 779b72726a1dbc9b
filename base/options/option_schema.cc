// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/options/option_set.h"
#include "base/options/value_types.h"
#include "base/yaml/parse.h"

namespace base {

namespace {

using Json = nlohmann::ordered_json;

Json scalar_json(const yaml::Node& node) {
  if (node.quoted) return node.scalar;
  yaml::Problems ignored;
  bool truth = false;
  if (options::read_value(node, truth, ignored)) return truth;
  std::int64_t whole = 0;
  if (options::read_value(node, whole, ignored)) return whole;
  double number = 0;
  if (options::read_value(node, number, ignored)) return number;
  return node.scalar;
}

Json to_json(const yaml::Node& node) {
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

Json default_json(const std::string& text) {
  yaml::Problems ignored;
  return to_json(yaml::parse(
      text, [](const std::string&) { return std::nullopt; }, ignored));
}

Json property(const OptionSpec& spec) {
  Json json = Json::parse(spec.schema);
  json["description"] = spec.doc;
  if (!spec.default_text.empty()) json["default"] = default_json(spec.default_text);
  return json;
}

Json requires_keys(std::initializer_list<std::string> keys) {
  return {{"required", Json(std::vector<std::string>(keys))}};
}

}  // namespace

std::string OptionSet::json_schema() const {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", name_},
                 {"description", doc_},
                 {"type", "object"},
                 {"additionalProperties", false},
                 {"properties", Json::object()}};
  Json required = Json::array();
  Json rules = Json::array();
  for (const OptionSpec& spec : specs_) {
    schema["properties"][spec.key] = property(spec);
    if (spec.file_key.empty()) {
      if (spec.required) required.push_back(spec.key);
      continue;
    }
    if (spec.required) {
      rules.push_back({{"oneOf", Json::array({requires_keys({spec.key}), requires_keys({spec.file_key})})}});
    } else {
      rules.push_back({{"not", requires_keys({spec.key, spec.file_key})}});
    }
  }
  if (!required.empty()) schema["required"] = std::move(required);
  if (!rules.empty()) schema["allOf"] = std::move(rules);
  return schema.dump(2);
}

}  // namespace base
