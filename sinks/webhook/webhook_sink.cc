// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/webhook_sink.h"

#include "base/secret_file.h"
#include "net/http/url.h"
#include "sinks/webhook/cloud_event.h"
#include "sinks/webhook/webhook_body.h"

namespace sinks::webhook {

namespace {

Configured make(const base::yaml::Node& params, const Services& services, base::yaml::Problems& problems) {
  Options options = read_options(params, problems);
  SinkOptions common = options;
  return {.common = common, .sink = std::make_unique<Webhook>(std::move(options), services)};
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kPost:
      break;
  }
  return "POST";
}

// The URL, unless what is in its file by now is none: then the last one that was.
base::Secret current_url(const base::Secret& url) {
  base::Secret now = base::current(url);
  return net::http::parse_url(now.reveal()) ? now : url;
}

// The same of secrets that sign.
std::optional<SignatureOptions> current_signature(std::optional<SignatureOptions> signature) {
  if (!signature) return signature;
  for (SigningSecret& secret : signature->secrets) {
    base::Secret now = base::current(secret.secret);
    if (signing_key(signature->style, now.reveal())) secret.secret = std::move(now);
  }
  return signature;
}

}  // namespace

Webhook::Webhook(Options options, const Services& services)
    : options_(std::move(options)), http_(services.http), clock_(services.clock), user_agent_(services.user_agent) {}

base::Result<Rendered> Webhook::render(const schemas::Delivery& delivery) const {
  Rendered rendered{.content_type = content_type_of(options_), .idempotency_key = delivery.id};
  BOOST_OUTCOME_TRY(rendered.body, make_body(options_, delivery));
  if (options_.cloudevents == CloudEvents::kStructured) rendered.content_type = kStructuredType;
  if (options_.cloudevents == CloudEvents::kBinary) {
    rendered.headers = event_headers(delivery, options_.cloudevents_source);
  }
  return rendered;
}

Webhook::Secrets Webhook::secrets_now() const {
  return {current_url(options_.url), base::current(options_.authorization), current_signature(options_.signature)};
}

base::Task<base::Result<Reply>> Webhook::send(Sending& sending) {
  Rendered& rendered = sending.rendered;
  // Answers are read for their first words only.
  constexpr std::size_t kLargestAnswer = 1024 * 1024;
  const Secrets secrets = secrets_now();
  net::http::Headers signature;
  if (secrets.signature) {
    signature = signature_headers(*secrets.signature, rendered.idempotency_key, clock_.now(), rendered.body);
  }
  net::http::Request request{.method = std::string(name_of(options_.method)),
                             .url = secrets.url.reveal(),
                             .headers = std::move(rendered.headers),
                             .body = std::move(rendered.body),
                             .deadline = sending.deadline,
                             .max_response_bytes = kLargestAnswer,
                             .access = &options_.access};
  request.headers.emplace_back("Content-Type", std::move(rendered.content_type));
  request.headers.emplace_back("Idempotency-Key", std::move(rendered.idempotency_key));
  request.headers.emplace_back("User-Agent", user_agent_);
  if (!secrets.authorization.empty()) {
    request.headers.emplace_back("Authorization", secrets.authorization.reveal());
  }
  request.headers.insert(request.headers.end(), options_.headers.begin(), options_.headers.end());
  request.headers.insert(request.headers.end(), signature.begin(), signature.end());
  auto response = co_await http_.send(std::move(request));
  const auto hidden = hidden_of(secrets);
  if (!response) co_return hidden.without(response.error());
  auto verdict = hidden.classify(response.value());
  if (!verdict) co_return verdict.error();
  co_return Reply{.detail = "HTTP " + std::to_string(response.value().status)};
}

net::http::Secrets Webhook::hidden_of(const Secrets& secrets) const {
  net::http::Secrets hidden(options_.access);
  hidden.add_url(secrets.url);
  hidden.add(secrets.authorization);
  for (const auto& [name, value] : options_.headers) hidden.add(base::Secret(value));
  if (secrets.signature) {
    for (const auto& secret : secrets.signature->secrets) hidden.add(secret.secret);
  }
  return hidden;
}

}  // namespace sinks::webhook

namespace sinks {

SinkType webhook_sink_type() {
  return {.name = "webhook_sink", .options = &webhook::option_set(), .make = webhook::make};
}

}  // namespace sinks
