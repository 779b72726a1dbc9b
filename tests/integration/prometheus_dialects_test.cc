// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "enrichers/graph/promql_selectors.h"
#include "net/http/curl_client.h"
#include "net/http/url.h"
#include "net/prom/client.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/promql_cases.h"
#include "tests/harness/eventually.h"
#include "tests/harness/http_call.h"
#include "tests/harness/process.h"
#include "tests/harness/socket.h"
#include "tests/harness/temp_dir.h"
#include "tests/integration/dialects.h"

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

using integration::Dialect;

class Dialects : public ::testing::TestWithParam<std::shared_ptr<Dialect>> {
 protected:
  void SetUp() override {
    const Dialect& dialect = *GetParam();
    if (harness::find_program(dialect.program()).empty()) GTEST_SKIP() << dialect.program() << " is not installed";
    std::vector<std::string> argv = dialect.arguments(dir_.path(), port_);
    argv.insert(argv.begin(), dialect.program());
    server_.emplace(argv, dir_.path() + ".log");
    ASSERT_TRUE(harness::eventually(30s, [&] { return harness::http_get(port_, dialect.health()).is_success(); }))
        << server_->output();
    http_ = net::http::make_client({}, io_.executor());
    ASSERT_TRUE(http_->start());
    client_.emplace(*http_, net::prom::ClientOptions{.url = fmt::format("http://127.0.0.1:{}", port_)});
  }
  void TearDown() override {
    if (http_) io_.run(http_->stop());
  }

  base::Result<net::prom::Answer> query_range(const std::string& query, base::Duration length, base::Duration step) {
    auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return io_.run(client_->query_range(query, now - length, now, step, base::in(20s)));
  }

  fakes::IoThread io_;
  harness::TempDir dir_;
  std::uint16_t port_ = harness::free_port();
  std::optional<harness::Process> server_;
  std::unique_ptr<net::http::Client> http_;
  std::optional<net::prom::Client> client_;
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
  auto answer = io_.run(client_->query("1 + 1", std::chrono::system_clock::now(), base::in(20s)));

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
                         ::testing::Values(integration::prometheus(), integration::victoria_metrics()),
                         [](const auto& info) {
                           std::string name = info.param->program();
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
