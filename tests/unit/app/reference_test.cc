// SPDX-License-Identifier: Apache-2.0
#include "base/options/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "app/components.h"
#include "app/config.h"
#include "app/config_schema.h"
#include "app/endpoints.h"
#include "playbooks/builtin.h"

namespace {

namespace fs = std::filesystem;

using Sets = std::vector<const base::OptionSet*>;

template <class Types>
Sets sets_of(const Types& types) {
  Sets sets;
  for (const std::string& name : types.names()) sets.push_back(types.find(name)->options);
  return sets;
}

// Every page and schema that is made from the option tables, by its path in the tree.
std::map<std::string, std::string> generated() {
  const app::Components& known = app::components();
  std::map<std::string, Sets> pages = {{"configuration", app::top_level_option_sets()},
                                       {"triggers", sets_of(known.triggers)},
                                       {"actions", sets_of(known.actions)},
                                       {"sinks", sets_of(known.sinks)}};
  std::map<std::string, std::string> titles = {{"configuration", "Sections of the configuration"},
                                               {"triggers", "Triggers"},
                                               {"actions", "Actions"},
                                               {"sinks", "Sinks"}};
  std::map<std::string, std::string> files = {{"docs/reference/http.md", app::endpoints_page()}};
  for (const auto& [name, sets] : pages) {
    files["docs/reference/" + name + ".md"] = base::reference_page(
        titles[name], "Made from the option tables; `tests/unit/app/reference_test.cc` says how.", sets);
    for (const base::OptionSet* set : sets) {
      files["schemas/config/" + set->name() + ".schema.json"] = set->json_schema() + "\n";
    }
  }
  files["schemas/config/tocsin.schema.json"] = app::config_schema();
  return files;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Run with TOCSIN_WRITE_REFERENCE=1 to make the files anew.
TEST(Reference, IsWhatTheOptionTablesSay) {
  bool writes = std::getenv("TOCSIN_WRITE_REFERENCE") != nullptr;
  for (const auto& [name, text] : generated()) {
    fs::path path = fs::path(TOCSIN_SOURCE_DIR) / name;
    if (writes) {
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << text;
    }
    EXPECT_EQ(content_of(path), text) << name << " is out of date: run app_test with TOCSIN_WRITE_REFERENCE=1";
  }
}

TEST(Reference, HasEveryBuiltinPlaybook) {
  auto page = content_of(fs::path(TOCSIN_SOURCE_DIR) / "docs/configuration.md");
  const auto builtin = playbooks::builtin_playbooks();
  for (const auto& entry : builtin.entries) {
    for (const auto& playbook : entry.value.items) {
      const std::string& name = playbook.find("name")->scalar;
      EXPECT_NE(page.find("| `" + name + "` |"), std::string::npos) << name;
    }
  }
}

TEST(Reference, HasNoFileThatNoTableMakes) {
  auto files = generated();
  for (const char* folder : {"docs/reference", "schemas/config"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / folder)) {
      auto name = std::string(folder) + "/" + entry.path().filename().string();
      EXPECT_TRUE(files.contains(name)) << name;
    }
  }
}

}  // namespace
