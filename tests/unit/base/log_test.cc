// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace base {
namespace {

// What log functions write to standard error while `body` runs.
template <class Body>
std::string captured(Body body) {
  testing::internal::CaptureStderr();
  body();
  return testing::internal::GetCapturedStderr();
}

class Log : public testing::Test {
 protected:
  ~Log() override {
    log::set_level(log::Level::kInfo);
    log::use_json(true);
  }
};

TEST_F(Log, WritesOneJsonObjectALine) {
  log::use_json(true);
  auto written = captured([] {
    log::info("area: it happened", {{"path", "a b"}, {"count", 3}, {"good", true}, {"share", 0.5}});
  });

  ASSERT_TRUE(written.ends_with("}\n"));
  auto line = nlohmann::json::parse(written);
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["text"], "area: it happened");
  EXPECT_EQ(line["path"], "a b");
  EXPECT_EQ(line["count"], 3);
  EXPECT_EQ(line["good"], true);
  EXPECT_EQ(line["share"], 0.5);
  EXPECT_TRUE(line["time"].get<std::string>().ends_with("Z"));
}

TEST_F(Log, StaysJsonWhateverTheValuesAre) {
  log::use_json(true);
  std::string all_bytes;
  for (int c = 0; c < 128; ++c) all_bytes += static_cast<char>(c);
  for (const std::string& value :
       {all_bytes, std::string("\"}\n{\\"), std::string("é ✓ 🔥"), std::string("\xFF\xC3(")}) {
    auto written = captured([&] { log::warn(value, {{"value", value}}); });

    EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
    EXPECT_TRUE(nlohmann::json::accept(written)) << written;
  }
}

TEST_F(Log, KeepsNumbersThatJsonLacksReadable) {
  log::use_json(true);
  for (double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto written = captured([&] { log::info("area: number", {{"value", number}}); });

    EXPECT_TRUE(nlohmann::json::accept(written)) << written;
  }
}

TEST_F(Log, DropsLinesBelowTheLevel) {
  log::set_level(log::Level::kWarn);

  EXPECT_EQ(captured([] { log::info("area: quiet"); }), "");
  EXPECT_NE(captured([] { log::error("area: loud"); }), "");
  log::set_level(log::Level::kDebug);
  EXPECT_NE(captured([] { log::debug("area: now"); }), "");
}

TEST_F(Log, WritesReadableTextForPeople) {
  log::use_json(false);
  auto written = captured([] { log::info("area: it happened", {{"path", "/a"}, {"text", "a b"}, {"empty", ""}}); });

  EXPECT_NE(written.find("area: it happened path=/a text=\"a b\" empty=\"\"\n"), std::string::npos) << written;
}

}  // namespace
}  // namespace base
