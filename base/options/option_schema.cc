// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/options/node_json.h"
#include "base/options/option_set.h"
#include "base/yaml/parse.h"

namespace base {

namespace {

using Json = nlohmann::ordered_json;

Json default_json(const std::string& text) {
  yaml::Problems ignored;
  return options::to_json(yaml::parse(
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
