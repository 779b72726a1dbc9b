// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

struct rd_kafka_s;

namespace bus::kafka {

// A token for SASL/OAUTHBEARER (RFC 7628): a JWT (RFC 7519) that says whose it is and until when it holds. Its
// signature is for the broker to check.
struct OAuthToken {
  base::Secret text;
  std::string principal;              // Claim `sub`.
  std::chrono::milliseconds expires;  // Since 1970, claim `exp`.
};

// Reads the two claims. kBadRequest, without anything of the token, if it is none.
base::Result<OAuthToken> parse_oauth_token(const base::Secret& text);

// The file of `sasl.oauthbearer.config: token_file=PATH`, in which somebody else keeps a valid token; nullopt if the
// property says something else.
std::optional<std::string> token_file_of(std::string_view oauthbearer_config);

// What is in that file now.
base::Result<OAuthToken> read_oauth_token(const std::string& file);

// librdkafka's callback that refreshes a token: gives it what is in the file that `oauthbearer_config` names. It is
// asked in good time before the last token ends, and after a failure again in 10 s. Thread-safe.
void give_token(rd_kafka_s* client, const char* oauthbearer_config, void*);

}  // namespace bus::kafka
