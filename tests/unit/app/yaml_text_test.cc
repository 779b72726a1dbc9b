// SPDX-License-Identifier: Apache-2.0
#include "app/yaml_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/options/node_json.h"
#include "base/yaml/parse.h"

namespace {

using nlohmann::json;

TEST(YamlText, WritesBlocks) {
  json value = {{"file", "a.yaml"}, {"ok", true}, {"problems", {{{"line", 3}, {"message", "no: x"}}, json::array()}}};

  EXPECT_EQ(app::to_yaml(value), "file: a.yaml\nok: true\nproblems:\n  - line: 3\n    message: \"no: x\"\n  - []\n");
}

TEST(YamlText, CanBeReadBack) {
  json value = {{"texts", {"", "yes", "12", "a b", "\"q\"\n", "- x", "#", "null", "caf\xc3\xa9", "~"}},
                {"numbers", {1, -2.5}},
                {"truth", {true, false}},
                {"deep", {{"list", {{{"a", json::object()}}, {{"b", {1, {2, 3}}}}}}}},
                {"on", "off"}};
  base::yaml::Problems problems;
  auto read = base::yaml::parse(
      app::to_yaml(value), [](const std::string&) { return std::nullopt; }, problems);

  ASSERT_TRUE(problems.sorted().empty()) << problems.sorted().front().message << app::to_yaml(value);
  EXPECT_EQ(json::parse(base::options::to_json(read).dump()), value) << app::to_yaml(value);
}

}  // namespace
