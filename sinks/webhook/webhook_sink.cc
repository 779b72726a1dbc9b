// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/webhook_sink.h"

#include "net/http/access_options.h"
#include "sinks/render/png.h"
#include "sinks/render/shrink.h"
#include "sinks/render/text.h"

namespace sinks::webhook {

namespace {

struct Written : Options {
  net::http::AccessOptions written_access;
};

const base::OptionTable<Written>& options_table() {
  static const auto table = [] {
    auto of = []<class Field>(Field Options::*field) { return static_cast<Field Written::*>(field); };
    base::OptionTable<Written> t("webhook_sink",
                                 "Posts each transition of an incident to a URL, as JSON (`tocsin.transition/1`) or as "
                                 "text, with the header `Idempotency-Key`.");
    add_sink_options(t);
    t.option("url", of(&Options::url), "Where to post: http or https. May hold a token, so it is kept secret.",
             base::kRequired);
    t.option("authorization", of(&Options::authorization), "The whole value of the header `Authorization`.");
    t.option("headers", of(&Options::headers), "More headers of each request.");
    t.nested("access", &Written::written_access, net::http::access_options(),
             "Credentials, certificates and proxy of the receiver.");
    t.choice("format", of(&Options::format), "What the body is.", {{"json", Format::kJson}, {"text", Format::kText}});
    t.option("size_limit", of(&Options::size_limit),
             "Bytes that a body may have; what is longer is shortened, evidence first, and says so.",
             {.at_least = static_cast<double>(kSmallestLimit), .at_most = 64 * 1024 * 1024.0});
    t.option("include_png", of(&Options::include_png), "Adds each chart as a PNG too, where it fits the limit.");
    t.ignored("slack_webhook", "bodies are not in Slack's form; use slack_sink");
    return t;
  }();
  return table;
}

bool is_http_url(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

base::yaml::Mark mark_of_url(const base::yaml::Node& params) {
  for (const char* key : {"url", "url_file"}) {
    if (const auto* url = params.find(key)) return url->mark;
  }
  return params.mark;
}

Configured make(const base::yaml::Node& params, const Services& services, base::yaml::Problems& problems) {
  Written written = options_table().read(params, problems);
  Options& options = written;
  options.access = written.written_access.to_access();
  if (!options.url.empty() && !is_http_url(options.url.reveal())) {
    problems.error(mark_of_url(params), "webhook_sink: url must begin with http:// or https://");
  }
  SinkOptions common = options;
  return {.common = common, .sink = std::make_unique<Webhook>(options, services.http, services.user_agent)};
}

void replace_all(std::string& text, const std::string& what) {
  // Shorter ones would garble the message rather than hide something.
  constexpr std::size_t kShortestSecret = 4;
  if (what.size() < kShortestSecret) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at))
    text.replace(at, what.size(), "***");
}

}  // namespace

Webhook::Webhook(Options options, net::http::Client& http, std::string user_agent)
    : options_(std::move(options)), http_(http), user_agent_(std::move(user_agent)) {}

base::Result<Rendered> Webhook::render(const schemas::Delivery& delivery) const {
  auto limit = static_cast<std::size_t>(options_.size_limit);
  Rendered rendered{.idempotency_key = delivery.id};
  if (options_.format == Format::kText) {
    rendered.content_type = "text/plain; charset=utf-8";
    rendered.body = cut_text(render_text(delivery.transition), limit);
    return rendered;
  }
  rendered.content_type = "application/json";
  BOOST_OUTCOME_TRY(rendered.body, encode_within(delivery.transition, limit, "webhook_sink"));
  if (options_.include_png) {
    auto with_pictures = schemas::encode(with_png(delivery.transition));
    if (with_pictures.size() <= limit) rendered.body = std::move(with_pictures);
  }
  return rendered;
}

base::Task<base::Result<Reply>> Webhook::send(Rendered rendered, base::Deadline deadline) {
  // Answers are read for their first words only.
  constexpr std::size_t kLargestAnswer = 1024 * 1024;
  net::http::Request request{.method = "POST",
                             .url = options_.url.reveal(),
                             .headers = std::move(rendered.headers),
                             .body = std::move(rendered.body),
                             .deadline = deadline,
                             .max_response_bytes = kLargestAnswer,
                             .access = &options_.access};
  request.headers.emplace_back("Content-Type", std::move(rendered.content_type));
  request.headers.emplace_back("Idempotency-Key", std::move(rendered.idempotency_key));
  request.headers.emplace_back("User-Agent", user_agent_);
  if (!options_.authorization.empty()) {
    request.headers.emplace_back("Authorization", options_.authorization.reveal());
  }
  request.headers.insert(request.headers.end(), options_.headers.begin(), options_.headers.end());
  auto response = co_await http_.send(std::move(request));
  if (!response) co_return without_secrets(response.error());
  auto verdict = net::http::classify(response.value());
  if (!verdict) co_return without_secrets(verdict.error());
  co_return Reply{.detail = "HTTP " + std::to_string(response.value().status)};
}

// Receivers like to repeat in their answer what they were sent.
base::Error Webhook::without_secrets(base::Error error) const {
  const std::string& url = options_.url.reveal();
  replace_all(error.message, url);
  if (auto path = url.find('/', url.find("://") + 3); path != std::string::npos) {
    replace_all(error.message, url.substr(path));
  }
  for (const auto* secret : {&options_.authorization, &options_.access.password, &options_.access.bearer_token}) {
    replace_all(error.message, secret->reveal());
  }
  for (const auto& [name, value] : options_.headers) replace_all(error.message, value);
  for (const auto& [name, value] : options_.access.headers) replace_all(error.message, value);
  return error;
}

}  // namespace sinks::webhook

namespace sinks {

SinkType webhook_sink_type() {
  return {.name = "webhook_sink", .options = &webhook::options_table().set(), .make = webhook::make};
}

}  // namespace sinks
