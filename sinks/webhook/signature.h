// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/options/option_table.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "net/http/client.h"

namespace sinks::webhook {

// How a receiver recognises that a request is ours and unchanged.
enum class SignatureStyle {
  kGithub,            // X-Hub-Signature-256, https://docs.github.com/en/webhooks/using-webhooks
  kStandardWebhooks,  // webhook-id, -timestamp, -signature, https://www.standardwebhooks.com
};

// One of its secrets.
struct SigningSecret {
  base::Secret secret;
};

// The section `signature`.
struct SignatureOptions {
  SignatureStyle style = SignatureStyle::kStandardWebhooks;
  std::vector<SigningSecret> secrets;  // Newest first; several while receivers change over.
};

const base::OptionTable<SignatureOptions>& signature_options();

// The bytes that sign: of a Standard Webhooks secret what stands in base64 behind "whsec_", else the text as it is.
// Fails (never) for "whsec_" with anything else behind it.
base::Result<std::string> signing_key(SignatureStyle style, const std::string& secret);

// The headers that sign `body`. `id` is the delivery's, the same at every attempt; `now` is the attempt's. Requires:
// signing_key() has taken all secrets.
net::http::Headers signature_headers(const SignatureOptions& options, std::string_view id, base::Time now,
                                     std::string_view body);

}  // namespace sinks::webhook
