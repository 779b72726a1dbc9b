// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "enrichers/graph/promql_selectors.h"
#include "net/http/url.h"
#include "net/prom/client.h"
#include "tests/fakes/promql_cases.h"
#include "tests/integration/running_dialect.h"

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Dialects : public integration::RunningDialect {
 protected:
  net::prom::Client prometheus() {
    return net::prom::Client(client_.http(), {.url = fmt::format("http://127.0.0.1:{}", port_)});
  }
  base::Result<net::prom::Answer> query_range(const std::string& query, base::Duration length, base::Duration step) {
    auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto client = prometheus();
    return client_.io().run(client.query_range(query, now - length, now, step, base::in(20s)));
  }
};

TEST_P(Dialects, ARangeOfAConstantHasEveryPoint) {
  auto answer = query_range("vector(42)", 1h, 60s);

  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer.value().series.size(), 1u);
  // 61, and one more where the hour does not begin at a full minute.
  EXPECT_GE(answer.value().series[0].samples.size(), 61u);
  EXPECT_LE(answer.value().series[0].samples.size(), 62u);
  EXPECT_EQ(answer.value().series[0].samples.back().value, 42);
}

TEST_P(Dialects, AnInstantQueryHasOneSample) {
  auto client = prometheus();
  auto answer = client_.io().run(client.query("1 + 1", std::chrono::system_clock::now(), base::in(20s)));

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer.value().series.at(0).samples.at(0).value, 2);
}

TEST_P(Dialects, AnUnknownMetricIsEmptyAndNoError) {
  auto answer = query_range("no_such_metric", 1h, 60s);

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer.value().series.empty());
}

TEST_P(Dialects, AQueryThatCantBeParsedIsABadRequestInTheServersWords) {
  auto answer = query_range("sum(", 1h, 60s);

  ASSERT_FALSE(answer);
  EXPECT_EQ(base::to_string(answer.error().reason), "bad_request");
  EXPECT_TRUE(answer.error().retry.is_never());
  EXPECT_THAT(answer.error().message, HasSubstr("parse"));
}

TEST_P(Dialects, ALongRangeIsAskedForWithFewerPointsThanTheServersBound) {
  auto answer = query_range("vector(1)", 24h * 30, 1s);

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_LE(answer.value().series.at(0).samples.size(), 11'000u);
}

TEST_P(Dialects, ParsesWhatAdditionalLabelsMakeOfAnExpression) {
  bool knows_metricsql = GetParam()->program() == "victoria-metrics";
  for (const auto& [expression, labelled, is_metricsql] : fakes::labelled_queries()) {
    if (is_metricsql && !knows_metricsql) continue;
    auto query = enrichers::promql::add_labels(expression, {{"x", "y"}}).value();
    auto answer = harness::http_get(port_, "/api/v1/query?" + net::http::build_query({{"query", query}}));

    // An older VictoriaMetrics knows neither all of MetricsQL nor keywords as names of metrics.
    if (knows_metricsql && !answer.is_success()) {
      auto plain = harness::http_get(port_, "/api/v1/query?" + net::http::build_query({{"query", expression}}));
      if (!plain.is_success()) continue;
    }
    EXPECT_TRUE(answer.is_success()) << expression << " became " << query << ": " << answer.body;
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, Dialects,
                         ::testing::Values(integration::prometheus(), integration::victoria_metrics(),
                                           integration::thanos_query()),
                         integration::name_of);

}  // namespace
