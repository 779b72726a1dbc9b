// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "net/http/client.h"

namespace net::http {

// What lets a request to us in: any one of those that are set. Secrets from files are read again when these change.
struct Credentials {
  std::string username;  // Basic (RFC 7617), with the password.
  base::Secret password;
  base::Secret bearer_token;  // RFC 6750.
  base::Secret hmac_secret;   // HMAC-SHA256 of the body, in hex, in `hmac_header`; "sha256=" may stand before it.
  std::string hmac_header = "X-Hub-Signature-256";

  bool empty() const { return username.empty() && bearer_token.empty() && hmac_secret.empty(); }
};

// What the headers of a request prove. Comparisons take the same time whatever is wrong.
enum class Proof {
  kNone,       // No credentials of a kind that is asked for.
  kWrong,      // Such credentials, but not ours; also more than one set of them.
  kRight,      //
  kSignature,  // A signature; see is_signed().
};
Proof proof_in(const Headers& headers, const Credentials& credentials);

// Whether the signature in the headers is that of the body.
bool is_signed(const Headers& headers, std::string_view body, const Credentials& credentials);

// The value of WWW-Authenticate for who has no credentials; empty where there is no challenge for what is set.
std::string challenge(const Credentials& credentials);

}  // namespace net::http
