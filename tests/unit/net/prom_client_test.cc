// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "net/http/url.h"
#include "net/prom/client.h"
#include "tests/fakes/fake_http_client.h"

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const char kEmpty[] = R"({"status":"success","data":{"resultType":"matrix","result":[]}})";

base::Time at(const char* text) { return base::parse_rfc3339(text).value().value(); }

class PromClient : public ::testing::Test {
 protected:
  PromClient() { http_.answer("api/v1", 200, kEmpty); }

  base::Result<net::prom::Answer> query_range(net::prom::ClientOptions options, base::Time from, base::Time to,
                                              base::Duration step) {
    net::prom::Client client(http_, std::move(options));
    std::optional<base::Result<net::prom::Answer>> result;
    boost::asio::io_context context;
    auto task = [&]() -> base::Task<void> {
      result = co_await client.query_range("up", from, to, step, base::in(10s));
    };
    boost::asio::co_spawn(context, task(), [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); });
    context.run();
    return std::move(*result);
  }
  std::string asked_url(const std::string& base, const std::string& query_string = "") {
    query_range({.url = base, .query_string = query_string, .extra_args = {}, .access = {}}, at("2026-01-02T03:00:00Z"),
                at("2026-01-02T04:00:00Z"), 15s)
        .value();
    return http_.requests.back().url;
  }
  double asked(const char* parameter) {
    auto form = net::http::parse_query(http_.requests.back().body);
    return std::stod(std::string(net::http::find_parameter(form, parameter)));
  }

  fakes::FakeHttpClient http_;
};

TEST_F(PromClient, PutsThePathBehindAnyPrefixAndBeforeAnyQuery) {
  EXPECT_EQ(asked_url("http://prom:9090"), "http://prom:9090/api/v1/query_range");
  EXPECT_EQ(asked_url("http://prom:9090/"), "http://prom:9090/api/v1/query_range");
  EXPECT_EQ(asked_url("http://mimir/prometheus/"), "http://mimir/prometheus/api/v1/query_range");
  EXPECT_EQ(asked_url("http://vm:8481/select/0/prometheus?extra_label=env%3Dprod"),
            "http://vm:8481/select/0/prometheus/api/v1/query_range?extra_label=env%3Dprod");
  EXPECT_EQ(asked_url("http://thanos/?dedup=true#x", "partial_response=true"),
            "http://thanos/api/v1/query_range?dedup=true&partial_response=true");
}

TEST_F(PromClient, AlignsARangeToItsStep) {
  query_range({.url = "http://prom", .query_string = "", .extra_args = {}, .access = {}}, at("2026-01-02T03:00:07Z"),
              at("2026-01-02T04:00:14.5Z"), 15s)
      .value();

  EXPECT_EQ(asked("start"), base::to_unix_seconds(at("2026-01-02T03:00:00Z")));
  EXPECT_EQ(asked("end"), base::to_unix_seconds(at("2026-01-02T04:00:15Z")));
  EXPECT_EQ(asked("step"), 15);
}

TEST_F(PromClient, NeverAsksForMorePointsThanServersAllow) {
  for (auto [length, step] : std::initializer_list<std::pair<base::Duration, base::Duration>>{
           {24h * 365, 15s}, {11'000s, 1s}, {11'001s, 1s}, {10'999s, 1s}, {1s, 1us}, {24h * 30 + 7s, 1ms}}) {
    base::Time from = at("2026-01-02T03:00:00.123456Z");
    query_range({.url = "http://prom", .query_string = "", .extra_args = {}, .access = {}}, from, from + length, step)
        .value();

    EXPECT_LE((asked("end") - asked("start")) / asked("step"), 11'000) << base::to_string(length);
    EXPECT_GT(asked("step"), 0);
  }
}

TEST_F(PromClient, LeavesTimeForTheServersOwnTimeOut) {
  asked_url("http://prom");

  auto form = net::http::parse_query(http_.requests.back().body);
  auto timeout = std::string(net::http::find_parameter(form, "timeout"));
  EXPECT_TRUE(timeout.ends_with("ms")) << timeout;
  EXPECT_LE(std::stoi(timeout), 9'800);
}

TEST_F(PromClient, ATenantThatIsMissingIsAQuestionOfAccess) {
  http_.answer("api/v1", 401, "no org id\n");

  auto result = query_range({.url = "http://mimir/prometheus", .query_string = "", .extra_args = {}, .access = {}},
                            at("2026-01-02T03:00:00Z"), at("2026-01-02T04:00:00Z"), 15s);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, base::Reason::kAuth);
  EXPECT_THAT(result.error().message, HasSubstr("no org id"));
}

}  // namespace
