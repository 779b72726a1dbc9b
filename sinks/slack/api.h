// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/task.h"
#include "net/http/client.h"
#include "net/http/secrets.h"
#include "net/http/url.h"
#include "sinks/slack/failure.h"
#include "sinks/slack/lines.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// Slack's Web API (https://docs.slack.dev/apis/web-api): calls with the sink's token. Thread-safe. The options and the
// client outlive it. No message of an error holds the token.
class Api {
 public:
  // The other side's answer with `ok: true`.
  struct Answer {
    const nlohmann::json& body() const { return *json; }
    std::shared_ptr<const nlohmann::json> json;
    std::string scopes;  // Of the token, as in "chat:write,files:read"; empty where Slack does not say.
  };

  Api(const Options& options, net::http::Client& http, base::Clock& clock, std::string user_agent);

  // `body` is a JSON object. `line` tells calls of one method apart that are limited apart: a channel.
  base::Task<Called<Answer>> post(std::string method, std::string body, base::Deadline deadline, std::string line = {});
  // The same as a form, for the methods that take no JSON.
  base::Task<Called<Answer>> call(std::string method, net::http::Query arguments, base::Deadline deadline);
  // Bytes to a URL that the API has given, without the token.
  base::Task<Called<>> upload(std::string url, std::string bytes, base::Deadline deadline);
  // JSON to the incoming webhook.
  base::Task<Called<>> post_to_webhook(std::string body, base::Deadline deadline);

 private:
  base::Task<Called<net::http::Response>> send(std::string line, net::http::Request request, base::Deadline deadline);
  base::Task<Called<Answer>> ask(std::string method, net::http::Request request, base::Deadline deadline,
                                 std::string line);
  Failure without_secrets(Failure failure) const;
  net::http::Secrets secrets() const;

  const Options& options_;
  net::http::Access plain_access_;  // For elsewhere: certificates and proxy, no credentials.
  net::http::Client& http_;
  std::string user_agent_;
  Lines lines_;
};

}  // namespace sinks::slack
