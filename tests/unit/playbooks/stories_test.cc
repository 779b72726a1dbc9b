// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/yaml/parse.h"
#include "tests/unit/playbooks/running_worker.h"

namespace {

using base::yaml::Node;

struct Story {
  std::string name;
  Node node;
};
void PrintTo(const Story& story, std::ostream* out) { *out << story.name; }

std::vector<Story> stories() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(TOCSIN_SOURCE_DIR "/tests/cases/playbooks")) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Story> all;
  for (const auto& file : files) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    base::yaml::Problems problems;
    Node root = base::yaml::parse(
        text.str(), [](const std::string&) { return std::nullopt; }, problems);
    EXPECT_FALSE(problems.has_errors()) << file;
    for (const Node& item : root.items) all.push_back({item.find("name")->scalar, item});
  }
  return all;
}

schemas::Alert alert_of(const Node& labels) {
  schemas::Labels made;
  for (const Node::Entry& entry : labels.entries) made[entry.key] = entry.value.scalar;
  return fakes::alert(std::move(made));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string told(const schemas::Finding& finding, std::vector<std::string>& incidents) {
  auto known = std::ranges::find(incidents, finding.incident.key);
  auto number = known - incidents.begin() + 1;
  if (known == incidents.end()) incidents.push_back(finding.incident.key);
  bool is_over = finding.state == schemas::FindingState::kResolved;
  std::string text = is_over ? "resolved" : finding.repeat ? "repeat" : "firing";
  text += " '" + finding.title + "' #" + std::to_string(number);
  std::vector<std::string> evidence;
  for (const auto& enrichment : finding.enrichments) evidence.push_back(enrichment.title);
  if (!evidence.empty()) text += ": " + joined(evidence);
  std::vector<std::string> missing;
  for (const auto& one : finding.missing) missing.push_back(one.action + " (" + one.reason + ")");
  if (!missing.empty()) text += "; missing " + joined(missing);
  if (!finding.sinks.empty()) text += "; to " + joined(finding.sinks);
  return text;
}

std::string told(const schemas::EventTrace& trace) {
  std::string outcome = trace.outcome;
  std::ranges::replace(outcome, '_', ' ');
  return trace.rule.empty() ? outcome : outcome + " by " + trace.rule;
}

std::vector<std::string> outputs(const fakes::RunningWorker& worker) {
  std::vector<std::string> all;
  std::vector<std::string> incidents;
  for (const auto& record : worker.stage.emitted) {
    if (record.topic == schemas::topics::kFindings) {
      all.push_back(told(schemas::decode_finding(record.value).value(), incidents));
    } else {
      all.push_back(told(schemas::decode_trace(record.value).value()));
    }
  }
  return all;
}

void play(const Node& step, fakes::RunningWorker& worker) {
  if (const Node* after = step.find("after")) worker.advance(base::parse_duration(after->scalar).value());
  if (const Node* config = step.find("reload")) worker.replace(config->scalar);
  if (const Node* labels = step.find("alert")) worker.send(alert_of(*labels));
  if (const Node* labels = step.find("resolve")) worker.send(fakes::resolved(alert_of(*labels)));
}

class Stories : public testing::TestWithParam<Story> {};

TEST_P(Stories, Hold) {
  const Node& story = GetParam().node;
  fakes::RunningWorker worker(story.find("config")->scalar);
  ASSERT_TRUE(worker.problems.empty()) << worker.problems[0];

  for (const Node& step : story.find("steps")->items) play(step, worker);

  std::vector<std::string> expected;
  for (const Node& line : story.find("expect")->items) expected.push_back(line.scalar);
  EXPECT_EQ(outputs(worker), expected);
  if (const Node* counts = story.find("counts")) {
    for (const Node::Entry& entry : counts->entries) {
      EXPECT_EQ(std::to_string(worker.counted(entry.key)), entry.value.scalar) << entry.key;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Stories, testing::ValuesIn(stories()));

}  // namespace
