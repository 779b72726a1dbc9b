// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/published_schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/random_records.h"
#include "tests/fakes/rounds.h"

namespace schemas {
namespace {

using Json = nlohmann::json;

constexpr int kRounds = fakes::rounds(100);

// Refuses fields that the schema doesn't describe, so that none is emitted undocumented.
void make_strict(Json& node) {
  if (node.is_object() && node.contains("properties") && !node.contains("additionalProperties")) {
    node["additionalProperties"] = false;
  }
  for (Json& inner : node) {
    if (inner.is_structured()) make_strict(inner);
  }
}

fakes::PublishedSchema strict(const std::string& type) {
  Json text = fakes::published(type);
  make_strict(text);
  return fakes::PublishedSchema(text);
}

template <class T>
void expect_valid(const std::string& type, T (fakes::RandomRecords::*make)()) {
  fakes::PublishedSchema schema = strict(type);
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

  EXPECT_NE(strict("finding").complaints(record.dump()), "");
}

}  // namespace
}  // namespace schemas
