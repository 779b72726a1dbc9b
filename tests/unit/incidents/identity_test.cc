// SPDX-License-Identifier: Apache-2.0
#include "incidents/identity.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/yaml/parse.h"
#include "incidents/cause_families.h"

namespace incidents {
namespace {

base::yaml::Node read_cases() {
  std::ifstream file(std::string(TOCSIN_SOURCE_DIR) + "/tests/cases/identity.yaml");
  std::stringstream text;
  text << file.rdbuf();
  base::yaml::Problems problems;
  base::yaml::Node root = base::yaml::parse(text.str(), base::yaml::process_environment(), problems);
  EXPECT_FALSE(problems.has_errors());
  return root;
}

std::string text_of(const base::yaml::Node& side, std::string_view key, std::string otherwise = "") {
  const base::yaml::Node* value = side.find(key);
  return value == nullptr ? otherwise : value->scalar;
}

schemas::IncidentIdentity identity_of(const base::yaml::Node& side) {
  schemas::Subject subject;
  subject.kind = text_of(side, "kind");
  subject.name = text_of(side, "name");
  subject.name_space = text_of(side, "namespace");
  subject.container = text_of(side, "container");
  return identify(text_of(side, "cluster", "prod"), subject, text_of(side, "alert"), text_of(side, "fingerprint"));
}

TEST(Identity, MergesWhatIsOneAndNothingElse) {
  base::yaml::Node root = read_cases();
  const base::yaml::Node* cases = root.find("cases");
  ASSERT_NE(cases, nullptr);
  ASSERT_GE(cases->items.size(), 29U);

  for (const base::yaml::Node& one : cases->items) {
    schemas::IncidentIdentity a = identity_of(*one.find("a"));
    schemas::IncidentIdentity b = identity_of(*one.find("b"));

    EXPECT_EQ(a.key == b.key ? "same" : "different", text_of(one, "expect")) << text_of(one, "name");
    EXPECT_EQ(a.key == b.key, a == b) << text_of(one, "name");
  }
}

TEST(Identity, SaysWhoseItIs) {
  schemas::Subject subject;
  subject.kind = "pod";
  subject.name = "cart-7d9f8b6c5-x2k4p";
  subject.name_space = "shop";

  auto identity = identify("prod", subject, "KubePodCrashLooping", "1");

  EXPECT_EQ(identity.cluster, "prod");
  EXPECT_EQ(identity.name_space, "shop");
  EXPECT_EQ(identity.owner_kind, "deployment");
  EXPECT_EQ(identity.owner_name, "cart");
  EXPECT_EQ(identity.family, "crash_loop");
}

TEST(Identity, FindsTheDeploymentOnlyWhereItIsCertain) {
  EXPECT_EQ(deployment_of_pod("my-cart-7d9f8b6c5-x2k4p"), "my-cart");
  EXPECT_EQ(deployment_of_pod("cart-5dfb968-x2k4p"), "cart");
  EXPECT_EQ(deployment_of_pod("cart-7d9f-x2k4p"), "");
  EXPECT_EQ(deployment_of_pod("cart-7d9f8b6c5-x2k4"), "");
  EXPECT_EQ(deployment_of_pod("-7d9f8b6c5-x2k4p"), "");
  EXPECT_EQ(deployment_of_pod("7d9f8b6c5-x2k4p"), "");
  EXPECT_EQ(deployment_of_pod(""), "");
  EXPECT_EQ(deployment_of_pod("-"), "");
}

TEST(CauseFamilies, BuiltInTableIsWhole) {
  EXPECT_GT(CauseFamilies::built_in().size(), 30U);
  EXPECT_EQ(CauseFamilies::built_in().family_of("OOMKilled"), "oom");
  EXPECT_EQ(CauseFamilies::built_in().family_of("HighLatency"), "HighLatency");
}

TEST(CauseFamilies, RefuseANameInTwoLists) {
  base::yaml::Problems problems;

  CauseFamilies::read("a: [X]\nb: [X]\n", problems);

  ASSERT_TRUE(problems.has_errors());
  EXPECT_EQ(problems.sorted().front().message, "'X' already stands in a list");
  EXPECT_EQ(problems.sorted().front().mark.line, 2);
}

}  // namespace
}  // namespace incidents
