// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/yaml/parse.h"
#include "schemas/scope/examples.h"

namespace {

base::yaml::Node yaml(const std::string& text) {
  base::yaml::Problems problems;
  auto node = base::yaml::parse(
      text, [](const std::string&) { return std::nullopt; }, problems);
  EXPECT_FALSE(problems.has_errors()) << text;
  return node;
}

schemas::Filter filter(const base::yaml::Node& scope, const base::yaml::Node& match) {
  schemas::Filter filter;
  if (!scope.is_null()) filter.scope = &scope;
  if (!match.is_null()) filter.match = &match;
  filter.attributes = {"namespace", "name", "severity"};
  return filter;
}

bool passes_nothing(const std::string& scope, const std::string& match = "") {
  auto parsed_scope = yaml(scope);
  auto parsed_match = yaml(match);
  return schemas::passes_nothing(filter(parsed_scope, parsed_match));
}

bool covers(const std::string& wide, const std::string& narrow) {
  auto parsed_wide = yaml(wide);
  auto parsed_narrow = yaml(narrow);
  base::yaml::Node none;
  return schemas::covers(filter(parsed_wide, none), filter(parsed_narrow, none));
}

TEST(FilterExamples, FindAFilterThatContradictsItself) {
  EXPECT_TRUE(passes_nothing("include: [{labels: ['a=x,a=y']}]"));
  EXPECT_TRUE(passes_nothing("include: [{labels: ['a=x,a!=x']}]"));
  EXPECT_TRUE(passes_nothing("{include: [{namespace: a}], exclude: [{namespace: a}]}"));
  EXPECT_TRUE(passes_nothing("{include: [{severity: LOW}], exclude: [{severity: '<=HIGH'}]}"));
  EXPECT_TRUE(passes_nothing("exclude: [{name: '.*'}]"));
  EXPECT_TRUE(passes_nothing("exclude: [{namespace: a}]", "namespace: a"));
}

TEST(FilterExamples, ClaimNothingOfWhatMayPass) {
  EXPECT_FALSE(passes_nothing(""));
  EXPECT_FALSE(passes_nothing("include: [{labels: ['a=x,b!=x']}]"));
  EXPECT_FALSE(passes_nothing("{include: [{namespace: [a, b]}], exclude: [{namespace: a}]}"));
  EXPECT_FALSE(passes_nothing("{include: [{namespace: 'a.*'}], exclude: [{namespace: 'a.*'}]}"));
  EXPECT_FALSE(passes_nothing("exclude: [{name: '[^p].*'}]"));
  EXPECT_FALSE(passes_nothing("", "{namespace: a, severity: [LOW, HIGH]}"));
}

TEST(FilterExamples, FindAFilterThatLeavesNothingOver) {
  EXPECT_TRUE(covers("", "include: [{namespace: 'a.*'}]"));
  EXPECT_TRUE(covers("include: [{namespace: 'a.*'}]", "include: [{namespace: 'a.*'}]"));
  EXPECT_TRUE(covers("include: [{namespace: 'a.*'}]", "include: [{namespace: [a1, a2], name: x}]"));
  EXPECT_TRUE(covers("include: [{severity: HIGH}]", "include: [{severity: CRITICAL}]"));
  EXPECT_TRUE(covers("include: [{labels: ['a=x']}]", "include: [{labels: ['a=x,b=y']}]"));
}

TEST(FilterExamples, ClaimNothingOfWhatMayBeLeftOver) {
  EXPECT_FALSE(covers("include: [{severity: HIGH}]", ""));
  EXPECT_FALSE(covers("include: [{severity: CRITICAL}]", "include: [{severity: HIGH}]"));
  EXPECT_FALSE(covers("include: [{namespace: a}]", "include: [{namespace: [a, b]}]"));
  EXPECT_FALSE(covers("exclude: [{namespace: a}]", "include: [{name: x}]"));
  EXPECT_FALSE(covers("include: [{namespace: a}]", "include: [{namespace: 'a|b'}]"));
}

}  // namespace
