// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/fuzzers.h"

namespace {

namespace fs = std::filesystem;

using Fuzzer = void (*)(std::string_view input);

const std::map<std::string, Fuzzer>& fuzzers() {
  static const std::map<std::string, Fuzzer> all = {{"alertmanager_answer", &fuzz::alertmanager_answer},
                                                    {"body_template", &fuzz::body_template},
                                                    {"config_yaml", &fuzz::config_yaml},
                                                    {"credentials", &fuzz::credentials},
                                                    {"dead_letter", &fuzz::dead_letter},
                                                    {"heartbeat", &fuzz::heartbeat},
                                                    {"http_request", &fuzz::http_request},
                                                    {"intake_record", &fuzz::intake_record},
                                                    {"kafka_message", &fuzz::kafka_message},
                                                    {"matcher", &fuzz::matcher},
                                                    {"oauth_token", &fuzz::oauth_token},
                                                    {"prometheus_answer", &fuzz::prometheus_answer},
                                                    {"promql", &fuzz::promql},
                                                    {"records", &fuzz::records},
                                                    {"redirect", &fuzz::redirect},
                                                    {"slack_answer", &fuzz::slack_answer},
                                                    {"slack_click", &fuzz::slack_click},
                                                    {"slack_envelope", &fuzz::slack_envelope},
                                                    {"slack_message", &fuzz::slack_message},
                                                    {"spooled_append", &fuzz::spooled_append},
                                                    {"stage_state", &fuzz::stage_state},
                                                    {"text", &fuzz::text},
                                                    {"webhook_body", &fuzz::webhook_body}};
  return all;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The folders of seeds of every fuzzer that is listed.
std::map<std::string, std::vector<fs::path>> folders() {
  std::map<std::string, std::vector<fs::path>> folders;
  std::ifstream list(fs::path(TOCSIN_SOURCE_DIR) / "tests/fuzz/fuzzers.txt");
  for (std::string line; std::getline(list, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string name;
    words >> name;
    for (std::string folder; words >> folder;) folders[name].push_back(fs::path(TOCSIN_SOURCE_DIR) / folder);
  }
  return folders;
}

std::vector<fs::path> seeds_of(const std::string& name) {
  std::vector<fs::path> seeds;
  std::vector<fs::path> from = folders()[name];
  for (const fs::path& folder : from) {
    for (const auto& entry : fs::directory_iterator(folder)) seeds.push_back(entry.path());
  }
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

class FuzzCorpus : public ::testing::TestWithParam<std::string> {
 protected:
  void run(std::string_view input) { fuzzers().at(GetParam())(input); }
};

TEST_P(FuzzCorpus, HasSeedsAndSurvivesThem) {
  auto seeds = seeds_of(GetParam());
  EXPECT_GE(seeds.size(), 3u);
  for (const fs::path& seed : seeds) {
    // Whatever ends the process, the last line says which seed it was.
    std::printf("%s\n", seed.filename().c_str());
    std::fflush(stdout);
    run(content_of(seed));
  }
}

TEST_P(FuzzCorpus, SurvivesSeedsCutShort) {
  constexpr std::size_t kCuts = 32;
  for (const fs::path& path : seeds_of(GetParam())) {
    std::string seed = content_of(path);
    std::size_t step = seed.size() / kCuts + 1;
    for (std::size_t cut = 0; cut < seed.size(); cut += step) run(std::string_view(seed).substr(0, cut));
  }
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, fuzzer] : fuzzers()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpus, ::testing::ValuesIn(names()),
                         [](const auto& tested) { return tested.param; });

TEST(FuzzCorpora, EveryFuzzerIsListed) {
  std::vector<std::string> listed;
  for (const auto& [name, paths] : folders()) listed.push_back(name);
  EXPECT_EQ(listed, names());
}

TEST(FuzzCorpora, EveryFolderBelongsToAFuzzer) {
  for (const auto& entry : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "tests/fuzz/corpus")) {
    EXPECT_TRUE(fuzzers().contains(entry.path().filename().string())) << entry.path();
  }
}

}  // namespace
