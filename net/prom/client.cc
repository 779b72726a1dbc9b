// SPDX-License-Identifier: Apache-2.0
#include "net/prom/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/http/secrets.h"
#include "net/http/url.h"
#include "net/prom/answer.h"

namespace net::prom {

namespace {

// "exceeded maximum resolution of 11,000 points per timeseries": Prometheus refuses more.
constexpr std::int64_t kMostPoints = 11'000;
// A thousand series of 11,000 samples of 30 bytes would be 330 MB; a chart needs a tenth of a hundredth of that.
constexpr std::size_t kMostBytes = 32 * 1024 * 1024;
// What is left for the way back, so that the server's own time-out comes before ours and says more.
constexpr std::chrono::milliseconds kForTheWay{200};

// A caching proxy in front (Thanos' query-frontend, Mimir) keeps what begins and ends at a multiple of the step.
base::Time aligned(base::Time time, base::Duration step) { return base::Time(time.time_since_epoch() / step * step); }

std::string seconds_text(base::Time time) { return fmt::format("{:.3f}", base::to_unix_seconds(time)); }

std::string server_timeout(base::Deadline deadline) {
  auto left = std::max(base::time_left(deadline) - kForTheWay, std::chrono::milliseconds(100));
  return fmt::format("{}ms", left.count());
}

// The base may have a path prefix and a query of its own.
std::string url_of(const ClientOptions& options, std::string_view path, const std::string& query = {}) {
  std::string_view base = options.url;
  base = base.substr(0, base.find('#'));
  auto mark = base.find('?');
  std::string_view own_query = mark == std::string_view::npos ? std::string_view() : base.substr(mark + 1);
  base = base.substr(0, mark);
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string url = std::string(base) + std::string(path);
  char before = '?';
  for (std::string_view part : {std::string_view(query), own_query, std::string_view(options.query_string)}) {
    if (part.empty()) continue;
    url += before;
    url += part;
    before = '&';
  }
  return url;
}

http::Request ask(const ClientOptions& options, base::Deadline deadline) {
  http::Request request;
  request.deadline = deadline;
  request.max_response_bytes = kMostBytes;
  request.access = &options.access;
  return request;
}

// Queries go as a form in the body: a selector can be longer than a URL may be.
http::Request form(const ClientOptions& options, std::string_view path, http::Query parameters,
                   base::Deadline deadline) {
  for (const auto& argument : options.extra_args) parameters.push_back(argument);
  http::Request request = ask(options, deadline);
  request.method = "POST";
  request.url = url_of(options, path);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = http::build_query(parameters);
  return request;
}

// What a gateway says of a request that it refuses may repeat our credentials, and goes into findings.
base::Task<base::Result<http::Response>> send(http::Client& http, http::Request request) {
  const http::Access& access = *request.access;
  auto response = co_await http.send(std::move(request));
  if (response && response.value().status >= 300) http::Secrets(access).hide(response.value().body);
  co_return response;
}

}  // namespace

Client::Client(http::Client& http, ClientOptions options) : http_(http), options_(std::move(options)) {}

base::Task<base::Result<Answer>> Client::query(std::string expression, base::Time at, base::Deadline deadline) {
  auto request = form(
      options_, "/api/v1/query",
      {{"query", std::move(expression)}, {"time", seconds_text(at)}, {"timeout", server_timeout(deadline)}}, deadline);
  BOOST_OUTCOME_CO_TRY(auto response, co_await send(http_, std::move(request)));
  co_return read_answer(response);
}

base::Task<base::Result<Answer>> Client::query_range(std::string expression, base::Time from, base::Time to,
                                                     base::Duration step, base::Deadline deadline) {
  using std::chrono::milliseconds;  // As exactly as the request says it.
  step =
      std::max(std::chrono::ceil<milliseconds>(step), std::chrono::ceil<milliseconds>((to - from) / (kMostPoints - 2)));
  from = aligned(from, step);
  to = aligned(to + step - base::Duration(1), step);  // Up: the newest sample is what the alert is about.
  auto request = form(options_, "/api/v1/query_range",
                      {{"query", std::move(expression)},
                       {"start", seconds_text(from)},
                       {"end", seconds_text(to)},
                       {"step", fmt::format("{:.3f}", std::chrono::duration<double>(step).count())},
                       {"timeout", server_timeout(deadline)}},
                      deadline);
  BOOST_OUTCOME_CO_TRY(auto response, co_await send(http_, std::move(request)));
  co_return read_answer(response);
}

base::Task<base::Result<std::vector<Rule>>> Client::alerting_rules(std::string alert_name, base::Deadline deadline) {
  http::Request request = ask(options_, deadline);
  request.url = url_of(options_, "/api/v1/rules", http::build_query({{"type", "alert"}, {"rule_name[]", alert_name}}));
  BOOST_OUTCOME_CO_TRY(auto response, co_await send(http_, std::move(request)));
  co_return read_rules(response, alert_name);
}

}  // namespace net::prom
