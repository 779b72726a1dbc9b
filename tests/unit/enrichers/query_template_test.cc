// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/query_template.h"

#include <gtest/gtest.h>

#include <map>

namespace {

using enrichers::fill_query;

std::optional<std::string> value_of(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> values{{"labels.pod", "api-1.x"},
                                                                      {"pod", "api-1.x"},
                                                                      {"labels.evil", "a\"} or up{x=\"\\"},
                                                                      {"labels.metric", "http_requests"},
                                                                      {"labels.tick", "a`b"}};
  auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::string filled(std::string_view query) {
  auto result = fill_query(query, value_of);
  return result ? result.value() : "error: " + std::string(base::to_string(result.error().reason));
}

TEST(FillQuery, PutsValuesInForEveryFormOfName) {
  EXPECT_EQ(filled("up{pod=\"$labels.pod\"}"), "up{pod=\"api-1.x\"}");
  EXPECT_EQ(filled("up{pod=\"${labels.pod}\"}"), "up{pod=\"api-1.x\"}");
  EXPECT_EQ(filled("up{pod='$pod'}"), "up{pod='api-1.x'}");
  EXPECT_EQ(filled("rate($labels.metric[5m])"), "rate(http_requests[5m])");
}

TEST(FillQuery, EscapesWithinQuotes) {
  EXPECT_EQ(filled("up{pod=\"$labels.evil\"}"), "up{pod=\"a\\\"} or up{x=\\\"\\\\\"}");
}

TEST(FillQuery, EscapesOnlyTheQuotesItStandsIn) {
  EXPECT_EQ(filled("up{pod='$labels.evil'}"), "up{pod='a\"} or up{x=\"\\\\'}");
}

TEST(FillQuery, EscapesRegularExpressionsToo) {
  EXPECT_EQ(filled("up{pod=~\"$labels.pod.*\"}"), "up{pod=~\"api-1\\\\.x.*\"}");
  EXPECT_EQ(filled("up{a=~\"x\",pod=\"$labels.pod\"}"), "up{a=~\"x\",pod=\"api-1.x\"}");
  EXPECT_EQ(filled("up{pod !~ `$labels.pod`}"), "up{pod !~ `api-1\\.x`}");
}

TEST(FillQuery, LeavesTheDollarSignOfRegularExpressionsAlone) {
  EXPECT_EQ(filled("up{pod=~\"^a|b$\"}"), "up{pod=~\"^a|b$\"}");
  EXPECT_EQ(filled("up{pod=~\"a\\\\.b$\",x=\"\\\"\"} $"), "up{pod=~\"a\\\\.b$\",x=\"\\\"\"} $");
}

TEST(FillQuery, RefusesWhatCanNotStandThere) {
  EXPECT_EQ(filled("up{pod=$labels.evil}"), "error: bad_request");
  EXPECT_EQ(filled("up{pod=`$labels.tick`}"), "error: bad_request");
  EXPECT_EQ(filled("up{pod=\"$labels.nothing\"}"), "error: not_found");
}

}  // namespace
