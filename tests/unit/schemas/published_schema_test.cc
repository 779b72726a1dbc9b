// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tests/fakes/random_records.h"

namespace schemas {
namespace {

using Json = nlohmann::json;

constexpr int kRounds = 100;

// Refuses fields that the schema doesn't describe, so that none is emitted undocumented.
void make_strict(Json& node) {
  if (node.is_object() && node.contains("properties") && !node.contains("additionalProperties")) {
    node["additionalProperties"] = false;
  }
  for (Json& inner : node) {
    if (inner.is_structured()) make_strict(inner);
  }
}

// One of the files schemas/<type>.v1.schema.json.
class Published {
 public:
  explicit Published(const std::string& type) {
    std::ifstream file(std::string(TOCSIN_SOURCE_DIR) + "/schemas/" + type + ".v1.schema.json");
    Json text = Json::parse(file);
    make_strict(text);
    valijson::adapters::NlohmannJsonAdapter adapter(text);
    valijson::SchemaParser().populateSchema(adapter, schema_);
  }

  // What is wrong with a record, or an empty string.
  std::string complaints(const std::string& record) const {
    Json json = Json::parse(record);
    valijson::adapters::NlohmannJsonAdapter adapter(json);
    valijson::ValidationResults results;
    valijson::Validator validator;
    std::string all;
    if (validator.validate(schema_, adapter, &results)) return all;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      for (const std::string& place : error.context) all += place;
      all += ": " + error.description + "\n";
    }
    return all;
  }

 private:
  valijson::Schema schema_;
};

template <class T>
void expect_valid(const std::string& type, T (fakes::RandomRecords::*make)()) {
  Published schema(type);
  for (int seed = 0; seed < kRounds; ++seed) {
    fakes::RandomRecords random(seed);
    random.with_unknown_fields = false;
    std::string record = encode((random.*make)());

    ASSERT_EQ(schema.complaints(record), "") << "seed " << seed << "\n" << record;
  }
}

TEST(PublishedSchema, DescribesEveryEvent) { expect_valid("event", &fakes::RandomRecords::event); }
TEST(PublishedSchema, DescribesEveryFinding) { expect_valid("finding", &fakes::RandomRecords::finding); }
TEST(PublishedSchema, DescribesEveryTransition) { expect_valid("transition", &fakes::RandomRecords::transition); }
TEST(PublishedSchema, DescribesEveryDelivery) { expect_valid("delivery", &fakes::RandomRecords::delivery); }
TEST(PublishedSchema, DescribesEveryReceipt) { expect_valid("receipt", &fakes::RandomRecords::receipt); }
TEST(PublishedSchema, DescribesEveryTrace) { expect_valid("trace", &fakes::RandomRecords::trace); }

TEST(PublishedSchema, RefusesAWrongSeverity) {
  Json record = Json::parse(encode(fakes::RandomRecords(1).finding()));
  record["severity"] = "BAD";

  EXPECT_NE(Published("finding").complaints(record.dump()), "");
}

}  // namespace
}  // namespace schemas
