// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/yaml/parse.h"

namespace base::yaml {
namespace {

constexpr std::string_view kSeeds[] = {
    "globalConfig:\n  cluster_name: {{ env.CLUSTER }}\nsinksConfig:\n  - slack_sink:\n      name: main\n"
    "      slack_channel: \"#alerts\"\n      api_key: '{{ env.KEY }}'\n      match: {severity: [HIGH, LOW]}\n",
    "base: &base\n  a: 1\n  b: [x, 'y', \"z\\n\"]\nmore: &more {c: 3}\nown:\n  <<: [*base, *more]\n  b: |\n    text\n"
    "    more\n  d: >-\n    folded\n    text\n",
    "customPlaybooks:\n- triggers:\n  - on_prometheus_alert:\n      alert_name: KubePodCrashLooping\n      scope:\n"
    "        include:\n          - labels: \"app=web.*,tier!=db\"\n  actions:\n  - logs_enricher: {}\n  stop: True\n",
    "? key\n: value\n'single': \"double \\u00e9\"\nlist:\n- - nested\n  - deep: {er: [1, 2, {x: ~}]}\n# comment\n...\n",
};
// What is worth putting in: YAML's own characters, and beginnings of what we treat specially.
constexpr std::string_view kPieces[] = {
    "{",  "}",    "[",           "]",     ":",     ": ", "- ", "\n", "  ", "&a ",  "*a",
    "<<", "'",    "\"",          "|",     ">",     "#",  "!",  "%",  "@",  "`",    "\t",
    "{{", "}}",   "{{ env.",     "---\n", "...",   "?",  ",",  "\\", "~",  "\r\n", "\xEF\xB7\x90",
    "é",  "\xFF", "{{ env.X }}", "*base", "&base "};

std::string mutate(std::string text, std::mt19937& random) {
  std::size_t changes = 1 + random() % 6;
  for (std::size_t i = 0; i < changes; ++i) {
    std::size_t at = text.empty() ? 0 : random() % text.size();
    std::size_t length = std::min<std::size_t>(random() % 12, text.size() - at);
    switch (random() % 5) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kPieces[random() % std::size(kPieces)]);
        break;
      case 2:
        text.insert(at, text.substr(at, length * 8));
        break;
      case 3:
        if (!text.empty()) text[at] = static_cast<char>(random() % 256);
        break;
      default:
        text.replace(at, length, kPieces[random() % std::size(kPieces)]);
        break;
    }
  }
  return text;
}

struct Measured {
  std::size_t nodes = 0;
  int depth = 0;
};

void measure(const Node& node, int depth, int last_line, Measured& measured) {
  ++measured.nodes;
  measured.depth = std::max(measured.depth, depth);
  EXPECT_GE(node.mark.line, 0);
  EXPECT_LE(node.mark.line, last_line);
  // JSON text is UTF-8: whatever was read can be written.
  EXPECT_NO_THROW(nlohmann::json(node.scalar).dump());
  for (const Node& item : node.items) measure(item, depth + 1, last_line, measured);
  for (const auto& entry : node.entries) measure(entry.value, depth + 1, last_line, measured);
}

TEST(YamlMutations, NeverCrashAndStayWithinTheBounds) {
  std::mt19937 random(4242);
  Limits limits{.bytes = 64 * 1024, .nodes = 2000, .depth = 16};
  auto environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "X" ? std::nullopt : std::optional<std::string>("value: [of " + name);
  };
  int broken = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string text = mutate(std::string(kSeeds[random() % std::size(kSeeds)]), random);
    SCOPED_TRACE("round " + std::to_string(round));
    int last_line = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 2;
    Problems problems;

    Node node = parse(text, environment, problems, limits);

    Measured measured;
    measure(node, 1, last_line, measured);
    ASSERT_LE(measured.nodes, limits.nodes);
    ASSERT_LE(measured.depth, limits.depth + 1);
    for (const Problem& problem : problems.sorted()) {
      ASSERT_FALSE(problem.message.empty());
      ASSERT_LE(problem.mark.line, last_line);
    }
    broken += problems.has_errors() ? 1 : 0;
  }
  // Otherwise the mutations are too tame or too wild to try anything.
  EXPECT_GT(broken, 1000);
  EXPECT_LT(broken, 5900);
}

}  // namespace
}  // namespace base::yaml
