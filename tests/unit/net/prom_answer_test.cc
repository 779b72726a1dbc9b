// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "net/prom/answer.h"

namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

net::http::Response ok(std::string body) { return {200, {{"Content-Type", "application/json"}}, std::move(body)}; }

TEST(PromAnswer, ReadsAMatrixWithItsGapsAndWarnings) {
  auto answer = net::prom::read_answer(ok(R"({"status":"success","data":{"resultType":"matrix","result":[
    {"metric":{"container":"cart"},"values":[[1767322800,"0.41"],[1767322860.5,"NaN"],[1767322920,"+Inf"],[1767322980,"-Inf"]]}]},
    "warnings":["partial data from store-1"],"infos":["a note"]})"));

  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer.value().series.size(), 1u);
  const base::Series& series = answer.value().series[0];
  EXPECT_EQ(series.labels.at("container"), "cart");
  ASSERT_EQ(series.samples.size(), 4u);
  EXPECT_EQ(series.samples[0].value, 0.41);
  EXPECT_EQ(base::to_rfc3339(series.samples[1].time), "2026-01-02T03:01:00.5Z");
  EXPECT_TRUE(std::isnan(series.samples[1].value));
  EXPECT_TRUE(std::isinf(series.samples[2].value) && series.samples[2].value > 0);
  EXPECT_TRUE(std::isinf(series.samples[3].value) && series.samples[3].value < 0);
  EXPECT_THAT(answer.value().warnings, ::testing::ElementsAre("partial data from store-1", "a note"));
}

TEST(PromAnswer, ReadsVectorsAndScalars) {
  auto vector = net::prom::read_answer(
      ok(R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]}]}})"));
  auto scalar = net::prom::read_answer(ok(R"({"status":"success","data":{"resultType":"scalar","result":[1,"2"]}})"));

  EXPECT_EQ(vector.value().series.at(0).samples.at(0).value, 2);
  EXPECT_EQ(scalar.value().series.at(0).samples.at(0).value, 2);
}

TEST(PromAnswer, AnEmptyResultIsNoError) {
  auto answer = net::prom::read_answer(ok(R"({"status":"success","data":{"resultType":"matrix","result":[]}})"));

  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer.value().series.empty());
}

TEST(PromAnswer, SaysWhenVictoriaMetricsAnswersInPart) {
  auto answer =
      net::prom::read_answer(ok(R"({"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}})"));

  EXPECT_THAT(answer.value().warnings, Contains(HasSubstr("partial")));
}

TEST(PromAnswer, TakesNoNoticeOfVictoriaMetricsStatistics) {
  auto answer = net::prom::read_answer(ok(R"({"status":"success","data":{"resultType":"vector","result":[]},
    "stats":{"seriesFetched":"1","executionTimeMsec":0}})"));

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer.value().warnings.empty());
}

TEST(PromAnswer, KeepsAFewWarningsOfManyAndShortensThem) {
  std::string warnings;
  for (int i = 0; i < 100; ++i) warnings += (i == 0 ? "\"" : ",\"") + std::string(299, 'w') + "é and more\"";
  auto answer = net::prom::read_answer(
      ok(R"({"status":"success","data":{"resultType":"vector","result":[]},"warnings":[)" + warnings + "]}"));

  ASSERT_EQ(answer.value().warnings.size(), net::prom::kMostWarnings + 1);
  EXPECT_EQ(answer.value().warnings.front(), std::string(299, 'w') + "...");
  EXPECT_EQ(answer.value().warnings.back(), "and 95 more warnings");
}

TEST(PromAnswer, LeavesNativeHistogramsOutAndSaysSo) {
  auto answer = net::prom::read_answer(ok(R"({"status":"success","data":{"resultType":"vector","result":[
    {"metric":{},"histogram":[1,{"count":"1","sum":"2"}]},{"metric":{},"value":[1,"2"]}]}})"));

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer.value().series.size(), 1u);
  EXPECT_THAT(answer.value().warnings, Contains(HasSubstr("native histograms")));
}

