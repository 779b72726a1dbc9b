// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace fakes {

// The text of schemas/<type>.v1.schema.json.
inline nlohmann::json published(const std::string& type) {
  std::ifstream file(std::string(TOCSIN_SOURCE_DIR) + "/schemas/" + type + ".v1.schema.json");
  return nlohmann::json::parse(file);
}

// A JSON Schema that we publish, to hold against what we write or take.
class PublishedSchema {
 public:
  // The one of that type.
  explicit PublishedSchema(const char* type) : PublishedSchema(published(type)) {}
  explicit PublishedSchema(const nlohmann::json& text) {
    valijson::adapters::NlohmannJsonAdapter adapter(text);
    valijson::SchemaParser().populateSchema(adapter, schema_);
  }

  // What is wrong with a record, or an empty string.
  std::string complaints(const std::string& record) const { return complaints(nlohmann::json::parse(record)); }
  std::string complaints(const nlohmann::json& json) const {
    valijson::adapters::NlohmannJsonAdapter adapter(json);
    valijson::ValidationResults results;
    std::string all;
    if (valijson::Validator().validate(schema_, adapter, &results)) return all;
    for (valijson::ValidationResults::Error error; results.popError(error);) {
      for (const auto& place : error.context) all += place;
      all += ": " + error.description + "\n";
    }
    return all;
  }

 private:
  valijson::Schema schema_;
};

}  // namespace fakes
