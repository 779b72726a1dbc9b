// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fakes/fake_http_client.h"

namespace {

namespace fs = std::filesystem;

fs::path configs(const char* folder) { return fs::path(TOCSIN_SOURCE_DIR) / "tests/configs" / folder; }

std::vector<fs::path> files_in(const char* folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(configs(folder))) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// What `tocsin check` would print, without the file's name.
struct Checked {
  std::optional<app::Config> config;
  std::vector<std::string> lines;
};

class Configs : public ::testing::Test {
 protected:
  Checked check(const fs::path& path) {
    base::yaml::Problems problems;
    Checked checked;
    checked.config = app::load_config(path.string(), {http_, context_.get_executor()}, problems);
    for (const auto& problem : problems.sorted()) {
      checked.lines.push_back(base::yaml::to_string(problem, "").substr(1));
    }
    return checked;
  }

  Checked check_text(const std::string& text) {
    fs::path path = fs::temp_directory_path() / ("tocsin-config-" + std::to_string(::getpid()) + ".yaml");
    std::ofstream(path) << text;
    auto checked = check(path);
    fs::remove(path);
    return checked;
  }

  fakes::FakeHttpClient http_;
  boost::asio::io_context context_;
};

// The first lines of a broken file are comments with what is expected, one problem a line: "# expect 3:5: error: ...".
TEST_F(Configs, EveryBrokenFileIsRefusedInItsOwnWords) {
  constexpr std::string_view kExpect = "# expect ";
  auto files = files_in("bad");
  EXPECT_GE(files.size(), 20u);
  for (const fs::path& path : files) {
    std::vector<std::string> expected;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line) && line.starts_with(kExpect);) {
      expected.push_back(line.substr(kExpect.size()));
    }

    Checked checked = check(path);

    EXPECT_FALSE(checked.config) << path;
    EXPECT_EQ(checked.lines, expected) << path;
  }
}

TEST_F(Configs, AFileThatIsNotThereIsRefused) {
  auto checked = check("/nonexistent/tocsin.yaml");

  EXPECT_FALSE(checked.config);
  EXPECT_EQ(checked.lines, std::vector<std::string>{" error: the file can't be read"});
}

TEST_F(Configs, AnEmptyFileRunsTheBuiltinPlaybooks) {
  auto checked = check_text("");

  ASSERT_TRUE(checked.config);
  EXPECT_TRUE(checked.lines.empty());
  EXPECT_FALSE(checked.config->playbooks->playbooks.empty());
  EXPECT_EQ(checked.config->cluster, "default");
}

TEST_F(Configs, RobustasHelmValuesRunWithWarningsByName) {
  auto checked = check(configs("good") / "robusta-generated-values.yaml");

  ASSERT_TRUE(checked.config) << checked.lines.front();
  EXPECT_EQ(checked.config->cluster, "prod");
  EXPECT_EQ(checked.config->sinks.names(), std::vector<std::string>{"hook"});
  for (const char* name : {"robusta_sink", "slack_sink", "rsa", "enablePrometheusStack", "on_pod_crash_loop"}) {
    EXPECT_TRUE(std::any_of(checked.lines.begin(), checked.lines.end(), [&](const std::string& line) {
      return line.find(name) != std::string::npos && line.find("warning") != std::string::npos;
    })) << name;
  }
}

TEST_F(Configs, RobustasRenderedConfigurationRuns) {
  auto checked = check(configs("good") / "robusta-active-playbooks.yaml");

  ASSERT_TRUE(checked.config) << checked.lines.front();
  EXPECT_EQ(checked.config->cluster, "prod");
  EXPECT_EQ(checked.config->playbooks->playbooks.size(), 2u);
}

TEST_F(Configs, TheClusterNameCanStandInGlobalConfig) {
  EXPECT_EQ(check_text("globalConfig: {cluster_name: east}").config->cluster, "east");
}

}  // namespace
