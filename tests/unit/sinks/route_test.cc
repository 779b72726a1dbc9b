// SPDX-License-Identifier: Apache-2.0
#include "sinks/routing/route.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/yaml/parse.h"
#include "sinks/sink_set.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fakes/fake_sink.h"

namespace sinks {
namespace {

using base::yaml::Node;

Node cases() {
  std::stringstream text;
  text << std::ifstream(std::string(TOCSIN_SOURCE_DIR) + "/tests/cases/routing.yaml").rdbuf();
  base::yaml::Problems problems;
  return base::yaml::parse(
      text.str(), [](const std::string&) { return std::nullopt; }, problems);
}

// A kind of sink with nothing but the common options.
SinkType plain_type() {
  static const auto table = [] {
    base::OptionTable<SinkOptions> t("plain_sink", "");
    add_sink_options(t);
    return t;
  }();
  return {.name = "plain_sink",
          .options = &table.set(),
          .make = [](const Node& params, const Services&, base::yaml::Problems& problems) {
            return Configured{table.read(params, problems), std::make_unique<fakes::FakeSink>()};
          }};
}

// The sinks of a case as the configuration would have them.
Node section_list(const Node& sinks) {
  Node list{.kind = Node::Kind::kSequence};
  for (const auto& sink : sinks.items) {
    Node item{.kind = Node::Kind::kMapping};
    item.entries.push_back({"plain_sink", {}, sink});
    list.items.push_back(item);
  }
  return list;
}

std::string text(const Node& node, const char* key, std::string otherwise = {}) {
  const Node* found = node.find(key);
  return found ? found->scalar : otherwise;
}

std::vector<std::string> list(const Node& node, const char* key) {
  std::vector<std::string> texts;
  if (const Node* found = node.find(key)) {
    for (const auto& item : found->items) texts.push_back(item.scalar);
  }
  return texts;
}

schemas::Transition transition_of(const Node& node) {
  schemas::Transition transition;
  auto state = text(node, "state", "opened");
  for (auto one : {schemas::TransitionState::kOpened, schemas::TransitionState::kUpdated,
                   schemas::TransitionState::kResolved, schemas::TransitionState::kReopened}) {
    if (to_string(one) == state) transition.state = one;
  }
  transition.cause = text(node, "cause", "new_evidence");
  auto& finding = transition.finding;
  finding.severity = *schemas::parse_severity(text(node, "severity", "LOW"));
  transition.incident.severity =
      *schemas::parse_severity(text(node, "incident_severity", text(node, "severity", "LOW")));
  if (text(node, "source") == "prometheus") finding.source = schemas::FindingSource::kPrometheus;
  finding.aggregation_key = text(node, "identifier");
  finding.subject.name_space = text(node, "namespace");
  finding.subject.name = text(node, "name");
  finding.subject.kind = text(node, "kind");
  finding.follows = text(node, "follows");
  finding.sinks = list(node, "sinks");
  if (const Node* labels = node.find("labels")) {
    for (const auto& label : labels->entries) finding.subject.labels[label.key] = label.value.scalar;
  }
  return transition;
}

TEST(Routing, DecidesAsTheTableSays) {
  SinkTypes types;
  types.add(plain_type());
  fakes::FakeHttpClient http;
  Services services{.http = http, .file_pool = {}};
  auto all = cases();
  ASSERT_GE(all.items.size(), 40u);

  for (const auto& one : all.items) {
    SCOPED_TRACE(text(one, "name"));
    base::yaml::Problems problems;
    auto set = load_sinks(section_list(*one.find("sinks")), types, services, problems);
    for (const auto& problem : problems.sorted()) ADD_FAILURE() << problem.message;

    std::map<std::string, std::string> found;
    auto now = base::parse_rfc3339(text(one, "at", "2026-03-04T12:00:00Z")).value().value();
    Circumstances circumstances{list(one, "told"), list(one, "missed"), now};
    for (const auto& decision : decide(*set.routes, transition_of(*one.find("transition")), circumstances)) {
      found[decision.sink] = !decision.chosen ? decision.reason : decision.opening ? "opening" : "gets it";
    }

    std::map<std::string, std::string> expected;
    for (const auto& entry : one.find("expect")->entries) expected[entry.key] = entry.value.scalar;
    EXPECT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace sinks
