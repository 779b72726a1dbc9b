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

// One of the files schemas/<type>.v1.schema.json, to hold against what sinks send.
class PublishedSchema {
 public:
  explicit PublishedSchema(const std::string& type) {
    std::ifstream file(std::string(TOCSIN_SOURCE_DIR) + "/schemas/" + type + ".v1.schema.json");
    auto text = nlohmann::json::parse(file);
    valijson::adapters::NlohmannJsonAdapter adapter(text);
    valijson::SchemaParser().populateSchema(adapter, schema_);
  }

  // What is wrong with a record, or an empty string.
  std::string complaints(const std::string& record) const {
    auto json = nlohmann::json::parse(record);
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
