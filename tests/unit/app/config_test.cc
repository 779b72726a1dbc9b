// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "app/advice.h"
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

  Checked check_as_the_verb_does(const fs::path& path) {
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    auto environment = base::yaml::process_environment();
    base::yaml::Problems problems(base::yaml::Problem::Kind::kWarning);
    base::yaml::Problems ignored;
    Checked checked;
    checked.config = app::read_config(text, environment, {http_, context_.get_executor()}, problems);
    app::advise(base::yaml::parse(text, environment, ignored), problems);
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

// The first lines of such a file are comments with what is expected, one problem a line: "# expect 3:5: error: ...".
std::vector<std::string> expected_of(const fs::path& path) {
  constexpr std::string_view kExpect = "# expect ";
  std::vector<std::string> expected;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line) && line.starts_with(kExpect);) {
    expected.push_back(line.substr(kExpect.size()));
  }
  return expected;
}

TEST_F(Configs, EveryBrokenFileIsRefusedInItsOwnWords) {
  auto files = files_in("bad");
  EXPECT_GE(files.size(), 60u);
  for (const fs::path& path : files) {
    Checked checked = check(path);

    EXPECT_FALSE(checked.config) << path;
    EXPECT_EQ(checked.lines, expected_of(path)) << path;
  }
}

TEST_F(Configs, EveryOddFileRunsAndIsAdvisedAbout) {
  auto files = files_in("odd");
  EXPECT_GE(files.size(), 10u);
  for (const fs::path& path : files) {
    Checked checked = check_as_the_verb_does(path);

    EXPECT_TRUE(checked.config) << path;
    EXPECT_FALSE(checked.lines.empty()) << path;
    EXPECT_EQ(checked.lines, expected_of(path)) << path;
  }
}

TEST_F(Configs, NoAdviceIsGivenWhereNothingIsOdd) {
  Checked checked = check_as_the_verb_does(configs("good") / "stops-that-make-sense.yaml");

  EXPECT_TRUE(checked.config);
  EXPECT_EQ(checked.lines, std::vector<std::string>{});
}

TEST_F(Configs, AMissingFileIsAMistakeWhereTheConfigurationRuns) {
  for (const char* name : {"secret-file-that-is-not-here.yaml", "files-that-are-not-here.yaml",
                           "kafka-login-that-is-not-here.yaml", "kafka-token-that-is-not-here.yaml"}) {
    auto expected = expected_of(configs("odd") / name);
    for (auto& line : expected) line.replace(line.find(": warning: "), 11, ": error: ");

    Checked checked = check(configs("odd") / name);

    EXPECT_FALSE(checked.config) << name;
    EXPECT_EQ(checked.lines, expected) << name;
  }
}

TEST_F(Configs, AFileThatIsNotThereIsRefused) {
  auto checked = check("/nonexistent/tocsin.yaml");

  EXPECT_FALSE(checked.config);
  EXPECT_EQ(checked.lines, std::vector<std::string>{" error: the file can't be read: No such file or directory"});
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
  EXPECT_EQ(checked.config->sinks.names(), (std::vector<std::string>{"main_slack_sink", "hook"}));
  for (const char* name : {"robusta_sink", "rsa", "enablePrometheusStack", "on_pod_crash_loop"}) {
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

// What a line of the check names, for each kind of thing that Robusta has and tocsin has not.
std::map<std::string, std::set<std::string>> unsupported(const std::vector<std::string>& lines) {
  std::map<std::string, std::set<std::string>> names;
  for (const std::string& line : lines) {
    std::istringstream words(line.substr(line.find("warning: ") + 9));
    std::string kind;
    std::string name;
    words >> kind >> name;
    if (kind.ends_with("_sink")) names["sink"].insert(kind);
    if (kind == "trigger" || kind == "action") names[kind].insert(name);
  }
  return names;
}

TEST_F(Configs, TheWholeActivePlaybooksOfRobustaRun) {
  auto checked = check(configs("good") / "robusta-active-playbooks-full.yaml");

  ASSERT_TRUE(checked.config) << checked.lines.front();
  auto names = unsupported(checked.lines);
  EXPECT_TRUE(names["trigger"].contains("on_pod_crash_loop"));
  EXPECT_TRUE(names["trigger"].contains("on_schedule"));
  EXPECT_TRUE(names["action"].contains("pod_oom_killer_enricher"));
  EXPECT_TRUE(names["sink"].contains("robusta_sink"));
  for (const std::string& line : checked.lines) EXPECT_NE(line.find(": warning: "), std::string::npos) << line;
  // Those on alerts: what Kubernetes triggers is left out until it is watched.
  EXPECT_GE(checked.config->playbooks->playbooks.size(), 29u);
}

TEST_F(Configs, AWholeValuesFileOfRobustaRuns) {
  auto checked = check(configs("good") / "robusta-values-full.yaml");

  ASSERT_TRUE(checked.config) << checked.lines.front();
  auto names = unsupported(checked.lines);
  EXPECT_TRUE(names["trigger"].contains("on_helm_release_fail"));
  EXPECT_TRUE(names["sink"].contains("jira_sink"));
  for (const char* key : {"kubewatch", "holmes", "kube-prometheus-stack", "rsa", "runner"}) {
    EXPECT_TRUE(std::any_of(checked.lines.begin(), checked.lines.end(), [&](const std::string& line) {
      return line.find("'" + std::string(key) + "' has no effect: ") != std::string::npos;
    })) << key;
  }
}

TEST_F(Configs, TheClusterNameCanStandInGlobalConfig) {
  EXPECT_EQ(check_text("globalConfig: {cluster_name: east}").config->cluster, "east");
}

}  // namespace
