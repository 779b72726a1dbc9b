// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/parse.h"
#include "schemas/scope.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

const std::vector<std::string>& attribute_names() {
  static const std::vector<std::string> names = {"title", "name", "namespace", "node", "severity", "source", "kind"};
  return names;
}

schemas::Attributes attributes(const schemas::Labels& labels, std::string_view severity) {
  return {{{"title", "Pod cart-7d9f is crash looping"},
           {"name", "cart-7d9f"},
           {"namespace", "shop"},
           {"node", "node-a"},
           {"severity", severity},
           {"source", "PROMETHEUS"}},
          &labels,
          &labels,
          nullptr};
}

}  // namespace

void matcher(std::string_view input) {
  base::yaml::Problems problems;
  auto nothing = [](const std::string&) { return std::nullopt; };
  base::yaml::Node node = base::yaml::parse(input, nothing, problems, {.bytes = 64 * 1024, .nodes = 10'000});
  if (problems.has_errors()) return;
  static const schemas::Labels kLabels = {{"app", "cart"}, {"tier", "web"}, {"empty", ""}};
  for (bool medium_is_named : {false, true}) {
    auto scope = schemas::Scope::read(node, attribute_names(), medium_is_named, problems);
    auto match = schemas::Match::read(node, attribute_names(), medium_is_named, problems);
    for (std::string_view severity : {"INFO", "MEDIUM", "CRITICAL"}) {
      std::string why;
      auto looked_at = attributes(kLabels, severity);
      auto verdict = scope.judge(looked_at, &why);
      bool accepted = verdict == schemas::Scope::Verdict::kIncluded || verdict == schemas::Scope::Verdict::kNoScope;
      expect(scope.accepts(looked_at) == accepted, "a verdict is the same with and without its reason");
      expect(match.accepts(looked_at) == match.accepts(looked_at, &why), "a match is the same with its reason");
    }
  }
  expect(problems.sorted().size() <= 4 * (input.size() + 1), "problems are bounded by what was written");
}

}  // namespace fuzz
