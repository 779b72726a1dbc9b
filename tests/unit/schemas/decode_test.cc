// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "schemas/codec/records.h"
#include "tests/fakes/random_records.h"
#include "tests/fakes/rounds.h"

namespace schemas {
namespace {

using Json = nlohmann::json;

std::string error_of(const auto& result) { return result.has_value() ? "no error" : result.error().message; }

Event small_event() {
  Event event;
  event.id = "1";
  event.source = "alertmanager";
  event.subject = "prod/shop/pod/cart";
  event.alert.emplace().fingerprint = "2";
  event.alert->labels = {{"severity", "warning"}};
  return event;
}

Json tree(const auto& record) { return Json::parse(encode(record)); }

TEST(Decode, NamesThePathOfAWrongField) {
  Json event = tree(small_event());
  event["alert"]["labels"]["severity"] = 5;
  EXPECT_EQ(error_of(decode_event(event.dump())), "alert.labels.severity must be text");

  Finding finding;
  finding.enrichments = {{"text", "", "", {MarkdownBlock{"a"}, ListBlock{{"x", "y"}}}}};
  Json json = tree(finding);
  json["enrichments"][0]["blocks"][1]["items"][1] = true;
  EXPECT_EQ(error_of(decode_finding(json.dump())), "enrichments[0].blocks[1].items[1] must be text");
}

TEST(Decode, NamesAMissingField) {
  Json event = tree(small_event());
  event["alert"].erase("fingerprint");

  EXPECT_EQ(error_of(decode_event(event.dump())), "alert.fingerprint is missing");
}

TEST(Decode, SaysWhichNamesAreValid) {
  Json finding = tree(Finding());
  finding["severity"] = "BAD";

  EXPECT_EQ(error_of(decode_finding(finding.dump())),
            "severity must be one of DEBUG, INFO, LOW, MEDIUM, HIGH, CRITICAL");
}

TEST(Decode, RefusesOtherVersionsAndTypesClearly) {
  auto with_schema = [](const Json& schema) {
    Json event = tree(small_event());
    event["schema"] = schema;
    return error_of(decode_event(event.dump()));
  };

  EXPECT_EQ(with_schema("tocsin.event/0"),
            "schema is 'tocsin.event/0': too old, this tocsin reads from 'tocsin.event/1'");
  EXPECT_EQ(with_schema("tocsin.event/2"),
            "schema is 'tocsin.event/2': written by a newer tocsin, this one reads up to 'tocsin.event/1'");
  EXPECT_EQ(with_schema("tocsin.finding/1"), "schema is 'tocsin.finding/1': expected 'tocsin.event/1'");
  EXPECT_EQ(with_schema("tocsin.event"), "schema is 'tocsin.event': expected 'tocsin.event/1'");
  EXPECT_EQ(with_schema("tocsin.event/-1"), "schema is 'tocsin.event/-1': expected 'tocsin.event/1'");
  EXPECT_EQ(with_schema(nullptr), "schema is missing");
}

TEST(Decode, KeepsUnknownFieldsAndWritesThemBack) {
  Json event = tree(small_event());
  event["later"] = {{"a", 1}};

  Event read = decode_event(event.dump()).value();

  EXPECT_EQ(read.unknown, R"({"later":{"a":1}})");
  EXPECT_EQ(tree(read), event);
}

TEST(Decode, KeepsABlockOfALaterVersionAsJson) {
  Block read = codec::decode<Block>(R"({"type": "map", "zoom": 3})", "block").value();

  EXPECT_EQ(read, Block(JsonBlock{R"({"type":"map","zoom":3})"}));
}

TEST(Decode, RefusesWhatIsTooLargeOrTooDeepOrNoObject) {
  EXPECT_EQ(error_of(decode_event(std::string(1000, '['))), "event is nested deeper than 64 levels");
  EXPECT_EQ(error_of(decode_event("[]")), "event must be an object");
  EXPECT_EQ(error_of(decode_event("{")), "event is not JSON");
  EXPECT_EQ(error_of(decode_event("")), "event is not JSON");
  auto large = decode_event(std::string(17 * 1024 * 1024, ' '));
  EXPECT_EQ(large.error().reason, base::Reason::kTooLarge);
}

TEST(Decode, TakesTheLastOfAFieldThatComesTwice) {
  std::string text = encode(small_event());
  text.replace(0, 1, R"({"id":5,"later":1,)");
  text.replace(text.size() - 1, 1, R"(,"cluster":"a","cluster":"b","later":2})");

  Event read = decode_event(text).value();

  EXPECT_EQ(read.id, "1");
  EXPECT_EQ(read.cluster, "b");
  EXPECT_EQ(read.unknown, R"({"later":2})");
}

TEST(Decode, ReadsNumbersOfAnySizeThatADoubleHas) {
  Json event = tree(small_event());
  event["later"] = 1;
  auto with_number = [&](const std::string& number) {
    std::string text = event.dump();
    return decode_event(text.replace(text.find(R"("later":1)"), 9, R"("later":)" + number));
  };

  EXPECT_EQ(with_number("18446744073709551615").value().unknown, R"({"later":18446744073709551615})");
  EXPECT_EQ(with_number("100000000000000000000").value().unknown, R"({"later":1e+20})");
  EXPECT_EQ(with_number("0.1").value().unknown, R"({"later":0.1})");
  EXPECT_EQ(error_of(with_number("1e999")), "event is not JSON");

  Json receipt = tree(fakes::RandomRecords(1).receipt());
  receipt["attempts"] = 1ULL << 63;
  EXPECT_EQ(error_of(decode_receipt(receipt.dump())), "attempts must be a whole number");
}

TEST(Decode, ReadsARecordWhileAnotherIsRead) {
  std::string inner;
  std::string after;

  auto read = codec::read_text(R"({"a": "outer", "b": {"c": "still there"}})", "outer", [&](codec::Fields& outer) {
    auto nested = codec::read_text(R"({"a": "inner"})", "inner", [&](codec::Fields& in) { in.required("a", inner); });
    ASSERT_TRUE(nested.has_value());
    outer.required("a", after);
  });

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(inner, "inner");
  EXPECT_EQ(after, "outer");
}

TEST(Decode, ReadsALargeRecord) {
  Event event = small_event();
  event.alert->annotations["logs"] = std::string(1024 * 1024, '\n');

  EXPECT_EQ(decode_event(encode(event)).value().alert->annotations, event.alert->annotations);
  EXPECT_EQ(decode_event(encode(small_event())).value().id, "1");
}

TEST(Decode, ReadsAsDeepAsTheLimit) {
  auto with_depth = [](int levels) {
    std::string text = encode(small_event());
    std::string lists = std::string(levels - 1, '[') + "1" + std::string(levels - 1, ']');
    return decode_event(text.replace(text.size() - 1, 1, R"(,"later":)" + lists + "}"));
  };

  EXPECT_EQ(error_of(with_depth(codec::kMaxDepth)), "no error");
  EXPECT_EQ(error_of(with_depth(codec::kMaxDepth + 1)), "event is nested deeper than 64 levels");
}

TEST(Encode, ReplacesWhatIsNotUtf8) {
  Event event = small_event();
  event.alert->annotations = {{"summary", "caf\xe9 \xed\xa0\x80 \xc0\xaf ok"}, {"\xff", "x"}};

  Event read = decode_event(encode(event)).value();

  EXPECT_EQ(value_of(read.alert->annotations, "summary"),
            "caf\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD ok");
  EXPECT_EQ(read.alert->annotations.count("\xEF\xBF\xBD"), 1U);
}

TEST(Encode, WritesSamplesAsPairsWithGapsAsNull) {
  base::Chart chart;
  base::Time start(std::chrono::seconds(1'700'000'000));
  chart.series = {
      {"memory", {}, {{start, 1.5}, {start + std::chrono::milliseconds(250), std::nan("")}, {start, INFINITY}}}};

  std::string text = codec::to_text(Block(ChartBlock{chart}));

  EXPECT_EQ(Json::parse(text)["chart"]["series"][0]["samples"].dump(),
            R"([[1700000000,1.5],[1700000000.25,null],[1700000000,"+Inf"]])");
  Block read = codec::decode<Block>(text, "block").value();
  EXPECT_TRUE(std::isnan(std::get<ChartBlock>(read).chart.series[0].samples[1].value));
}

// Swaps, drops, doubles or replaces some bytes.
std::string mutate(std::string text, fakes::RandomRecords& random) {
  static const std::vector<std::string> kPieces = {"null",
                                                   "-1",
                                                   "1e999",
                                                   "\"",
                                                   "{}",
                                                   "[",
                                                   "}",
                                                   "\\u0000",
                                                   "\\ud800",
                                                   "\xff",
                                                   "99999999999999999999",
                                                   "true",
                                                   ",",
                                                   "\"tocsin.event/2\""};
  for (std::size_t i = 1 + random.below(4); i > 0 && !text.empty(); --i) {
    std::size_t at = random.below(text.size());
    std::size_t length = random.below(8);
    text.replace(at, length,
                 random.chance(50) ? kPieces[random.below(kPieces.size())] : text.substr(random.below(text.size()), 6));
  }
  return text;
}

// Replaces a value somewhere in the tree by one of another type: still JSON, but of a wrong shape.
void misshape(Json& node, fakes::RandomRecords& random) {
  static const std::vector<Json> kValues = {nullptr,
                                            1,
                                            -1.5e300,
                                            "",
                                            "x",
                                            true,
                                            Json::array(),
                                            Json::object(),
                                            1ULL << 63,
                                            Json::array({1, 2}),
                                            Json::array({Json::array({1e18, 2})})};
  if (node.is_structured() && !node.empty() && random.chance(85)) {
    return misshape(*std::next(node.begin(), static_cast<std::ptrdiff_t>(random.below(node.size()))), random);
  }
  node = kValues[random.below(kValues.size())];
}

TEST(Decode, GivesAValueOrAnErrorForEveryMutation) {
  int values = 0;
  int errors = 0;
  for (int seed = 0; seed < fakes::rounds(6000); ++seed) {
    fakes::RandomRecords random(seed);
    std::string text = encode(random.delivery());
    if (seed % 2 == 0) {
      text = mutate(std::move(text), random);
    } else {
      Json json = Json::parse(text);
      misshape(json, random);
      text = json.dump();
    }

    auto read = decode_delivery(text);

    ASSERT_EQ(error_of(read) != "delivery is not JSON", Json::accept(text)) << seed << text;
    if (read.has_value()) {
      ASSERT_TRUE(decode_delivery(encode(read.value())).has_value()) << seed;
      ++values;
    } else {
      ASSERT_FALSE(read.error().message.empty());
      ASSERT_TRUE(read.error().retry.is_never());
      ++errors;
    }
  }
  EXPECT_GT(values, fakes::rounds(100));
  EXPECT_GT(errors, fakes::rounds(1000));
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Written by the first release and never changed: what it wrote stays readable.
TEST(Decode, ReadsTheRecordsOfVersionOne) {
  std::filesystem::path folder = std::filesystem::path(TOCSIN_SOURCE_DIR) / "tests/records/v1";
  auto check = [&](const char* name, auto decode) {
    std::string text = read_file(folder / name);
    auto read = decode(text);
    ASSERT_TRUE(read.has_value()) << name << ": " << read.error().message;
    EXPECT_EQ(tree(read.value()), Json::parse(text)) << name;
  };

  check("event.json", decode_event);
  check("finding.json", decode_finding);
  check("transition.json", decode_transition);
  check("delivery.json", decode_delivery);
  check("receipt.json", decode_receipt);
  check("trace.json", decode_trace);
}

}  // namespace
}  // namespace schemas
