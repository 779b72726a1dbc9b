// SPDX-License-Identifier: Apache-2.0
#include "app/config_schema.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/options/node_json.h"
#include "base/yaml/parse.h"
#include "tests/fakes/published_schema.h"

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
    return schema_.complaints(json);
  }

 private:
  fakes::PublishedSchema schema_{nlohmann::json::parse(app::config_schema())};
};

TEST_F(ConfigSchema, TakesEveryFileThatRuns) {
  for (const char* folder : {"tests/configs/good", "tests/configs/odd", "deploy/examples"}) {
    for (const fs::path& path : files_in(folder)) {
      if (path.filename() != "alertmanager.yaml") EXPECT_EQ(complaints(path), "") << path;
    }
  }
}

// What the schema can't see is regexes, dates, names that must differ or must be there, and what stands in free text.
TEST_F(ConfigSchema, RefusesManyBrokenFiles) {
  std::size_t refused = 0;
  std::size_t all = 0;
  for (const fs::path& path : files_in("tests/configs/bad")) {
    ++all;
    if (!complaints(path).empty()) ++refused;
  }
  EXPECT_GE(refused * 5, all * 2) << refused << " of " << all;
}

}  // namespace
