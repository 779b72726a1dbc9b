// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/options/option_table.h"
#include "net/http/access_options.h"
#include "net/http/client.h"
#include "sinks/body/template.h"
#include "sinks/sink_options.h"
#include "sinks/webhook/signature.h"

namespace sinks::webhook {

enum class Format { kJson, kText };
enum class Method { kPost, kPut, kPatch };

// CloudEvents 1.0 over HTTP: the event around the body, or in headers beside it.
enum class CloudEvents { kOff, kStructured, kBinary };

// The section of a webhook_sink.
struct Options : SinkOptions {
  base::Secret url;  // Often holds a token.
  base::Secret authorization;
  std::map<std::string, std::string> headers;
  net::http::Access access;
  Method method = Method::kPost;
  Format format = Format::kJson;
  std::string content_type;            // Empty: what the format says.
  std::optional<body::Template> body;  // Instead of the format.
  std::optional<SignatureOptions> signature;
  CloudEvents cloudevents = CloudEvents::kOff;
  std::string cloudevents_source = "/tocsin";
  // Most receivers take 1 MiB (nginx's client_max_body_size).
  std::int64_t size_limit = 1024 * 1024;
  bool include_png = false;
};

// The table of all of them, for the reference.
const base::OptionSet& option_set();

// Reads a section. Problems: what the table finds, a URL that is none, a header that is ours or that no request can
// have, a signature that can't be made, and a body template that has mistakes or makes no body of its content type.
Options read_options(const base::yaml::Node& params, base::yaml::Problems& problems);

// What the content type of the data is, without CloudEvents around it.
std::string content_type_of(const Options& options);

}  // namespace sinks::webhook
