// SPDX-License-Identifier: Apache-2.0
#include "app/config_schema.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/options/node_json.h"
#include "base/yaml/parse.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

class ConfigSchema : public ::testing::Test {
 protected:
  ConfigSchema() {
    auto json = nlohmann::json::parse(app::config_schema());
    valijson::adapters::NlohmannJsonAdapter adapter(json);
    valijson::SchemaParser().populateSchema(adapter, schema_);
  }

  // What an editor would say: nothing for a good file. It sees references to the environment as they are written.
  std::string complaints(const fs::path& path) {
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    base::yaml::Problems problems;
    auto as_written = [](const std::string& name) { return std::optional("{{ env." + name + " }}"); };
    auto ordered = base::options::to_json(base::yaml::parse(text, as_written, problems));
    if (problems.has_errors()) return "not YAML";
    auto json = nlohmann::json::parse(ordered.dump());
    if (json.is_null()) json = nlohmann::json::object();
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

TEST_F(ConfigSchema, TakesEveryFileThatRuns) {
  for (const char* folder : {"tests/configs/good", "tests/configs/odd", "deploy/examples"}) {
    for (const fs::path& path : files_in(folder)) {
      if (path.filename() != "alertmanager.yaml") EXPECT_EQ(complaints(path), "") << path;
    }
  }
}

// What the schema can't see is regexes, dates, names that must differ, and what stands in free text.
TEST_F(ConfigSchema, RefusesMostBrokenFiles) {
  std::size_t refused = 0;
  std::size_t all = 0;
  for (const fs::path& path : files_in("tests/configs/bad")) {
    ++all;
    if (!complaints(path).empty()) ++refused;
  }
  EXPECT_GE(refused * 2, all) << refused << " of " << all;
}

}  // namespace