TEST(PromAnswer, BoundsTheNumberOfSeries) {
  std::string result;
  for (int i = 0; i < 1500; ++i) result += (i ? "," : "") + std::string(R"({"metric":{},"value":[1,"2"]})");
  auto answer =
      net::prom::read_answer(ok(R"({"status":"success","data":{"resultType":"vector","result":[)" + result + "]}}"));

  EXPECT_EQ(answer.value().series.size(), net::prom::kMostSeries);
  EXPECT_THAT(answer.value().warnings, Contains("1000 of 1500 series were read"));
}

struct Wrong {
  const char* name;
  int status;
  const char* content_type;
  const char* body;
  base::Reason reason;
  bool is_passing;
  const char* message;
};

class WrongAnswers : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongAnswers, AreToldApart) {
  net::http::Response response{GetParam().status, {{"content-type", GetParam().content_type}}, GetParam().body};

  auto answer = net::prom::read_answer(response);

  ASSERT_FALSE(answer);
  EXPECT_EQ(base::to_string(answer.error().reason), base::to_string(GetParam().reason));
  EXPECT_EQ(!answer.error().retry.is_never(), GetParam().is_passing);
  EXPECT_THAT(answer.error().message, HasSubstr(GetParam().message));
}

using base::Reason;
INSTANTIATE_TEST_SUITE_P(
    Answers, WrongAnswers,
    ::testing::Values(
        Wrong{"BadQuery", 400, "application/json", R"({"status":"error","errorType":"bad_data","error":"parse error"})",
              Reason::kBadRequest, false, "parse error"},
        Wrong{"TooManySamples", 422, "application/json",
              R"({"status":"error","errorType":"execution","error":"too many samples"})", Reason::kBadRequest, false,
              "too many samples"},
        Wrong{"TimedOut", 503, "application/json", R"({"status":"error","errorType":"timeout","error":"timed out"})",
              Reason::kTimeout, true, "timed out"},
        Wrong{"Internal", 500, "application/json", R"({"status":"error","errorType":"internal","error":"x"})",
              Reason::kUnavailable, true, "internal: x"},
        Wrong{"VictoriaMetrics", 422, "application/json",
              R"({"status":"error","errorType":"422","error":"no such function"})", Reason::kBadRequest, false,
              "no such function"},
        Wrong{"Unauthorized", 401, "text/plain", "Unauthorized", Reason::kAuth, true, "401"},
        Wrong{"GatewayPage", 502, "text/html", "<html>502</html>", Reason::kUnavailable, true, "502"},
        Wrong{"PageOfAProxy", 200, "text/html", "<html>login</html>", Reason::kBadAnswer, false, "text/html"},
        Wrong{"OtherJson", 200, "application/json", "{}", Reason::kBadAnswer, false, "no status"},
        Wrong{"NoResult", 200, "application/json", R"({"status":"success","data":{}})", Reason::kBadAnswer, false,
              "no result"},
        Wrong{"OddType", 200, "application/json",
              R"({"status":"success","data":{"resultType":"string","result":[1,"a"]}})", Reason::kBadAnswer, false,
              "'string'"},
        Wrong{"OddSample", 200, "application/json",
              R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}})",
              Reason::kBadAnswer, false, "[time, \"value\"]"},
        Wrong{"CutShort", 200, "application/json", R"({"status":"success","data":{"resultTy)", Reason::kBadAnswer,
              false, "application/json"}),
    [](const auto& info) { return info.param.name; });

TEST(PromRules, AreTheAlertingOnesOfTheName) {
  auto rules = net::prom::read_rules(ok(R"({"status":"success","data":{"groups":[{"rules":[
    {"type":"recording","name":"A","query":"no"},
    {"type":"alerting","name":"B","query":"no"},
    {"type":"alerting","name":"A","query":"up == 0","duration":300,"labels":{"severity":"page"},"annotations":{"summary":"s"}}]}]}})"),
                                     "A");

  ASSERT_TRUE(rules);
  ASSERT_EQ(rules.value().size(), 1u);
  EXPECT_EQ(rules.value()[0].query, "up == 0");
  EXPECT_EQ(rules.value()[0].hold, std::chrono::minutes(5));
  EXPECT_EQ(rules.value()[0].labels.at("severity"), "page");
}

}  // namespace
