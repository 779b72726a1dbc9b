// SPDX-License-Identifier: Apache-2.0
#include "net/http/credentials.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/base64.h"
#include "base/hash.h"
#include "base/secret_file.h"

namespace net::http {

namespace {

constexpr std::string_view kAlgorithm = "sha256=";

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), [](unsigned char c) { return std::tolower(c); });
  return made;
}

// The value of the one header of that name; nullopt for none. `is_repeated` when there are more.
std::optional<std::string_view> only_header(const Headers& headers, std::string_view name, bool& is_repeated) {
  std::optional<std::string_view> found;
  for (const auto& header : headers) {
    if (lower(header.first) != lower(name)) continue;
    is_repeated = is_repeated || found;
    found = header.second;
  }
  return found;
}

// The part after "Scheme "; nullopt for another scheme. RFC 9110 section 11.4: the scheme in any letter case.
std::optional<std::string_view> after_scheme(std::string_view authorization, std::string_view scheme) {
  auto space = authorization.find(' ');
  if (space == std::string_view::npos || lower(authorization.substr(0, space)) != scheme) return std::nullopt;
  auto start = authorization.find_first_not_of(' ', space);
  return start == std::string_view::npos ? std::string_view() : authorization.substr(start);
}

bool is_basic_right(std::string_view encoded, const Credentials& credentials) {
  auto pair = base::from_base64(encoded);
  if (!pair) return false;
  auto colon = pair->find(':');
  if (colon == std::string::npos) return false;
  bool is_user = base::is_same_secret(pair->substr(0, colon), credentials.username);
  bool is_password = base::is_same_secret(pair->substr(colon + 1), base::current(credentials.password).reveal());
  return static_cast<int>(is_user) + static_cast<int>(is_password) == 2;
}

}  // namespace

Proof proof_in(const Headers& headers, const Credentials& credentials) {
  bool is_repeated = false;
  auto authorization = only_header(headers, "Authorization", is_repeated);
  auto signature = credentials.hmac_secret.empty() ? std::optional<std::string_view>()
                                                   : only_header(headers, credentials.hmac_header, is_repeated);
  if (is_repeated) return Proof::kWrong;
  auto proof = Proof::kNone;
  if (authorization && !credentials.bearer_token.empty()) {
    if (auto token = after_scheme(*authorization, "bearer")) {
      proof = base::is_same_secret(*token, base::current(credentials.bearer_token).reveal()) ? Proof::kRight
                                                                                             : Proof::kWrong;
    }
  }
  if (authorization && !credentials.username.empty() && proof == Proof::kNone) {
    if (auto pair = after_scheme(*authorization, "basic")) {
      proof = is_basic_right(*pair, credentials) ? Proof::kRight : Proof::kWrong;
    }
  }
  return proof == Proof::kNone && signature ? Proof::kSignature : proof;
}

bool is_signed(const Headers& headers, std::string_view body, const Credentials& credentials) {
  if (credentials.hmac_secret.empty()) return false;
  auto signature = find_header(headers, credentials.hmac_header);
  if (signature.starts_with(kAlgorithm)) signature.remove_prefix(kAlgorithm.size());
  return base::is_same_secret(lower(signature),
                              base::hmac_sha256_hex(base::current(credentials.hmac_secret).reveal(), body));
}

std::string challenge(const Credentials& credentials) {
  std::string text;
  if (!credentials.bearer_token.empty()) text = R"(Bearer realm="tocsin")";
  if (!credentials.username.empty()) text += (text.empty() ? "" : ", ") + std::string(R"(Basic realm="tocsin")");
  return text;
}

}  // namespace net::http
