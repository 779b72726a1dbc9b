// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/signature.h"

#include "base/base64.h"
#include "base/hash.h"

namespace sinks::webhook {

namespace {

constexpr std::string_view kPrefix = "whsec_";

const base::OptionTable<SigningSecret>& secret_options() {
  static const auto table = [] {
    base::OptionTable<SigningSecret> t("secrets", "A secret that the receiver has too.");
    t.option("secret", &SigningSecret::secret, "The secret; `whsec_` and base64 for Standard Webhooks.",
             base::kRequired);
    return t;
  }();
  return table;
}

}  // namespace

const base::OptionTable<SignatureOptions>& signature_options() {
  static const auto table = [] {
    base::OptionTable<SignatureOptions> t("signature", "How a receiver recognises that a request is genuine.");
    t.choice("style", &SignatureOptions::style,
             "`standard_webhooks`: headers webhook-id, webhook-timestamp and webhook-signature; `github`: header "
             "X-Hub-Signature-256.",
             {{"standard_webhooks", SignatureStyle::kStandardWebhooks}, {"github", SignatureStyle::kGithub}});
    t.list_of("secrets", &SignatureOptions::secrets, secret_options(),
              "Each signs, so that receivers can change from one to the next; `github` has room for one.",
              base::kRequired);
    return t;
  }();
  return table;
}

base::Result<std::string> signing_key(SignatureStyle style, const std::string& secret) {
  if (style == SignatureStyle::kGithub || !secret.starts_with(kPrefix)) return secret;
  auto key = base::from_base64(secret.substr(kPrefix.size()));
  if (!key || key->empty()) {
    return base::permanent(base::Reason::kBadRequest, "a signing secret that begins with whsec_ must go on in base64");
  }
  return *key;
}

net::http::Headers signature_headers(const SignatureOptions& options, std::string_view id, base::Time now,
                                     std::string_view body) {
  auto sign = [&](const SigningSecret& with, std::string_view text) {
    return base::hmac_sha256(signing_key(options.style, with.secret.reveal()).value(), text);
  };
  if (options.style == SignatureStyle::kGithub) {
    return {{"X-Hub-Signature-256", "sha256=" + base::to_hex(sign(options.secrets.front(), body))}};
  }
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string timestamp = std::to_string(seconds);
  std::string content = std::string(id) + "." + timestamp + "." + std::string(body);
  std::string signatures;
  for (const auto& secret : options.secrets) {
    signatures += (signatures.empty() ? "v1," : " v1,") + base::to_base64(sign(secret, content));
  }
  return {{"webhook-id", std::string(id)},
          {"webhook-timestamp", std::move(timestamp)},
          {"webhook-signature", std::move(signatures)}};
}

}  // namespace sinks::webhook
