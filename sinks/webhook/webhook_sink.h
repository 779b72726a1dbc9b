// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/http/client.h"
#include "net/http/secrets.h"
#include "sinks/sink_types.h"
#include "sinks/webhook/options.h"

namespace sinks::webhook {

// Sends each transition to a URL: `tocsin.transition/1` as JSON, readable text, or what a template makes of it. Header
// Idempotency-Key is the delivery's id at every attempt; a signature is of the attempt. Secrets from files are read
// again when these change (base::current), and an attempt has them as they are then.
class Webhook final : public Sink {
 public:
  // The services must outlive the sink.
  Webhook(Options options, const Services& services);

  base::Result<Rendered> render(const schemas::Delivery& delivery) const override;
  base::Task<base::Result<Reply>> send(Sending& sending) override;

 private:
  // Those that may have come from files.
  struct Secrets {
    base::Secret url;
    base::Secret authorization;
    std::optional<SignatureOptions> signature;
  };
  Secrets secrets_now() const;
  net::http::Secrets hidden_of(const Secrets& secrets) const;

  const Options options_;
  net::http::Client& http_;
  base::Clock& clock_;
  const std::string user_agent_;
};

}  // namespace sinks::webhook

namespace sinks {

// The kind "webhook_sink".
SinkType webhook_sink_type();

}  // namespace sinks
