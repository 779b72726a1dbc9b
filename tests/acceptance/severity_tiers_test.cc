// SPDX-License-Identifier: Apache-2.0
// The configuration of docs/recipes/severity-tiers.md does what the page says.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/acceptance/alert_bodies.h"
#include "tests/acceptance/tocsin.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_receiver.h"
#include "tests/harness/temp_dir.h"

namespace acceptance {
namespace {

using nlohmann::json;

void replace(std::string& text, const std::string& what, const std::string& with) {
  auto at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
}

std::string config_of_recipe(const harness::HttpReceiver& receiver) {
  std::string page = harness::read_text(std::string(TOCSIN_SOURCE_DIR) + "/docs/recipes/severity-tiers.md");
  auto begin = page.find("```yaml\n") + 8;
  std::string config = page.substr(begin, page.find("```\n", begin) - begin);
  replace(config, "https://pager.example.org/hook", receiver.url("/pager"));
  replace(config, "https://chat.example.org/hook", receiver.url("/chat"));
  replace(config, "http://prometheus:9090", "http://127.0.0.1:1");
  return config;
}

json alert_of(const std::string& fingerprint, const std::string& severity, bool resolved = false) {
  json made = alert(fingerprint, resolved);
  made["labels"]["severity"] = severity;
  made["generatorURL"] = "http://prometheus/graph?g0.expr=up+%3D%3D+0";
  return made;
}

// "/pager opened HIGH with alert_definition_enricher", sorted.
std::vector<std::string> told(const harness::HttpReceiver& receiver) {
  std::vector<std::string> lines;
  for (const auto& request : receiver.received()) {
    json transition = transition_of(request);
    std::string line =
        request.target + " " + transition.value("state", "?") + " " + transition["incident"].value("severity", "?");
    for (const json& enrichment : transition["finding"].value("enrichments", json::array())) {
      if (enrichment.value("action", "") == "alert_definition_enricher") line += " with its definition";
    }
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(SeverityTiers, GetTheEvidenceAndTheSinksOfTheirTier) {
  harness::HttpReceiver receiver;
  Tocsin tocsin(config_of_recipe(receiver));
  ASSERT_TRUE(tocsin.start()) << tocsin.log();

  tocsin.post_alerts(body_of({alert_of("bad", "critical"), alert_of("mild", "warning"), alert_of("note", "info")}));
  auto has = [&](std::size_t count) {
    return harness::eventually(kGenerous, [&] { return receiver.received().size() >= count; });
  };
  ASSERT_TRUE(has(3)) << tocsin.log();
  EXPECT_EQ(told(receiver), (std::vector<std::string>{"/chat opened CRITICAL with its definition", "/chat opened LOW",
                                                      "/pager opened CRITICAL with its definition"}));

  tocsin.post_alerts(body_of({alert_of("bad", "critical", true), alert_of("mild", "warning", true)}));
  ASSERT_TRUE(has(6)) << tocsin.log();
  auto all = told(receiver);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& line) { return line.starts_with("/pager resolved"); }),
            1);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& line) { return line.starts_with("/chat resolved"); }),
            2);
  EXPECT_EQ(tocsin.ledger()["difference"], 0);
}

}  // namespace
}  // namespace acceptance
