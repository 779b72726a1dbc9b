// SPDX-License-Identifier: Apache-2.0
#include "net/alertmanager/silences.h"

#include <nlohmann/json.hpp>

#include "net/http/secrets.h"
#include "net/http/url.h"

namespace net::alertmanager {

using nlohmann::json;

namespace {

// Silences of one alert name: some 500 bytes each, expired ones stay for five days by default.
constexpr std::size_t kLargestAnswer = 8 * 1024 * 1024;
// Of what Alertmanager says of a refusal.
constexpr std::size_t kMostSaid = 300;

std::string base_of(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// A matcher as Alertmanager's filter reads it: the value in quotes as Go has them.
std::string filter_of(const std::string& label, const std::string& value) {
  std::string text = label + "=\"";
  for (char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + "\"";
}

std::string text_of(const json& object, const char* member) {
  auto found = object.is_object() ? object.find(member) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_active(const json& silence) {
  return silence.is_object() && silence.contains("status") && text_of(silence["status"], "state") == "active";
}

std::string beginning_of(std::string text) {
  if (text.size() <= kMostSaid) return text;
  text.resize(kMostSaid);
  // Not in the middle of a UTF-8 character.
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) text.pop_back();
  return text;
}

// Alertmanager refuses with a bare JSON string.
base::Error refusal(base::Error error, const std::string& body) {
  auto said = json::parse(body, nullptr, false);
  if (said.is_string()) error.message = beginning_of(said.get<std::string>());
  return error.in("alertmanager");
}

}  // namespace

Silences::Silences(http::Client& http, std::string url, http::Access access)
    : http_(http), url_(base_of(std::move(url)) + "/api/v2/silences"), access_(std::move(access)) {}

base::Task<base::Result<std::string>> Silences::ask(http::Request request, base::Deadline deadline) {
  request.deadline = deadline;
  request.max_response_bytes = kLargestAnswer;
  request.access = &access_;
  auto response = co_await http_.send(std::move(request));
  if (!response) co_return response.error().in("alertmanager");
  std::string& body = response.value().body;
  const http::Secrets secrets(access_);
  auto verdict = secrets.classify(response.value());
  if (verdict) co_return std::move(body);
  secrets.hide(body);
  co_return refusal(verdict.error(), body);
}

base::Task<base::Result<std::vector<Silence>>> Silences::active(std::string label, std::string value,
                                                                base::Deadline deadline) {
  http::Request request{.url = url_ + "?" + http::build_query({{"filter", filter_of(label, value)}})};
  BOOST_OUTCOME_CO_TRY(auto body, co_await ask(std::move(request), deadline));
  auto list = json::parse(body, nullptr, false);
  if (!list.is_array()) co_return base::passing(base::Reason::kBadAnswer, "alertmanager: the answer is no list");
  std::vector<Silence> found;
  for (const auto& one : list) {
    if (!is_active(one)) continue;
    auto ends = base::parse_rfc3339(text_of(one, "endsAt"));
    if (!ends || !ends.value()) continue;
    found.push_back({text_of(one, "id"), *ends.value(), text_of(one, "createdBy"), text_of(one, "comment")});
  }
  co_return found;
}

base::Task<base::Result<std::string>> Silences::create(NewSilence silence, base::Deadline deadline) {
  json matchers = json::array();
  for (const auto& [name, value] : silence.matchers) {
    matchers.push_back({{"name", name}, {"value", value}, {"isRegex", false}, {"isEqual", true}});
  }
  json body = {{"matchers", std::move(matchers)},
               {"startsAt", base::to_rfc3339(silence.starts)},
               {"endsAt", base::to_rfc3339(silence.ends)},
               {"createdBy", silence.created_by},
               {"comment", silence.comment}};
  http::Request request{
      .method = "POST", .url = url_, .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
  request.headers = {{"Content-Type", "application/json"}};
  BOOST_OUTCOME_CO_TRY(auto answer, co_await ask(std::move(request), deadline));
  auto id = text_of(json::parse(answer, nullptr, false), "silenceID");
  if (id.empty()) co_return base::passing(base::Reason::kBadAnswer, "alertmanager: the answer names no silence");
  co_return id;
}

}  // namespace net::alertmanager
