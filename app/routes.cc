// SPDX-License-Identifier: Apache-2.0
#include "app/routes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "net/http/url.h"

namespace app {

namespace {

using base::Task;
using net::http::RequestHandler;
using net::http::ServerRequest;
using net::http::ServerResponse;

constexpr int kFindingsAtOnce = 100;
constexpr int kMostFindingsAtOnce = 1000;

ServerResponse text(int status, std::string body) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

// As kube-apiserver prints its own: a line a check, then the verdict.
ServerResponse readiness(const std::vector<Check>& checks, bool verbose) {
  bool ready = std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.ok || !check.decides; });
  std::string body;
  for (const Check& check : checks) {
    if ((check.ok || !check.decides) && !verbose) continue;
    char mark = check.ok ? '+' : check.decides ? '-' : '!';
    body += fmt::format("[{}]{} {}{}{}\n", mark, check.name, check.ok ? "ok" : "failed",
                        check.detail.empty() ? "" : ": ", check.detail);
  }
  body += ready ? (verbose ? "readyz check passed\n" : "ok\n") : "readyz check failed\n";
  return text(ready ? 200 : 503, std::move(body));
}

// Nullopt: it is no number of findings.
std::optional<int> limit_of(const std::string& query) {
  auto parameters = net::http::parse_query(query);
  auto given = std::ranges::find(parameters, "limit", [](const auto& parameter) { return parameter.first; });
  if (given == parameters.end()) return kFindingsAtOnce;
  const std::string& text = given->second;
  bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) return std::nullopt;
  int limit = kMostFindingsAtOnce;  // What is too large for an int is left at that.
  std::from_chars(text.data(), text.data() + text.size(), limit);
  if (limit < 1) return std::nullopt;
  return std::min(limit, kMostFindingsAtOnce);
}

Task<ServerResponse> answer(ServerResponse response) { co_return response; }

Task<ServerResponse> findings(std::shared_ptr<Operations> operations, std::string query) {
  auto limit = limit_of(query);
  if (limit) co_return co_await operations->findings(*limit);
  co_return net::http::refuse(
      400, fmt::format("limit must be a number from 1 to {}, as in ?limit={}", kMostFindingsAtOnce, kFindingsAtOnce));
}

Task<ServerResponse> reload(std::shared_ptr<Operations> operations) {
  auto reloaded = co_await operations->reload();
  if (!reloaded.problems.empty()) {
    co_return text(400, fmt::format("the configuration was not taken; the one before it stays:\n{}\n",
                                    fmt::join(reloaded.problems, "\n")));
  }
  if (reloaded.waiting.empty()) co_return text(200, "reloaded\n");
  co_return text(
      200, fmt::format("reloaded; these take effect at the next start only:\n{}\n", fmt::join(reloaded.waiting, "\n")));
}

}  // namespace

void add_routes(const AddRoute& add, base::Metrics& metrics, Operations given) {
  auto operations = std::make_shared<Operations>(std::move(given));
  auto alive = [](ServerRequest) { return answer(text(200, "ok\n")); };
  add("GET", "/livez", alive);
  add("GET", "/healthz", alive);
  add("GET", "/readyz", [operations](ServerRequest request) {
    return answer(readiness(operations->checks(), request.query.find("verbose") != std::string::npos));
  });
  add("GET", "/metrics", [&metrics](ServerRequest) {
    ServerResponse response = text(200, metrics.expose());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return answer(std::move(response));
  });
  add("POST", "/-/reload", [operations](ServerRequest) { return reload(operations); });
  add("GET", "/api/findings",
      [operations](ServerRequest request) { return findings(operations, std::move(request.query)); });
  add("POST", "/api/dlq",
      [operations](ServerRequest request) { return operations->change_dead_letters(std::move(request.body)); });
}

}  // namespace app
