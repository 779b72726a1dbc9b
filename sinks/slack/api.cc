// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/api.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/secret_file.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

using nlohmann::json;

namespace {

// The largest answer is a page of a channel's history: 200 messages of some 20 KB.
constexpr std::size_t kLargestAnswer = 8 * 1024 * 1024;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;
// Characters of what Slack says beside a code, and how many bytes of it are looked at.
constexpr std::size_t kMostSaid = 300;
constexpr std::size_t kMostRead = 4 * kMostSaid;

// In seconds, with a fraction if it likes.
std::chrono::milliseconds retry_after(const net::http::Headers& headers) {
  constexpr double kLongest = 3600;
  auto text = net::http::find_header(headers, "Retry-After");
  double seconds = 1;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || !(seconds >= 0)) seconds = 1;
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(std::min(seconds, kLongest)));
}

std::string text_of(const json& object, const char* member) {
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// On one line, cut between characters.
std::string shortened(const std::string& said) {
  return cut(clean_line(std::string_view(said).substr(0, kMostRead)), kMostSaid);
}

// What it says of `invalid_blocks` and the like.
std::string said_beside(const json& body) {
  std::string said;
  auto add = [&](const json& list) {
    for (const auto& item : list) {
      if (item.is_string() && said.size() < kMostRead) said += (said.empty() ? "" : "; ") + item.get<std::string>();
    }
  };
  if (body.contains("errors") && body["errors"].is_array()) add(body["errors"]);
  if (said.empty() && body.contains("response_metadata") && body["response_metadata"].is_object()) {
    const json& metadata = body["response_metadata"];
    if (metadata.contains("messages") && metadata["messages"].is_array()) add(metadata["messages"]);
  }
  return said;
}

std::chrono::milliseconds wait_of(const Failure& failure) { return failure.error.retry.wait(); }

Failure limited(const std::string& method, const net::http::Headers& headers) {
  auto failed = failure_of(method, "ratelimited", {}, {});
  failed.error.retry = base::Retry::after(retry_after(headers));
  return failed;
}

}  // namespace

Api::Api(const Options& options, net::http::Client& http, base::Clock& clock, std::string user_agent)
    : options_(options), plain_access_(options.access), http_(http), user_agent_(std::move(user_agent)), lines_(clock) {
  plain_access_.username.clear();
  plain_access_.password = {};
  plain_access_.bearer_token = {};
  plain_access_.headers.clear();
}

base::Task<Called<Api::Answer>> Api::post(std::string method, std::string body, base::Deadline deadline,
                                          std::string line) {
  net::http::Request request{.method = "POST", .body = std::move(body)};
  request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  co_return co_await ask(std::move(method), std::move(request), deadline, std::move(line));
}

base::Task<Called<Api::Answer>> Api::call(std::string method, net::http::Query arguments, base::Deadline deadline) {
  net::http::Request request{.method = "POST", .body = net::http::build_query(arguments)};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  co_return co_await ask(std::move(method), std::move(request), deadline, {});
}

base::Task<Called<Api::Answer>> Api::ask(std::string method, net::http::Request request, base::Deadline deadline,
                                         std::string line) {
  request.url = options_.api_url + method;
  request.headers.emplace_back("Authorization", "Bearer " + base::current(options_.api_key).reveal());
  request.access = &options_.access;
  auto sent = co_await send(method + (line.empty() ? "" : " " + line), std::move(request), deadline);
  if (!sent) co_return sent.error();
  const auto& response = sent.value();
  if (response.status >= kServerErrors) co_return failure_of(method, secrets().classify(response).error());
  auto body = json::parse(response.body, nullptr, false);
  if (!body.is_object() || !body.contains("ok")) {
    auto classified = secrets().classify(response);
    auto error = classified ? base::passing(base::Reason::kBadAnswer, "the answer is none of Slack's: check api_url")
                            : classified.error();
    co_return failure_of(method, std::move(error));
  }
  if (body["ok"] == true) {
    co_return Answer{std::make_shared<const json>(std::move(body)),
                     std::string(net::http::find_header(response.headers, "X-OAuth-Scopes"))};
  }
  auto code = text_of(body, "error");
  auto said = [&](std::string text) {
    secrets().hide(text);
    return shortened(text);
  };
  co_return failure_of(method, code, said(text_of(body, "needed")), said(said_beside(body)));
}

base::Task<Called<net::http::Response>> Api::send(std::string line, net::http::Request request,
                                                  base::Deadline deadline) {
  auto turn = co_await lines_.enter(line, deadline);
  if (!turn) co_return turn.error();
  request.deadline = deadline;
  request.max_response_bytes = kLargestAnswer;
  request.headers.emplace_back("User-Agent", user_agent_);
  auto response = co_await http_.send(std::move(request));
  if (!response) co_return without_secrets(failure_of(line, response.error()));
  if (response.value().status == kTooManyRequests) {
    auto failed = limited(line, response.value().headers);
    turn.value().close_for(wait_of(failed));
    co_return failed;
  }
  co_return std::move(response.value());
}

base::Task<Called<>> Api::upload(std::string url, std::string bytes, base::Deadline deadline) {
  net::http::Request request{.method = "POST", .url = std::move(url), .body = std::move(bytes)};
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.access = &plain_access_;
  auto sent = co_await send("file upload", std::move(request), deadline);
  if (!sent) co_return sent.error();
  auto verdict = secrets().classify(sent.value());
  if (!verdict) co_return failure_of("file upload", verdict.error());
  co_return boost::outcome_v2::success();
}

base::Task<Called<>> Api::post_to_webhook(std::string body, base::Deadline deadline) {
  net::http::Request request{
      .method = "POST", .url = base::current(options_.webhook_url).reveal(), .body = std::move(body)};
  request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  request.access = &options_.access;
  auto sent = co_await send("webhook", std::move(request), deadline);
  if (!sent) co_return sent.error();
  const auto& response = sent.value();
  if (response.status >= 200 && response.status < 300) co_return boost::outcome_v2::success();
  co_return without_secrets(webhook_failure(response.status, response.body));
}

Failure Api::without_secrets(Failure failure) const {
  secrets().hide(failure.error.message);
  return failure;
}

net::http::Secrets Api::secrets() const {
  net::http::Secrets secrets(options_.access);
  secrets.add(base::current(options_.api_key));
  secrets.add_url(base::current(options_.webhook_url));
  return secrets;
}

}  // namespace sinks::slack
