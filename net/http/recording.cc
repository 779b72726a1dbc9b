// SPDX-License-Identifier: Apache-2.0
#include "net/http/recording.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "net/http/url.h"

namespace net::http {

namespace {

constexpr const char* kSchema = "tocsin.exchange/1";

// In a parameter's name, in lower case: its value gives access to something. Rather one too many.
constexpr std::string_view kSecretWords[] = {"token", "secret", "passw",       "pwd", "key",     "auth", "sig",
                                             "cred",  "bearer", "access_code", "jwt", "session", "hook", "otp"};
constexpr const char* kRedacted = "redacted";

bool names_a_secret(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

// The query as it stands, unless there is something to hide in it.
std::string without_secrets(const std::string& text) {
  Query query = parse_query(text);
  bool has_secrets = false;
  for (auto& [name, value] : query) {
    if (!names_a_secret(name)) continue;
    has_secrets = true;
    value = kRedacted;
  }
  return has_secrets ? build_query(query) : text;
}

std::string without_credentials(const std::string& text) {
  auto url = parse_url(text);
  if (!url) return {};
  url.value().query = without_secrets(url.value().query);
  return to_string(url.value());
}

class RecordingClient final : public Client {
 public:
  RecordingClient(std::unique_ptr<Client> inner, std::function<void(const RecordedExchange&)> keep)
      : inner_(std::move(inner)), keep_(std::move(keep)) {}

  base::Result<void> start() override { return inner_->start(); }
  base::Task<void> stop() override { return inner_->stop(); }

  base::Task<base::Result<Response>> send(Request request) override {
    RecordedExchange exchange{request.method, without_credentials(request.url), request.body, 0, {}, {}};
    auto response = co_await inner_->send(std::move(request));
    if (response) {
      exchange.status = response.value().status;
      exchange.content_type = find_header(response.value().headers, "content-type");
      exchange.answer = response.value().body;
      keep_(exchange);
    }
    co_return response;
  }

 private:
  const std::unique_ptr<Client> inner_;
  const std::function<void(const RecordedExchange&)> keep_;
};

// What two questions must have in common to be the same one at different times.
std::string essence(const std::string& url, const std::string& body) {
  auto parsed = parse_url(url);
  if (!parsed) return url;
  std::string text = parsed.value().path;
  for (const std::string& form : {parsed.value().query, body}) {
    for (const auto& [name, value] : parse_query(form)) {
      if (name == "query" || name == "rule_name[]") text += '\n' + name + '=' + value;
    }
  }
  return text;
}

// The body without what depends on how long the asker would have waited.
std::string timeless(const std::string& body) {
  Query form = parse_query(body);
  std::erase_if(form, [](const auto& parameter) { return parameter.first == "timeout"; });
  return build_query(form);
}

class ReplayingClient final : public Client {
 public:
  explicit ReplayingClient(std::vector<RecordedExchange> exchanges) : exchanges_(std::move(exchanges)) {}

  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }

  base::Task<base::Result<Response>> send(Request request) override {
    const RecordedExchange* found = find(request);
    if (found == nullptr) {
      co_return base::permanent(base::Reason::kUnreachable, "the recording has no answer to this question");
    }
    co_return Response{found->status, {{"content-type", found->content_type}}, found->answer};
  }

 private:
  const RecordedExchange* find(const Request& request) const {
    std::string url = without_credentials(request.url);
    std::string body = timeless(request.body);
    auto same = std::find_if(exchanges_.begin(), exchanges_.end(), [&](const RecordedExchange& exchange) {
      return exchange.method == request.method && exchange.url == url && timeless(exchange.body) == body;
    });
    if (same != exchanges_.end()) return &*same;
    std::string wanted = essence(url, request.body);
    auto alike = std::find_if(exchanges_.begin(), exchanges_.end(), [&](const RecordedExchange& exchange) {
      return essence(exchange.url, exchange.body) == wanted;
    });
    return alike == exchanges_.end() ? nullptr : &*alike;
  }

  const std::vector<RecordedExchange> exchanges_;
};

}  // namespace

std::string encode(const RecordedExchange& exchange) {
  nlohmann::json json = {
      {"schema", kSchema},
      {"request", {{"method", exchange.method}, {"url", exchange.url}, {"body", exchange.body}}},
      {"response", {{"status", exchange.status}, {"content_type", exchange.content_type}, {"body", exchange.answer}}},
  };
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

base::Result<RecordedExchange> decode_exchange(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  try {
    if (json.at("schema") != kSchema) throw std::invalid_argument("schema");
    const auto& request = json.at("request");
    const auto& response = json.at("response");
    return RecordedExchange{request.at("method"),
                            request.at("url"),
                            request.value("body", ""),
                            response.at("status"),
                            response.value("content_type", ""),
                            response.value("body", "")};
  } catch (const std::exception&) {
    return base::permanent(base::Reason::kBadRequest, "not a tocsin.exchange/1");
  }
}

std::unique_ptr<Client> make_recording_client(std::unique_ptr<Client> inner,
                                              std::function<void(const RecordedExchange&)> keep) {
  return std::make_unique<RecordingClient>(std::move(inner), std::move(keep));
}

std::unique_ptr<Client> make_replaying_client(std::vector<RecordedExchange> exchanges) {
  return std::make_unique<ReplayingClient>(std::move(exchanges));
}

}  // namespace net::http
