// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/options.h"

#include <algorithm>

#include "sinks/render/shrink.h"
#include "sinks/webhook/template_check.h"

namespace sinks::webhook {

using base::yaml::Node;
using base::yaml::Problems;

namespace {

struct Written : Options {
  net::http::AccessOptions written_access;
  Node written_body;
};

void add_body_options(base::OptionTable<Written>& t) {
  auto of = []<class Field>(Field Options::*field) { return static_cast<Field Written::*>(field); };
  t.choice("format", of(&Options::format), "What the body is, where there is no `body`.",
           {{"json", Format::kJson}, {"text", Format::kText}});
  t.option("body", &Written::written_body,
           "A template of the body: docs/sinks.md says what it can hold. Values are escaped by `content_type`.");
  t.option("content_type", of(&Options::content_type),
           "Of the body. Without it `application/json`, or `text/plain; charset=utf-8` for format text.");
  t.choice("cloudevents", of(&Options::cloudevents),
           "Sends a CloudEvent 1.0: `structured` around the body, `binary` with its attributes as headers.",
           {{"off", CloudEvents::kOff}, {"structured", CloudEvents::kStructured}, {"binary", CloudEvents::kBinary}});
  t.option("cloudevents_source", of(&Options::cloudevents_source), "The attribute `source`, a URI or its path.");
  t.option("size_limit", of(&Options::size_limit),
           "Bytes that a body may have; what is longer is shortened, evidence first, and says so.",
           {.at_least = static_cast<double>(kSmallestLimit), .at_most = 64 * 1024 * 1024.0});
  t.option("include_png", of(&Options::include_png),
           "Adds each chart as a PNG too, where it fits the limit; with format json.");
  t.ignored("slack_webhook", "bodies are not in Slack's form; use slack_sink, or a `body` of your own");
}

const base::OptionTable<Written>& options_table() {
  static const auto table = [] {
    auto of = []<class Field>(Field Options::*field) { return static_cast<Field Written::*>(field); };
    base::OptionTable<Written> t("webhook_sink",
                                 "Posts each transition of an incident to a URL, as JSON (`tocsin.transition/1`), as "
                                 "text, or as a template says, with the header `Idempotency-Key`.");
    add_sink_options(t);
    t.option("url", of(&Options::url), "Where to post: http or https. May hold a token, so it is kept secret.",
             base::kRequired);
    t.choice("method", of(&Options::method), "How it is sent.",
             {{"POST", Method::kPost}, {"PUT", Method::kPut}, {"PATCH", Method::kPatch}});
    t.option("authorization", of(&Options::authorization), "The whole value of the header `Authorization`.");
    t.option("headers", of(&Options::headers), "More headers of each request.");
    t.nested("access", &Written::written_access, net::http::access_options(),
             "Credentials, certificates and proxy of the receiver.");
    t.nested("signature", of(&Options::signature), signature_options(),
             "Signs each request, so that the receiver can tell that it is genuine.");
    add_body_options(t);
    return t;
  }();
  return table;
}

bool is_http_url(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

base::yaml::Mark mark_of_url(const Node& params) {
  for (const char* key : {"url", "url_file"}) {
    if (const auto* url = params.find(key)) return url->mark;
  }
  return params.mark;
}

// Tokens of RFC 9110 section 5.6.2.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

// Headers that the sink sets by itself, and the option that does it.
std::string_view option_of_header(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  if (name == "content-type") return "content_type";
  if (name == "x-hub-signature-256" || name.starts_with("webhook-")) return "signature";
  if (name.starts_with("ce-")) return "cloudevents";
  if (name == "content-length" || name == "idempotency-key" || name == "transfer-encoding" || name == "host")
    return "url";
  return {};
}

void check_headers(const Node& params, Problems& problems) {
  const Node* headers = params.find("headers");
  if (!headers) return;
  for (const auto& header : headers->entries) {
    if (!is_header_name(header.key)) {
      problems.error(header.key_mark, "headers: '" + header.key + "' can't be the name of a header");
    } else if (has_control_characters(header.value.scalar)) {
      problems.error(header.value.mark,
                     "headers: the value of '" + header.key + "' has a line break or another control character");
    } else if (auto option = option_of_header(header.key); option == "url") {
      problems.error(header.key_mark, "headers: '" + header.key + "' is set by the sink itself");
    } else if (!option.empty()) {
      problems.error(header.key_mark,
                     "headers: '" + header.key + "' is set by the option '" + std::string(option) + "'");
    }
  }
}

void check_signature(const SignatureOptions& signature, const Node& node, Problems& problems) {
  for (const auto& secret : signature.secrets) {
    auto key = signing_key(signature.style, secret.secret.reveal());
    if (!key) problems.error(node.mark, "signature: " + key.error().message);
  }
  if (signature.style == SignatureStyle::kGithub && signature.secrets.size() > 1) {
    problems.error(node.mark, "signature: style github has one signature, so it takes one secret");
  }
}

void check_texts(const Options& options, const Node& params, Problems& problems) {
  if (has_control_characters(options.content_type)) {
    problems.error(params.find("content_type")->mark, "content_type has a line break or another control character");
  }
  if (const Node* source = params.find("cloudevents_source"); source && options.cloudevents_source.empty()) {
    problems.error(source->mark, "cloudevents_source must not be empty");
  }
}

// The event around the smallest body there is must fit too.
void check_size(const Options& options, const Node& params, Problems& problems) {
  constexpr std::int64_t kSmallestEvent = 2 * static_cast<std::int64_t>(kSmallestLimit);
  if (options.cloudevents != CloudEvents::kStructured || options.size_limit >= kSmallestEvent) return;
  const Node* limit = params.find("size_limit");
  if (limit) problems.error(limit->mark, "size_limit must be at least 8192 with cloudevents: structured");
}

void check_body(const Node& params, const Node& body, Problems& problems) {
  if (!body.is_scalar()) problems.error(body.mark, "body: expected a text, such as a block after `body: |`");
  for (const char* other : {"format", "include_png"}) {
    if (const Node* node = params.find(other)) {
      problems.error(node->mark, "'" + std::string(other) + "' has no meaning beside 'body'");
    }
  }
}

}  // namespace

const base::OptionSet& option_set() { return options_table().set(); }

Options read_options(const Node& params, Problems& problems) {
  Written written = options_table().read(params, problems);
  Options& options = written;
  options.access = written.written_access.to_access();
  if (!options.url.empty() && !is_http_url(options.url.reveal())) {
    problems.error(mark_of_url(params), "webhook_sink: url must begin with http:// or https://");
  }
  check_headers(params, problems);
  check_texts(options, params, problems);
  check_size(options, params, problems);
  if (options.signature) check_signature(*options.signature, *params.find("signature"), problems);
  const Node& body = written.written_body;
  if (!body.is_null()) {
    check_body(params, body, problems);
    if (body.is_scalar()) {
      options.format = Format::kJson;
      options.body = read_template(body, body::escape_of(content_type_of(options)), problems);
    }
  }
  return options;
}

std::string content_type_of(const Options& options) {
  if (!options.content_type.empty()) return options.content_type;
  return options.format == Format::kText ? "text/plain; charset=utf-8" : "application/json";
}

}  // namespace sinks::webhook
