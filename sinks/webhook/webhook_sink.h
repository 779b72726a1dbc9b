// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "net/http/client.h"
#include "sinks/sink_types.h"

namespace sinks::webhook {

enum class Format { kJson, kText };

// The section of a webhook_sink.
struct Options : SinkOptions {
  base::Secret url;  // Often holds a token.
  base::Secret authorization;
  std::map<std::string, std::string> headers;
  net::http::Access access;
  Format format = Format::kJson;
  // Most receivers take 1 MiB (nginx's client_max_body_size).
  std::int64_t size_limit = 1024 * 1024;
  bool include_png = false;
};

// Posts each transition to a URL: `tocsin.transition/1` as JSON, or readable text. Header Idempotency-Key is the
// delivery's id at every attempt.
class Webhook final : public Sink {
 public:
  // `http` must outlive the sink.
  Webhook(Options options, net::http::Client& http, std::string user_agent);

  base::Result<Rendered> render(const schemas::Delivery& delivery) const override;
  base::Task<base::Result<Reply>> send(Rendered rendered, base::Deadline deadline) override;

 private:
  base::Error without_secrets(base::Error error) const;

  const Options options_;
  net::http::Client& http_;
  const std::string user_agent_;
};

}  // namespace sinks::webhook

namespace sinks {

// The kind "webhook_sink".
SinkType webhook_sink_type();

}  // namespace sinks
